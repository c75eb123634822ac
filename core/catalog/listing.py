"""Products as the database knows them: what can be told without the index and the encoder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.catalog import made_by, shelf
from core.catalog.items import item
from core.database import Database
from core.errors import UserError
from core.models import Filters, Item, Tenant
from core.words import Sentence

EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class CatalogStats:
    """A tenant's catalogue in figures.

    Attributes:
        categories: name and number of items, most first.
        prices: lowest and highest; None when no item has one.
        encoder: what made the vectors; empty before there was any.
        disk_bytes: size of the picture files.
    """

    items: int
    categories: dict[str, int]
    prices: tuple[float, float] | None
    encoder: str
    disk_bytes: int


class Listing:
    """Reads items. Only those are told that were stored completely once and are not being removed."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
            raise UserError(Sentence("product.unknown_id"), Sentence("product.unknown_id_advice"))
        if len(found) > 1:
            raise UserError(Sentence("product.ambiguous_id"), Sentence("product.ambiguous_id_advice"))
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
            return list(shelf.categories(session, tenant))

    def stats(self, tenant: Tenant) -> CatalogStats:
        """The catalogue in figures."""
        with self._database.reading() as session:
            found, encoder = shelf.figures(session, tenant), made_by.recall(session)
        return CatalogStats(found.items, found.categories, found.prices, str(encoder or ""), found.bytes)

    def tenants(self) -> Sequence[Tenant]:
        """Tenants that have, or had, items."""
        with self._database.reading() as session:
            return shelf.tenants(session)
