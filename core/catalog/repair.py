"""What brings the three stores together again: after a crash, on request, and for another encoder.

It goes batch by batch and holds the catalogue's lock for one at a time, so that searches, uploads and removals
go on beside it. What is compared is therefore never one moment's picture: a list of what is there is read in the
order in which a difference can only be suspected, and each suspicion is looked at again under the lock.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import compress

import structlog
from sqlalchemy import ColumnElement

from core.catalog import shelf
from core.catalog.reencoding import Reencoder
from core.catalog.removal import Remover
from core.catalog.report import Progress, RepairReport, Tally
from core.catalog.stores import EncodedStores
from core.models import Tenant
from core.tables import ItemRow

DOUBTFUL = timedelta(minutes=10)
"""Time before the last write of which a stopped machine may have lost some; Linux writes back within a minute."""

COUNTERS = 8
"""Tenants whose items are counted at once: a Milvus server takes 0.2 s for each, most of it waiting."""


class Repairer:
    """See the module."""

    def __init__(self, stores: EncodedStores, remover: Remover) -> None:
        self._stores = stores
        self._remover = remover
        self._reencoder = Reencoder(stores)
        self._log = structlog.get_logger(__name__)

    def recover(self, *, machine_stopped: bool) -> RepairReport:
        """Finish what rows say is unfinished, and compare numbers; names only where the numbers differ.

        The embedded index syncs nothing, so a machine that stopped may have lost what was written in the
        minutes before, although the database says that it is there; the numbers don't show a lost update.
        """
        tally = Tally()
        if machine_stopped:
            with self._stores.database.session() as session:
                shelf.doubt_recent(session, DOUBTFUL)
        self._finish_removals(tally)
        tenants = self._tenants()
        with ThreadPoolExecutor(COUNTERS, thread_name_prefix="recover") as counters:
            differ = list(counters.map(self._numbers_differ, tenants))
        for tenant in compress(tenants, differ):
            self._compare_vectors(tenant, tally)
        self._reencoder.run(shelf.unfinished(self._stores.fingerprint), tally)
        report = tally.report()
        if report:
            self._log.info("catalog.recovered", encoded=report.encoded, removals=report.removals, strays=report.strays)
        return report

    def repair(self, on_progress: Progress | None, cancel: threading.Event | None) -> RepairReport:
        """Compare everything by name, and pictures by content."""
        tally = Tally(on_progress, cancel or threading.Event())
        with tally.stoppable():
            self._finish_removals(tally)
            self._compare_pictures(tally)
            for tenant in self._tenants():
                tally.pause()
                self._compare_vectors(tenant, tally)
            self._reencoder.run(shelf.unfinished(self._stores.fingerprint), tally)
            for tenant in self._tenants():
                tally.pause()
                with self._stores.writing:
                    self._stores.index.optimise(tenant.key)
            self._stores.index.flush()
        return self._told("catalog.repaired", tally)

    def reindex(self, on_progress: Progress | None, cancel: threading.Event | None, *, force: bool) -> RepairReport:
        """Make every vector that the present encoder has not made; with ``force`` all of them."""
        tally = Tally(on_progress, cancel or threading.Event())
        which = ItemRow.removed.is_(False) if force else shelf.unfinished(self._stores.fingerprint)
        with tally.stoppable("Run it again to make them all anew.") if force else tally.stoppable():
            self._finish_removals(tally)
            self._reencoder.run(which, tally)
        return self._told("catalog.reindexed", tally)

    def _told(self, event: str, tally: Tally) -> RepairReport:
        report = tally.report()
        self._log.info(
            event,
            encoded=report.encoded,
            strays=report.strays,
            lost=len(report.lost),
            stopped=report.stopped is not None,
        )
        return report

    def _tenants(self) -> list[Tenant]:
        with self._stores.database.reading() as session:
            return shelf.tenants(session)

    def _numbers_differ(self, tenant: Tenant) -> bool:
        with self._stores.database.reading() as session:
            expected = shelf.count(session, *self._indexed(tenant))
        return self._stores.index.count(tenant.key) != expected

    def _indexed(self, tenant: Tenant) -> tuple[ColumnElement[bool], ...]:
        """Items that the index should hold, perhaps in an older form."""
        return (ItemRow.tenant == tenant.key, ItemRow.removed.is_(False), ItemRow.indexed == self._stores.fingerprint)

    def _finish_removals(self, tally: Tally) -> None:
        for tenant in self._tenants():
            with self._stores.database.reading() as session:
                begun = shelf.ids(session, ItemRow.tenant == tenant.key, ItemRow.removed.is_(True))
            for some in shelf.chunks(sorted(begun)):
                tally.pause()
                tally.removals += self._remover.finish(tenant, some)

    def _compare_vectors(self, tenant: Tenant, tally: Tally) -> None:
        """Take out vectors without an item, and mark items without a vector.

        The database is read before the index: what is put meanwhile is in the second list alone, and looks like
        a stray until it is asked for again.
        """
        self._stores.index.mend(tenant.key)
        with self._stores.database.reading() as session:
            known = shelf.ids(session, *self._indexed(tenant))
        held = self._stores.index.ids(tenant.key)
        self._doubt(tenant, known - held)
        for some in shelf.chunks(sorted(held - known)):
            tally.pause()
            with self._stores.writing:
                with self._stores.database.reading() as session:
                    unknown = set(some) - shelf.rows(session, tenant, some).keys()
                strays = self._stores.index.vectors(tenant.key, unknown).keys()
                self._stores.index.delete(tenant.key, strays)
            tally.strays += len(strays)

    def _compare_pictures(self, tally: Tally) -> None:
        """Delete pictures that nothing refers to or that are damaged, and mark items that have none."""
        with self._stores.database.reading() as session:
            needed = shelf.needed_pictures(session)
        held = set(self._stores.blobs.hashes())
        if needed:
            self._stores.refuse_empty_blobs(held)
        for some in shelf.chunks(sorted(held - needed)):
            tally.pause()
            tally.orphans += self._remover.delete_unneeded(some)
        lost = needed - held
        for some in shelf.chunks(sorted(held & needed)):
            tally.pause()
            lost |= self._drop_damaged(self._stores.blobs.damaged(some))
        for tenant in self._tenants():
            self._doubt(tenant, lost)

    def _drop_damaged(self, suspects: Collection[str]) -> set[str]:
        """Delete damaged pictures, unless they were written anew since."""
        if not suspects:
            return set()
        with self._stores.writing:
            damaged = self._stores.blobs.damaged(suspects)
            for digest in damaged:
                self._stores.blobs.delete(digest)
        return damaged

    def _doubt(self, tenant: Tenant, ids: Collection[str]) -> None:
        """Have vectors made again, unless the items are gone."""
        with self._stores.writing, self._stores.database.session() as session:
            shelf.mark(session, tenant, ids, stale=True)
