"""The items of the database: the queries that the catalogue needs, in one place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from core.catalog.items import SEPARATOR
from core.folding import fold, whole
from core.models import Filters, Tenant
from core.tables import AskPictureRow, ItemRow, TenantRow

CHUNK = 500
"""Most ids in one statement."""

MOST_WORDS = 50
"""Words of a search in the list that are looked for, the first; SQLite takes no expression deeper than 1,000."""

MOST_ROWS = 2**31
"""No offset or limit needs to be larger; databases refuse those of 64 bits and more."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a tenant's items add up to.

    Attributes:
        categories: name and number of items, most first; spelled as most of its items spell it.
        prices: lowest and highest, None when no item has one.
        bytes: size of all picture files.
    """

    items: int
    categories: dict[str, int]
    prices: tuple[float, float] | None
    bytes: int


def visible(tenant: Tenant) -> ColumnElement[bool]:
    """Items that were stored completely once and are not being removed."""
    return (ItemRow.tenant == tenant.key) & ItemRow.removed.is_(False) & (ItemRow.indexed != "")


def unfinished(fingerprint: str) -> ColumnElement[bool]:
    """Items whose vector is missing from, or older in, that encoder's index."""
    return ItemRow.removed.is_(False) & (ItemRow.stale.is_(True) | (ItemRow.indexed != fingerprint))


def rows(session: Session, tenant: Tenant, ids: Collection[str], *, lock: bool = False) -> dict[str, ItemRow]:
    """All rows with these ids, visible or not, by id; locked against other writers on request."""
    found: dict[str, ItemRow] = {}
    for some in chunks(sorted(ids)):
        statement = select(ItemRow).where(ItemRow.tenant == tenant.key, ItemRow.id.in_(some))
        found.update((row.id, row) for row in session.scalars(statement.with_for_update() if lock else statement))
    return found


def state(row: ItemRow | None) -> tuple[datetime, bool, bool, str] | None:
    """What must not have changed between planning a write and writing."""
    return None if row is None else (row.updated_at, row.removed, row.stale, row.indexed)


def page(
    session: Session, tenant: Tenant, *, offset: int, limit: int, filters: Filters, text: str
) -> Sequence[ItemRow]:
    """Visible items, newest first, that pass the filters and hold all words of ``text``."""
    statement = select(ItemRow).where(visible(tenant), *_conditions(filters))
    for word in fold(whole(text)).split()[:MOST_WORDS]:
        statement = statement.where(ItemRow.words.contains(word, autoescape=True))
    statement = statement.order_by(ItemRow.added_at.desc(), ItemRow.id.desc())
    return session.scalars(statement.offset(min(offset, MOST_ROWS)).limit(min(limit, MOST_ROWS))).all()


def ids_with_prefix(session: Session, tenant: Tenant, prefix: str, most: int) -> Sequence[str]:
    """Ids of visible items that begin so."""
    statement = select(ItemRow.id).where(visible(tenant), ItemRow.id.startswith(prefix, autoescape=True))
    return session.scalars(statement.limit(most)).all()


def count(session: Session, *conditions: ColumnElement[bool]) -> int:
    """How many items meet the conditions."""
    return session.scalar(select(func.count()).select_from(ItemRow).where(*conditions)) or 0


def ids(session: Session, *conditions: ColumnElement[bool]) -> set[str]:
    """Ids of the items that meet the conditions."""
    return set(session.scalars(select(ItemRow.id).where(*conditions)))


def categories(session: Session, tenant: Tenant) -> dict[str, int]:
    """Names of the categories and number of their items, most first; read with every question, from one index."""
    found = session.execute(
        select(ItemRow.category_key, ItemRow.category, func.count().label("n"))
        .where(visible(tenant))
        .group_by(ItemRow.category_key, ItemRow.category)
        .order_by(func.count().desc(), ItemRow.category)
    ).all()
    names: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for key, name, number in found:
        shown = names.setdefault(key, name)
        numbers[shown] = numbers.get(shown, 0) + number
    return dict(sorted(((name, n) for name, n in numbers.items() if name), key=lambda pair: (-pair[1], pair[0])))


def figures(session: Session, tenant: Tenant) -> Figures:
    """See :class:`Figures`."""
    number, low, high, size = session.execute(
        select(func.count(), func.min(ItemRow.price), func.max(ItemRow.price), func.sum(ItemRow.bytes)).where(
            visible(tenant)
        )
    ).one()
    prices = None if low is None or high is None else (low, high)
    return Figures(number, categories(session, tenant), prices, int(size or 0))


def tenants(session: Session) -> list[Tenant]:
    """Tenants that have, or had, items."""
    found = session.scalars(select(TenantRow).order_by(TenantRow.created_at, TenantRow.key))
    return [Tenant(row.platform, row.workspace) for row in found]


def mark(session: Session, tenant: Tenant, ids: Collection[str], **values: Any) -> int:
    """Set columns of those rows; returns how many there were."""
    changed = 0
    for some in chunks(sorted(ids)):
        statement = update(ItemRow).where(ItemRow.tenant == tenant.key, ItemRow.id.in_(some)).values(**values)
        changed += session.execute(statement, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]
    return changed


def doubt_recent(session: Session, span: timedelta) -> None:
    """Mark as stale what was written in that span before the last write."""
    last = session.scalar(select(func.max(ItemRow.updated_at)))
    if last is not None:
        statement = update(ItemRow).where(ItemRow.updated_at >= last - span).values(stale=True)
        session.execute(statement, execution_options={"synchronize_session": False})


def forget(session: Session, tenant: Tenant, ids: Collection[str]) -> None:
    """Delete those rows."""
    for some in chunks(sorted(ids)):
        session.execute(
            delete(ItemRow).where(ItemRow.tenant == tenant.key, ItemRow.id.in_(some)),
            execution_options={"synchronize_session": False},
        )


def needed_pictures(session: Session, hashes: Collection[str] | None = None) -> set[str]:
    """Which of these pictures (all when None) some tenant's item or somebody's ask refers to."""
    if hashes is None:
        return set(session.scalars(select(ItemRow.id))) | set(session.scalars(select(AskPictureRow.hash)))
    found: set[str] = set()
    for some in chunks(sorted(hashes)):
        found |= set(session.scalars(select(ItemRow.id).where(ItemRow.id.in_(some))))
        found |= set(session.scalars(select(AskPictureRow.hash).where(AskPictureRow.hash.in_(some))))
    return found


def chunks(values: Sequence[str], size: int = CHUNK) -> Iterator[list[str]]:
    """The values in lists of at most ``size``."""
    source = iter(values)
    while some := list(islice(source, size)):
        yield some


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.categories:
        yield ItemRow.category_key.in_([fold(each) for each in filters.categories])
    if filters.min_price is not None:
        yield ItemRow.price >= filters.min_price
    if filters.max_price is not None:
        yield ItemRow.price <= filters.max_price
    for tag in filters.tags:
        yield ItemRow.tags_key.contains(f"{SEPARATOR}{fold(tag)}{SEPARATOR}", autoescape=True)
