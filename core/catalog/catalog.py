"""The face of the catalogue: what the rest of the program does with products."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager

import structlog

from core.blobs import BlobStore
from core.catalog import made_by, shelf
from core.catalog.items import NewItem, passes
from core.catalog.listing import EVERYTHING, Listing
from core.catalog.removal import Remover
from core.catalog.repair import Repairer
from core.catalog.report import Progress, RepairReport
from core.catalog.stores import EncodedStores
from core.catalog.storing import Storer
from core.database import Database
from core.encoders.base import EncoderIdentity
from core.encoders.batching import EncoderService
from core.errors import EncoderMismatch
from core.index import Index, Vector
from core.models import Filters, Hit, Item, Outcome, Tenant
from core.words import Sentence

ROUNDS = 4
"""Tries to fill a page of hits when the index names items that the database does not show."""


class Catalog(Listing):
    """All tenants' products. Thread-safe; every method may block, so callers on an event loop use a thread.

    Args:
        encoder: makes the vectors. A catalogue that another one made can be listed and reindexed only.
    """

    def __init__(self, database: Database, blobs: BlobStore, index: Index, encoder: EncoderService) -> None:
        super().__init__(database)
        self._stores = EncodedStores(database, blobs, index, encoder=encoder)
        self._log = structlog.get_logger(__name__)
        self._made_by = self._adopt()
        self._storer = Storer(self._stores)
        self._remover = Remover(self._stores)
        self._repairer = Repairer(self._stores, self._remover)

    @property
    def made_by(self) -> EncoderIdentity:
        """The encoder that made the vectors."""
        return self._made_by

    @property
    def mismatch(self) -> EncoderMismatch | None:
        """Why the catalogue can't be searched with the present encoder; None when it can."""
        if self._made_by == self._stores.encoder.identity:
            return None
        return EncoderMismatch(
            Sentence("outage.other_encoder", old=str(self._made_by), new=str(self._stores.encoder.identity)),
            Sentence("outage.other_encoder_advice"),
        )

    def put(self, entries: Sequence[NewItem]) -> Sequence[Outcome]:
        """Store products, and return what became of each, in their order.

        When it returns they are in all three stores: the next search finds them, and no crash loses them.
        The same picture is the same item; of several entries for it the last counts. A picture that the
        encoder can make nothing of is SKIPPED.

        Raises:
            EncoderMismatch: the catalogue was made by another encoder.
            Unavailable: a store or the encoder failed; putting the same entries again is harmless.
        """
        self._refuse_mismatch()
        outcomes: dict[int, Outcome] = {}
        for tenant in dict.fromkeys(entry.tenant for entry in entries):
            places = [place for place, entry in enumerate(entries) if entry.tenant == tenant]
            outcomes.update(zip(places, self._storer.store(tenant, [entries[place] for place in places]), strict=True))
        return [outcomes[place] for place in range(len(entries))]

    def search(
        self,
        tenant: Tenant,
        vector: Vector,
        limit: int,
        filters: Filters = EVERYTHING,
        exclude: Collection[str] = (),
    ) -> Sequence[Hit]:
        """The nearest items, best first, at most ``limit``.

        What the index says is looked up in the database: an item of another tenant, one that was removed,
        or one that does not pass the filters is left out and made up for.

        Args:
            vector: shape (dimension,).
            exclude: ids that must not come back.

        Raises:
            EncoderMismatch: the catalogue was made by another encoder.
            UserError: a filter can't be used.
            Unavailable: a store failed.
        """
        self._refuse_mismatch()
        hits: list[Hit] = []
        seen = set(exclude)
        for _ in range(ROUNDS):
            wanted = limit - len(hits)
            found = self._stores.index.search(tenant.key, vector, wanted, filters, seen)
            items = self.get_many(tenant, [key for key, _ in found])
            hits += [Hit(items[key], score) for key, score in found if key in items and passes(items[key], filters)]
            if len(hits) >= limit or len(found) < wanted:
                break
            seen.update(key for key, _ in found)
        return hits

    def vectors(self, tenant: Tenant, ids: Collection[str]) -> dict[str, Vector]:
        """Vectors of those items that there are, shape (dimension,), by id."""
        self._refuse_mismatch()
        return self._stores.index.vectors(tenant.key, ids)

    def picture(self, wanted: Item) -> bytes:
        """The picture's bytes as they came.

        Raises:
            PictureLost: they are missing or damaged.
        """
        return self._stores.blobs.get(wanted.id)

    def remove(self, tenant: Tenant, ids: Collection[str]) -> int:
        """Remove items, and pictures that nothing else refers to; returns how many items there were."""
        removed = self._remover.remove(tenant, ids)
        self._log.info("catalog.removed", tenant=tenant.key, items=removed)
        return removed

    def forget_pictures(self, hashes: Collection[str]) -> int:
        """Delete those of the pictures that neither an item nor an ask refers to; returns how many."""
        return self._remover.delete_unneeded(hashes)

    def bulk(self) -> AbstractContextManager[None]:
        """Within it, ingest speed counts more than search speed."""
        return self._stores.index.bulk()

    def recover(self, *, machine_stopped: bool = False) -> RepairReport:
        """Mend what a crash left; called when the catalogue is opened, and quick when nothing is to be done.

        Args:
            machine_stopped: see :class:`core.datadir.DataDir`; the vectors written last are then made again.
        """
        if self.mismatch is not None:
            self._log.warning(
                "catalog.encoder_mismatch", made_by=self._made_by.name, now=self._stores.encoder.identity.name
            )
            return RepairReport()
        return self._repairer.recover(machine_stopped=machine_stopped)

    def repair(self, on_progress: Progress | None = None, cancel: threading.Event | None = None) -> RepairReport:
        """Compare all three stores in full and mend what differs, while others search, put and remove.

        Args:
            cancel: when set, the batch in hand is finished and the repair ends; the report says so.
        """
        self._refuse_mismatch()
        return self._repairer.repair(on_progress, cancel)

    def reindex(
        self,
        on_progress: Progress | None = None,
        cancel: threading.Event | None = None,
        *,
        force: bool = False,
    ) -> RepairReport:
        """Make all vectors with the present encoder.

        What was done counts when it is interrupted and run again, except what ``force`` alone asked for.

        Args:
            cancel: as for :meth:`repair`. The catalogue then still belongs to the encoder before.
            force: also when the present encoder made them already.
        """
        report = self._repairer.reindex(on_progress, cancel, force=force)
        if report.stopped is None:
            self._hand_over()
        return report

    def _hand_over(self) -> None:
        """The present encoder has made everything. What is left of the one before goes first: a crash between the
        two makes the next reindex do both again, and nothing is left behind that nobody asks for."""
        before = self._made_by
        present = self._stores.encoder.identity
        if before.fingerprint != present.fingerprint:
            self._stores.index.drop_encoder(before.fingerprint)
        with self._database.session() as session:
            made_by.remember(session, present)
        self._made_by = present

    def _refuse_mismatch(self) -> None:
        if (error := self.mismatch) is not None:
            raise error

    def _adopt(self) -> EncoderIdentity:
        """The encoder on record; the present one is put there while the catalogue is empty."""
        with self._database.session() as session:
            known = made_by.recall(session)
            if known is None or shelf.count(session) == 0:
                made_by.remember(session, self._stores.encoder.identity)
                return self._stores.encoder.identity
            return known
