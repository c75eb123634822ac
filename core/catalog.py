"""A product's life across the three stores: picture bytes, then the record, then the vector.

An item counts as done only after all three, in this order; a row says which encoder's index holds its
vector and whether that is as new as the row. So whatever a crash leaves is found by looking at rows alone
(:mod:`core.repair`), and the vector index can be lost as a whole without losing a product.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass

import structlog
from sqlalchemy.orm import Session

from core import shelf
from core.blobs import BlobStore
from core.database import Database
from core.encoders.base import EncoderIdentity
from core.encoders.batching import EncoderService
from core.errors import EncoderMismatch, UserError
from core.index import Index, Vector
from core.items import NewItem, item, passes
from core.models import Filters, Hit, Item, Outcome, Tenant
from core.repair import Progress, Repairer, RepairReport
from core.storing import Storer
from core.tables import MetaRow

__all__ = ["Catalog", "CatalogStats", "NewItem"]

ENCODER = "encoder"
EVERYTHING = Filters()
ROUNDS = 4
"""Tries to fill a page of hits when the index names items that the database does not show."""


@dataclass(frozen=True, slots=True)
class CatalogStats:
    """A tenant's catalogue in figures.

    Attributes:
        categories: name and number of items, most first.
        prices: lowest and highest; None when no item has one.
        encoder: what made the vectors.
        disk_bytes: size of the picture files.
    """

    items: int
    categories: dict[str, int]
    prices: tuple[float, float] | None
    encoder: str
    disk_bytes: int


class Catalog:
    """All tenants' products. Thread-safe; every method may block, so callers on an event loop use a thread.

    Args:
        encoder: makes the vectors. A catalogue that another one made can be listed and reindexed only.
    """

    def __init__(self, database: Database, blobs: BlobStore, index: Index, encoder: EncoderService) -> None:
        self._database = database
        self._blobs = blobs
        self._index = index
        self._encoder = encoder
        self._writing = threading.RLock()
        self._log = structlog.get_logger(__name__)
        self._made_by = self._adopt()
        self._storer = Storer(database, blobs, index, encoder, self._writing)
        self._repairer = Repairer(database, blobs, index, encoder, self._writing)

    @property
    def made_by(self) -> EncoderIdentity:
        """The encoder that made the vectors."""
        return self._made_by

    @property
    def mismatch(self) -> EncoderMismatch | None:
        """Why the catalogue can't be searched with the present encoder; None when it can."""
        if self._made_by == self._encoder.identity:
            return None
        return EncoderMismatch(
            f"The catalogue was made with the encoder {self._made_by}, and the present one is "
            f"{self._encoder.identity}.",
            "Run `python -m core reindex` to make it anew, or set encoder.name back.",
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

    def get(self, tenant: Tenant, item_id: str) -> Item | None:
        """One item, or None."""
        return self.get_many(tenant, [item_id]).get(item_id)

    def get_many(self, tenant: Tenant, ids: Collection[str]) -> dict[str, Item]:
        """Those of the items that there are, by id."""
        with self._database.reading() as session:
            found = shelf.rows(session, tenant, ids)
        return {key: item(tenant, row) for key, row in found.items() if row.indexed and not row.removed}

    def find_id(self, tenant: Tenant, prefix: str) -> str:
        """The one item whose id begins with ``prefix`` (hex digits in any case).

        Raises:
            UserError: there is none, or more than one.
        """
        wanted = prefix.strip().lower()
        found: Sequence[str] = ()
        if wanted and set(wanted) <= set("0123456789abcdef"):
            with self._database.reading() as session:
                found = shelf.ids_with_prefix(session, tenant, wanted, 2)
        if not found:
            raise UserError("No item in the catalogue has this id.", "List the catalogue to see the ids.")
        if len(found) > 1:
            raise UserError("More than one item's id begins with this.", "Write more of the id's characters.")
        return found[0]

    def list(
        self, tenant: Tenant, offset: int = 0, limit: int = 50, filters: Filters = EVERYTHING, text: str = ""
    ) -> Sequence[Item]:
        """Items, newest first; ``text``: words that title, category or tags must hold."""
        with self._database.reading() as session:
            found = shelf.page(session, tenant, offset=offset, limit=limit, filters=filters, text=text)
        return [item(tenant, row) for row in found]

    def count(self, tenant: Tenant) -> int:
        """Number of items."""
        with self._database.reading() as session:
            return shelf.count(session, shelf.visible(tenant))

    def categories(self, tenant: Tenant) -> Sequence[str]:
        """Names of the categories, most items first."""
        with self._database.reading() as session:
            return list(shelf.figures(session, tenant).categories)

    def stats(self, tenant: Tenant) -> CatalogStats:
        """The catalogue in figures."""
        with self._database.reading() as session:
            found = shelf.figures(session, tenant)
        return CatalogStats(found.items, found.categories, found.prices, str(self._made_by), found.bytes)

    def tenants(self) -> Sequence[Tenant]:
        """Tenants that have, or had, items."""
        with self._database.reading() as session:
            return shelf.tenants(session)

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
            found = self._index.search(tenant.key, vector, wanted, filters, seen)
            items = self.get_many(tenant, [key for key, _ in found])
            hits += [Hit(items[key], score) for key, score in found if key in items and passes(items[key], filters)]
            if len(hits) >= limit or len(found) < wanted:
                break
            seen.update(key for key, _ in found)
        return hits

    def vectors(self, tenant: Tenant, ids: Collection[str]) -> dict[str, Vector]:
        """Vectors of those items that there are, shape (dimension,), by id."""
        self._refuse_mismatch()
        return self._index.vectors(tenant.key, ids)

    def picture(self, wanted: Item) -> bytes:
        """The picture's bytes as they came.

        Raises:
            PictureLost: they are missing or damaged.
        """
        return self._blobs.get(wanted.id)

    def remove(self, tenant: Tenant, ids: Collection[str]) -> int:
        """Remove items, and pictures that nothing else refers to; returns how many items there were."""
        with self._writing:
            with self._database.session() as session:
                there = {key for key, row in shelf.rows(session, tenant, ids, lock=True).items() if not row.removed}
                shelf.mark(session, tenant, there, removed=True)
            self._repairer.finish_removals(tenant, there)
        self._log.info("catalog.removed", tenant=tenant.key, items=len(there))
        return len(there)

    def forget_pictures(self, hashes: Collection[str]) -> int:
        """Delete those of the pictures that neither an item nor an ask refers to; returns how many."""
        with self._writing:
            return self._repairer.delete_unneeded(hashes)

    def bulk(self) -> AbstractContextManager[None]:
        """Within it, ingest speed counts more than search speed."""
        return self._index.bulk()

    def recover(self, *, machine_stopped: bool = False) -> RepairReport:
        """Mend what a crash left; called when the catalogue is opened, and quick when nothing is to be done.

        Args:
            machine_stopped: see :class:`core.datadir.DataDir`; the vectors written last are then made again.
        """
        if self.mismatch is not None:
            self._log.warning("catalog.encoder_mismatch", made_by=self._made_by.name, now=self._encoder.identity.name)
            return RepairReport()
        return self._repairer.recover(machine_stopped=machine_stopped)

    def repair(self, on_progress: Progress | None = None) -> RepairReport:
        """Compare all three stores in full and mend what differs."""
        self._refuse_mismatch()
        return self._repairer.repair(on_progress)

    def reindex(self, on_progress: Progress | None = None, *, force: bool = False) -> RepairReport:
        """Make all vectors with the present encoder. What was done counts when it is interrupted and run again.

        Args:
            force: also when the present encoder made them already.
        """
        before = self._made_by
        report = self._repairer.reindex(on_progress, force=force)
        with self._database.session() as session:
            _remember(session, self._encoder.identity)
        self._made_by = self._encoder.identity
        if before.fingerprint != self._made_by.fingerprint:
            self._index.drop_encoder(before.fingerprint)
        return report

    def _refuse_mismatch(self) -> None:
        if (error := self.mismatch) is not None:
            raise error

    def _adopt(self) -> EncoderIdentity:
        """The identity on record; the present one is put there while the catalogue is empty."""
        with self._database.session() as session:
            known = session.get(MetaRow, ENCODER)
            if known is None or shelf.count(session) == 0:
                _remember(session, self._encoder.identity)
                return self._encoder.identity
            return EncoderIdentity(**known.value)


def _remember(session: Session, identity: EncoderIdentity) -> None:
    session.merge(MetaRow(key=ENCODER, value=asdict(identity)))
