"""What brings the three stores together again: after a crash, on request, and for another encoder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement

from core import images
from core.blobs import PictureLost
from core.catalog import shelf
from core.catalog.items import index_row
from core.catalog.removal import Remover
from core.catalog.report import Progress, RepairReport
from core.catalog.stores import EncodedStores
from core.encoders.base import Document
from core.errors import PictureError, Unavailable
from core.index.rows import has_direction
from core.models import Tenant
from core.tables import ItemRow

DOUBTFUL = timedelta(minutes=10)
"""Time before the last write of which a stopped machine may have lost some; Linux writes back within a minute."""


class Repairer:
    """See the module. Shares the catalogue's lock, so that nobody writes what is being compared."""

    def __init__(self, stores: EncodedStores, remover: Remover) -> None:
        self._stores = stores
        self._remover = remover
        self._log = structlog.get_logger(__name__)

    def recover(self, *, machine_stopped: bool) -> RepairReport:
        """Finish what rows say is unfinished, and compare numbers; names only where the numbers differ.

        The embedded index syncs nothing, so a machine that stopped may have lost what was written in the
        minutes before, although the database says that it is there; the numbers don't show a lost update.
        """
        with self._stores.writing:
            if machine_stopped:
                with self._stores.database.session() as session:
                    shelf.doubt_recent(session, DOUBTFUL)
            report = self._finish_all_removals(RepairReport())
            for tenant in self._tenants():
                with self._stores.database.reading() as session:
                    expected = shelf.count(session, *self._indexed(tenant))
                if self._stores.index.count(tenant.key) != expected:
                    report = self._compare(tenant, report)
            report = self._encode(shelf.unfinished(self._stores.fingerprint), report, None)
        if report:
            self._log.info("catalog.recovered", encoded=report.encoded, removals=report.removals, strays=report.strays)
        return report

    def repair(self, on_progress: Progress | None) -> RepairReport:
        """Compare everything by name, and pictures by content."""
        with self._stores.writing:
            report = self._finish_all_removals(RepairReport())
            report = self._compare_pictures(report)
            for tenant in self._tenants():
                report = self._compare(tenant, report)
            report = self._encode(shelf.unfinished(self._stores.fingerprint), report, on_progress)
            for tenant in self._tenants():
                self._stores.index.optimise(tenant.key)
            self._stores.index.flush()
        self._log.info("catalog.repaired", encoded=report.encoded, strays=report.strays, lost=len(report.lost))
        return report

    def reindex(self, on_progress: Progress | None, *, force: bool) -> RepairReport:
        """Make every vector that the present encoder has not made; with ``force`` all of them."""
        with self._stores.writing:
            report = self._finish_all_removals(RepairReport())
            if force:
                for tenant in self._tenants():
                    with self._stores.database.session() as session:
                        shelf.mark(session, tenant, shelf.ids(session, *self._indexed(tenant)), stale=True)
            report = self._encode(shelf.unfinished(self._stores.fingerprint), report, on_progress)
        self._log.info("catalog.reindexed", encoded=report.encoded, lost=len(report.lost))
        return report

    def _tenants(self) -> list[Tenant]:
        with self._stores.database.reading() as session:
            return shelf.tenants(session)

    def _indexed(self, tenant: Tenant) -> tuple[ColumnElement[bool], ...]:
        """Items that the index should hold, perhaps in an older form."""
        return (ItemRow.tenant == tenant.key, ItemRow.removed.is_(False), ItemRow.indexed == self._stores.fingerprint)

    def _finish_all_removals(self, report: RepairReport) -> RepairReport:
        for tenant in self._tenants():
            with self._stores.database.reading() as session:
                begun = shelf.ids(session, ItemRow.tenant == tenant.key, ItemRow.removed.is_(True))
            if begun:
                self._remover.finish(tenant, begun)
                report = replace(report, removals=report.removals + len(begun))
        return report

    def _compare(self, tenant: Tenant, report: RepairReport) -> RepairReport:
        """Take out vectors without an item, and mark items without a vector."""
        self._stores.index.mend(tenant.key)
        held = self._stores.index.ids(tenant.key)
        with self._stores.database.session() as session:
            known = shelf.ids(session, *self._indexed(tenant))
            begun = shelf.ids(session, ItemRow.tenant == tenant.key)
            shelf.mark(session, tenant, known - held, stale=True)
        strays = held - begun
        self._stores.index.delete(tenant.key, strays)
        return replace(report, strays=report.strays + len(strays))

    def _encode(self, which: ColumnElement[bool], report: RepairReport, on_progress: Progress | None) -> RepairReport:
        """Make the vectors of those items from their pictures."""
        todo: list[tuple[Tenant, list[str]]] = []
        for tenant in self._tenants():
            with self._stores.database.reading() as session:
                unmade = sorted(shelf.ids(session, ItemRow.tenant == tenant.key, which))
            todo += [(tenant, some) for some in shelf.chunks(unmade, self._stores.encoder.max_batch)]
        total = sum(len(some) for _, some in todo)
        lost: list[str] = []
        done = 0
        with self._stores.index.bulk() if todo else nullcontext():
            for tenant, some in todo:
                lost += self._encode_batch(tenant, some)
                done += len(some)
                if on_progress is not None:
                    on_progress(done, total)
        return replace(report, encoded=report.encoded + done - len(lost), lost=report.lost + tuple(lost))

    def _encode_batch(self, tenant: Tenant, ids: Sequence[str]) -> list[str]:
        """Returns those that could not be made. They are hidden, since they are not whole, and come back by
        themselves when their pictures do."""
        with self._stores.database.reading() as session:
            rows = shelf.rows(session, tenant, ids)
        documents: dict[str, Document] = {}
        for key, row in rows.items():
            try:
                documents[key] = Document(images.decode_stored(self._stores.blobs.get(key)).image, row.title)
            except (PictureLost, PictureError) as error:
                self._log.warning("catalog.picture_lost", tenant=tenant.key, item=key, reason=error.reason)
        if not documents:
            self._refuse_empty_store(set(self._stores.blobs.hashes()))
        vectors = self._stores.encoder.submit_images(list(documents.values())).result()
        made = {key: vector for key, vector in zip(documents, vectors, strict=True) if has_direction(vector)}
        lost = [key for key in ids if key not in made]
        self._stores.index.upsert(tenant.key, [index_row(rows[key], vector) for key, vector in made.items()])
        self._stores.index.delete(tenant.key, lost)
        with self._stores.database.session() as session:
            shelf.mark(session, tenant, made, indexed=self._stores.fingerprint, stale=False)
            shelf.mark(session, tenant, lost, indexed="", stale=True)
        return lost

    def _compare_pictures(self, report: RepairReport) -> RepairReport:
        """Delete pictures that nothing refers to or that are damaged, and mark items that have none."""
        held = set(self._stores.blobs.hashes())
        with self._stores.database.reading() as session:
            needed = shelf.needed_pictures(session)
        if needed:
            self._refuse_empty_store(held)
        orphans = held - needed
        damaged = self._stores.blobs.damaged(held & needed)
        for digest in orphans | damaged:
            self._stores.blobs.delete(digest)
        for tenant in self._tenants():
            with self._stores.database.session() as session:
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
