"""What brings the three stores together again: after a crash, on request, and for another encoder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement

from core import images, shelf
from core.blobs import BlobStore, PictureLost
from core.database import Database
from core.encoders.base import Document
from core.encoders.batching import EncoderService
from core.errors import PictureError, Unavailable
from core.index import Index
from core.index.rows import has_direction
from core.items import index_row
from core.models import Tenant
from core.settings import ImageSettings
from core.tables import ItemRow

Progress = Callable[[int, int], None]
"""Called with how many items are done, and how many there are to do."""

LIMITS = ImageSettings(max_bytes=1 << 31, max_pixels=1 << 28)
"""Stored pictures passed the limits when they came, which may have been lowered since."""


DOUBTFUL = timedelta(minutes=10)
"""Time before the last write of which a stopped machine may have lost some; Linux writes back within a minute."""


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What was mended.

    Attributes:
        encoded: items whose vector was made (again).
        removals: removals that a crash had interrupted.
        strays: vectors without an item, taken out.
        orphans: pictures that nothing refers to, deleted.
        lost: ids of items whose picture is missing or damaged, or that the encoder can make nothing of. They
            are hidden until they are added again.
    """

    encoded: int = 0
    removals: int = 0
    strays: int = 0
    orphans: int = 0
    lost: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != RepairReport()


class Repairer:
    """See the module. Shares the catalogue's lock, so that nobody writes what is being compared."""

    def __init__(
        self, database: Database, blobs: BlobStore, index: Index, encoder: EncoderService, writing: threading.RLock
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._index = index
        self._encoder = encoder
        self._writing = writing
        self._log = structlog.get_logger(__name__)

    def recover(self, *, machine_stopped: bool) -> RepairReport:
        """Finish what rows say is unfinished, and compare numbers; names only where the numbers differ.

        The embedded index syncs nothing, so a machine that stopped may have lost what was written in the
        minutes before, although the database says that it is there; the numbers don't show a lost update.
        """
        with self._writing:
            if machine_stopped:
                with self._database.session() as session:
                    shelf.doubt_recent(session, DOUBTFUL)
            report = self._finish_all_removals(RepairReport())
            for tenant in self._tenants():
                with self._database.reading() as session:
                    expected = shelf.count(session, *self._indexed(tenant))
                if self._index.count(tenant.key) != expected:
                    report = self._compare(tenant, report)
            report = self._encode(shelf.unfinished(self._fingerprint), report, None)
        if report:
            self._log.info("catalog.recovered", encoded=report.encoded, removals=report.removals, strays=report.strays)
        return report

    def repair(self, on_progress: Progress | None) -> RepairReport:
        """Compare everything by name, and pictures by content."""
        with self._writing:
            report = self._finish_all_removals(RepairReport())
            report = self._compare_pictures(report)
            for tenant in self._tenants():
                report = self._compare(tenant, report)
            report = self._encode(shelf.unfinished(self._fingerprint), report, on_progress)
            for tenant in self._tenants():
                self._index.optimise(tenant.key)
            self._index.flush()
        self._log.info("catalog.repaired", encoded=report.encoded, strays=report.strays, lost=len(report.lost))
        return report

    def reindex(self, on_progress: Progress | None, *, force: bool) -> RepairReport:
        """Make every vector that the present encoder has not made; with ``force`` all of them."""
        with self._writing:
            report = self._finish_all_removals(RepairReport())
            if force:
                for tenant in self._tenants():
                    with self._database.session() as session:
                        shelf.mark(session, tenant, shelf.ids(session, *self._indexed(tenant)), stale=True)
            report = self._encode(shelf.unfinished(self._fingerprint), report, on_progress)
        self._log.info("catalog.reindexed", encoded=report.encoded, lost=len(report.lost))
        return report

    def finish_removals(self, tenant: Tenant, ids: Collection[str]) -> None:
        """Take items that are marked as removed out of the index, the database, and the picture store."""
        self._index.delete(tenant.key, ids)
        with self._database.session() as session:
            shelf.forget(session, tenant, ids)
        self.delete_unneeded(ids)

    def delete_unneeded(self, hashes: Collection[str]) -> int:
        """Delete pictures that nothing refers to any more."""
        with self._database.reading() as session:
            unneeded = set(hashes) - shelf.needed_pictures(session, hashes)
        for digest in unneeded:
            self._blobs.delete(digest)
        return len(unneeded)

    @property
    def _fingerprint(self) -> str:
        return self._encoder.identity.fingerprint

    def _tenants(self) -> list[Tenant]:
        with self._database.reading() as session:
            return shelf.tenants(session)

    def _indexed(self, tenant: Tenant) -> tuple[ColumnElement[bool], ...]:
        """Items that the index should hold, perhaps in an older form."""
        return (ItemRow.tenant == tenant.key, ItemRow.removed.is_(False), ItemRow.indexed == self._fingerprint)

    def _finish_all_removals(self, report: RepairReport) -> RepairReport:
        for tenant in self._tenants():
            with self._database.reading() as session:
                begun = shelf.ids(session, ItemRow.tenant == tenant.key, ItemRow.removed.is_(True))
            if begun:
                self.finish_removals(tenant, begun)
                report = replace(report, removals=report.removals + len(begun))
        return report

    def _compare(self, tenant: Tenant, report: RepairReport) -> RepairReport:
        """Take out vectors without an item, and mark items without a vector."""
        self._index.mend(tenant.key)
        held = self._index.ids(tenant.key)
        with self._database.session() as session:
            known = shelf.ids(session, *self._indexed(tenant))
            begun = shelf.ids(session, ItemRow.tenant == tenant.key)
            shelf.mark(session, tenant, known - held, stale=True)
        strays = held - begun
        self._index.delete(tenant.key, strays)
        return replace(report, strays=report.strays + len(strays))

    def _encode(self, which: ColumnElement[bool], report: RepairReport, on_progress: Progress | None) -> RepairReport:
        """Make the vectors of those items from their pictures."""
        todo: list[tuple[Tenant, list[str]]] = []
        for tenant in self._tenants():
            with self._database.reading() as session:
                unmade = sorted(shelf.ids(session, ItemRow.tenant == tenant.key, which))
            todo += [(tenant, some) for some in shelf.chunks(unmade, self._encoder.max_batch)]
        total = sum(len(some) for _, some in todo)
        lost: list[str] = []
        done = 0
        with self._index.bulk() if todo else nullcontext():
            for tenant, some in todo:
                lost += self._encode_batch(tenant, some)
                done += len(some)
                if on_progress is not None:
                    on_progress(done, total)
        return replace(report, encoded=report.encoded + done - len(lost), lost=report.lost + tuple(lost))

    def _encode_batch(self, tenant: Tenant, ids: Sequence[str]) -> list[str]:
        """Returns those that could not be made. They are hidden, since they are not whole, and come back by
        themselves when their pictures do."""
        with self._database.reading() as session:
            rows = shelf.rows(session, tenant, ids)
        documents: dict[str, Document] = {}
        for key, row in rows.items():
            try:
                documents[key] = Document(images.decode(self._blobs.get(key), LIMITS).image, row.title)
            except (PictureLost, PictureError) as error:
                self._log.warning("catalog.picture_lost", tenant=tenant.key, item=key, reason=error.reason)
        if not documents:
            self._refuse_empty_store(set(self._blobs.hashes()))
        vectors = self._encoder.submit_images(list(documents.values())).result()
        made = {key: vector for key, vector in zip(documents, vectors, strict=True) if has_direction(vector)}
        lost = [key for key in ids if key not in made]
        self._index.upsert(tenant.key, [index_row(rows[key], vector) for key, vector in made.items()])
        self._index.delete(tenant.key, lost)
        with self._database.session() as session:
            shelf.mark(session, tenant, made, indexed=self._fingerprint, stale=False)
            shelf.mark(session, tenant, lost, indexed="", stale=True)
        return lost

    def _compare_pictures(self, report: RepairReport) -> RepairReport:
        """Delete pictures that nothing refers to or that are damaged, and mark items that have none."""
        held = set(self._blobs.hashes())
        with self._database.reading() as session:
            needed = shelf.needed_pictures(session)
        if needed:
            self._refuse_empty_store(held)
        orphans = held - needed
        damaged = self._blobs.damaged(held & needed)
        for digest in orphans | damaged:
            self._blobs.delete(digest)
        for tenant in self._tenants():
            with self._database.session() as session:
                bare = shelf.ids(session, ItemRow.tenant == tenant.key) - (held - damaged)
                shelf.mark(session, tenant, bare, stale=True)
        return replace(report, orphans=len(orphans))

    @staticmethod
    def _refuse_empty_store(held: Collection[str]) -> None:
        """A store without a single picture is more likely the wrong one than one that lost them all."""
        if not held:
            raise Unavailable(
                "The picture store holds none of the catalogue's pictures.",
                "Check the setting blobs.url, or put the pictures back from a backup; nothing was deleted.",
            )
