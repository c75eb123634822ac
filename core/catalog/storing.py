"""Putting products into the three stores: what is new or changed, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.catalog import shelf
from core.catalog.items import NewItem, index_row
from core.catalog.stores import EncodedStores
from core.encoders.base import Document
from core.index import Vector
from core.index.rows import has_direction
from core.models import Outcome, Tenant
from core.tables import ItemRow, TenantRow


class Storer:
    """Plans without the catalogue's lock (encoding takes long), writes under it, and plans anew when what
    it had seen was changed by somebody else in between."""

    def __init__(self, stores: EncodedStores) -> None:
        self._stores = stores
        self._log = structlog.get_logger(__name__)

    def store(self, tenant: Tenant, entries: Sequence[NewItem]) -> list[Outcome]:
        """See :meth:`core.catalog.Catalog.put`."""
        latest = {entry.id: entry for entry in entries}
        ready: dict[str, tuple[str, Vector]] = {}
        refused: set[str] = set()
        while True:
            with self._stores.database.reading() as session:
                before = shelf.rows(session, tenant, latest)
            changed = {key: entry for key, entry in latest.items() if not self._is_done(before.get(key), entry)}
            self._encode(tenant, changed, before, ready, refused)
            for key in refused:
                changed.pop(key, None)
            with self._stores.writing:
                if not changed or self._write(tenant, changed, before, ready):
                    break
        outcomes = _outcomes(entries, before, refused)
        self._log.debug("catalog.put", tenant=tenant.key, stored=len(changed), skipped=len(refused))
        return outcomes

    def _is_done(self, row: ItemRow | None, entry: NewItem) -> bool:
        return (
            row is not None
            and not row.removed
            and not row.stale
            and row.indexed == self._stores.fingerprint
            and entry.says_the_same_as(row)
        )

    def _encode(
        self,
        tenant: Tenant,
        changed: dict[str, NewItem],
        before: dict[str, ItemRow],
        ready: dict[str, tuple[str, Vector]],
        refused: set[str],
    ) -> None:
        """Fill ``ready`` with (title, vector): a vector depends on picture and title, so a new price needs none."""
        same = [
            key
            for key, entry in changed.items()
            if key not in ready and (row := before.get(key)) and _fits(row, entry, self._stores.fingerprint)
        ]
        for key, vector in self._stores.index.vectors(tenant.key, same).items():
            ready[key] = (changed[key].title, vector)
        missing = [
            entry
            for key, entry in changed.items()
            if key not in refused and (key not in ready or ready[key][0] != entry.title)
        ]
        documents = [Document(entry.picture.image, entry.title) for entry in missing]
        made = self._stores.encoder.submit_images(documents).result()
        for entry, vector in zip(missing, made, strict=True):
            if has_direction(vector):
                ready[entry.id] = (entry.title, vector)
            else:
                refused.add(entry.id)
                self._log.warning("catalog.vector_refused", tenant=tenant.key, item=entry.id)

    def _write(
        self,
        tenant: Tenant,
        changed: dict[str, NewItem],
        before: dict[str, ItemRow],
        ready: dict[str, tuple[str, Vector]],
    ) -> bool:
        """Blobs, SQL, vector. False when somebody else changed the rows meanwhile, and nothing was done."""
        self._stores.blobs.put_many({key: entry.picture.data for key, entry in changed.items()})
        now = datetime.now(UTC)
        try:
            with self._stores.database.session() as session:
                found = shelf.rows(session, tenant, changed, lock=True)
                if any(shelf.state(found.get(key)) != shelf.state(before.get(key)) for key in changed):
                    return False
                _ensure_tenant(session, tenant, now)
                for key, entry in changed.items():
                    row = found.get(key) or _blank(tenant, key, now)
                    if row.removed:
                        row.removed, row.indexed, row.added_at = False, "", now
                    entry.write(row, now)
                    session.add(row)
                    found[key] = row
        except IntegrityError:
            return False  # another program put the same picture first
        self._stores.index.upsert(tenant.key, [index_row(found[key], ready[key][1]) for key in changed])
        with self._stores.database.session() as session:
            shelf.mark(session, tenant, changed, indexed=self._stores.fingerprint, stale=False)
        return True


def _outcomes(entries: Sequence[NewItem], before: dict[str, ItemRow], refused: set[str]) -> list[Outcome]:
    """What became of each entry, taken one after the other."""
    last: dict[str, NewItem] = {}
    made = []
    for entry in entries:
        row, earlier = before.get(entry.id), last.get(entry.id)
        if entry.id in refused:
            made.append(Outcome.SKIPPED)
        elif earlier is not None:
            made.append(Outcome.UNCHANGED if _same(earlier, entry) else Outcome.UPDATED)
        elif row is None or row.removed or not row.indexed:
            made.append(Outcome.ADDED)
        else:
            made.append(Outcome.UNCHANGED if entry.says_the_same_as(row) else Outcome.UPDATED)
        last[entry.id] = entry
    return made


def _same(one: NewItem, other: NewItem) -> bool:
    row = _blank(one.tenant, one.id, datetime.now(UTC))
    one.write(row, row.added_at)
    return other.says_the_same_as(row)


def _fits(row: ItemRow, entry: NewItem, fingerprint: str) -> bool:
    """Whether the index holds the vector that the entry needs."""
    return row.title == entry.title and row.indexed == fingerprint and not row.stale and not row.removed


def _blank(tenant: Tenant, key: str, now: datetime) -> ItemRow:
    return ItemRow(tenant=tenant.key, id=key, indexed="", stale=True, removed=False, added_at=now)


def _ensure_tenant(session: Session, tenant: Tenant, now: datetime) -> None:
    if session.get(TenantRow, tenant.key) is None:
        session.add(TenantRow(key=tenant.key, platform=tenant.platform, workspace=tenant.workspace, created_at=now))
        session.flush()
