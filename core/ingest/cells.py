"""A row's cells made into :class:`~core.ingest.entries.Details`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from core.catalog.items import FIELDS
from core.errors import UserError
from core.ingest import text
from core.ingest.entries import Details
from core.ingest.price import NotAPrice, parse_price
from core.words import Sentence

MAX_TITLE = 500
MAX_CATEGORY = 60
MAX_URL = 2000
MAX_TAGS = 50
MAX_TAG = 60
"""Categories and tags of this length stay below the index's 200 characters even if case folding triples them."""

MAX_METADATA = 32_000
"""Most bytes of a row's further columns as JSON; a vector database's JSON field holds 65,536."""


class Reader:
    """One row on its way to details; collects remarks as it goes.

    Args:
        roles: role → column.
        cells: column → what stands in the row.
    """

    def __init__(self, roles: Mapping[str, str], cells: Mapping[str, Any]) -> None:
        self._roles = roles
        self._cells = cells
        self._remarks: list[str] = []
        used = set(roles.values())
        self._rest = {
            text.line(str(name)): text.value(cell)
            for name, cell in cells.items()
            if name not in used and cell not in (None, "")
        }

    def read(self) -> tuple[Details, tuple[str, ...]]:
        """See :meth:`core.ingest.columns.Columns.details`."""
        price, currency = self._price()
        details = Details(
            title=self._line("title", MAX_TITLE),
            price=price,
            currency=currency,
            category=self._line("category", MAX_CATEGORY),
            url=self._url(),
            tags=self._tags(),
            metadata=self._rest,
        )
        if len(json.dumps(self._rest, ensure_ascii=False).encode()) > MAX_METADATA:
            raise UserError(Sentence("entry.further", most=MAX_METADATA // 1000), Sentence("entry.further_advice"))
        return details, tuple(self._remarks)

    def _cell(self, role: str) -> Any:
        column = self._roles.get(role)
        return None if column is None else self._cells.get(column)

    def _line(self, role: str, longest: int) -> str:
        """One line of text. Of a list the first text counts, and the whole list goes to the metadata."""
        cell = self._cell(role)
        if isinstance(cell, list):
            self._keep(role, cell)
            cell = next((each for each in cell if isinstance(each, str)), None)
        if cell is None:
            return ""
        if isinstance(cell, dict | bool):
            self._not_understood(role, cell)
            return ""
        found = text.line(str(cell))
        if len(found) > longest:
            self._keep(role, cell)
            self._remarks.append(Sentence("entry.too_long", field=FIELDS[role], most=longest))
        return found[:longest].rstrip()

    def _price(self) -> tuple[float | None, str]:
        cell = self._cell("price")
        currency = self._line("currency", 3).upper()
        try:
            price = parse_price(cell)
        except NotAPrice:
            self._not_understood("price", cell)
            return None, currency
        return price.amount, currency or price.currency

    def _url(self) -> str:
        cell = self._cell("url")
        if cell in (None, ""):
            return ""
        found = text.line(cell) if isinstance(cell, str) else ""
        if not _is_web_address(found):
            self._not_understood("url", cell)
            return ""
        return found

    def _tags(self) -> tuple[str, ...]:
        cell = self._cell("tags")
        parts = re.split(r"[,;|]", cell) if isinstance(cell, str) else cell
        if parts is None:
            return ()
        if not isinstance(parts, list) or not all(isinstance(part, str | int) for part in parts):
            self._not_understood("tags", cell)
            return ()
        tags = tuple(dict.fromkeys(tag for part in parts if (tag := text.line(str(part))[:MAX_TAG].rstrip())))
        if len(tags) > MAX_TAGS:
            self._keep("tags", cell)
            self._remarks.append(Sentence("entry.too_many_tags", found=len(tags), most=MAX_TAGS))
        return tags[:MAX_TAGS]

    def _not_understood(self, role: str, cell: Any) -> None:
        self._keep(role, cell)
        shown = text.line(str(cell))
        shown = shown if len(shown) <= 40 else shown[:39] + "…"
        self._remarks.append(Sentence("entry.not_understood", field=FIELDS[role], cell=shown))

    def _keep(self, role: str, cell: Any) -> None:
        """Put a cell into the metadata as it was written, under a name that no field uses."""
        self._rest[f"{role} as written"] = text.value(cell)


def _is_web_address(address: str) -> bool:
    """Only such addresses become links: ``javascript:`` and its kin never do."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and len(address) <= MAX_URL and " " not in address
