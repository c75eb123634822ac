"""Which items of a catalogue are right answers."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator

from core.catalog import Catalog
from core.errors import UserError
from core.models import Filters, Item, Tenant

_PAGE = 500
_BEGINNING = re.compile(r"[0-9a-f]{6,64}")


class Relevance:
    """Looks up right answers, each different wish once.

    Args:
        within: only items that pass these filters count, as only they can be found.
    """

    def __init__(self, catalog: Catalog, tenant: Tenant, within: Filters) -> None:
        self._catalog = catalog
        self._tenant = tenant
        self._within = {item.id for item in self._items(within)} if within else None
        self._known: dict[Filters | tuple[str, ...], frozenset[str]] = {}
        self._names: dict[str, set[str]] | None = None

    def ids(self, relevant: Filters | tuple[str, ...]) -> frozenset[str]:
        """The ids of all relevant items.

        Raises:
            UserError: a word stands for no item, or for several.
        """
        if relevant not in self._known:
            if isinstance(relevant, Filters):
                found = {item.id for item in self._items(relevant)}
            else:
                found = {self._named(word) for word in relevant}
            self._known[relevant] = frozenset(found if self._within is None else found & self._within)
        return self._known[relevant]

    def _items(self, filters: Filters) -> Iterator[Item]:
        offset = 0
        while page := self._catalog.list(self._tenant, offset, _PAGE, filters):
            yield from page
            offset += len(page)

    def _named(self, word: str) -> str:
        """The id for an id, a name as ingested, a file's name, or a beginning of an id."""
        if self._names is None:
            self._names = defaultdict(set)
            for item in self._items(Filters()):
                for name in (item.id, item.source, posixpath.basename(item.source)):
                    self._names[name].add(item.id)
        found = self._names.get(word, set())
        if len(found) == 1:
            return next(iter(found))
        if len(found) > 1:
            raise UserError(f"Several items are called {word}.", "Write the item's id.")
        if _BEGINNING.fullmatch(word):
            try:
                return self._catalog.find_id(self._tenant, word)
            except UserError as error:
                raise UserError(f"{word}: {error.reason}", error.advice) from error
        raise UserError(f"No item is called {word}.", "Write an item's id, or the name under which it was ingested.")
