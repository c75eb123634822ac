"""Which column means what, and a row's cells made into :class:`~core.ingest.entries.Details`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.errors import UserError
from core.ingest import text
from core.ingest.entries import Details
from core.ingest.price import NotAPrice, parse_price

NAMES: Mapping[str, tuple[str, ...]] = {
    "image": (
        "image", "imagepath", "imagefile", "imagefilename", "imagename", "img", "imgpath", "picture", "picturepath",
        "picturefile", "photo", "photopath", "photofile", "filename", "filepath", "file", "path", "images", "pictures",
        "photos", "bild", "foto", "imagen", "immagine", "imageurl", "imagelink", "imgurl", "pictureurl", "photourl",
    ),
    "title": ("title", "producttitle", "productname", "name", "itemname", "producttitel", "titel"),
    "price": ("price", "saleprice", "listprice", "unitprice", "productprice", "priceusd", "preis", "prix", "precio"),
    "currency": ("currency", "pricecurrency", "currencycode"),
    "category": (
        "category", "productcategory", "maincategory", "categoryname", "categories", "producttype", "type",
        "department", "kategorie", "label", "class",
    ),
    "url": ("url", "link", "producturl", "productlink", "href", "weburl"),
    "tags": ("tags", "tag", "keywords", "labels"),
}  # fmt: skip
"""The names by which a column is recognised, best first; case, blanks, ``_`` and ``-`` do not matter."""

MAX_TITLE = 500
MAX_CATEGORY = 60
MAX_URL = 2000
MAX_TAGS = 50
MAX_TAG = 60
"""Categories and tags of this length stay below the index's 200 characters even if case folding triples them."""

MAX_METADATA = 32_000
"""Most bytes of a row's further columns as JSON; a vector database's JSON field holds 65,536."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Role → column, for the roles that a table has."""

    roles: Mapping[str, str]

    @property
    def image(self) -> str:
        """The column that names the picture."""
        return self.roles["image"]

    def details(self, cells: Mapping[str, Any]) -> tuple[Details, tuple[str, ...]]:
        """The row's details, and a sentence for each thing in it that was not understood.

        What was not understood is kept in the metadata as it was written.

        Raises:
            UserError: the further columns hold more than :data:`MAX_METADATA` bytes.
        """
        return _Reader(self, cells).read()


def detect(columns: Sequence[str], named: Mapping[str, str] | None = None) -> Columns:
    """Find out which column plays which role.

    Args:
        named: roles whose column a person named; they win over recognised names.

    Raises:
        UserError: there is no column for the picture, or a named role or column does not exist.
    """
    roles = dict(named or {})
    for role, column in roles.items():
        if role not in NAMES:
            raise UserError(f"There is no role {role!r} for a column.", f"Known are {', '.join(NAMES)}.")
        if column not in columns:
            raise UserError(f"There is no column {column!r}.", f"Here {_listed(columns)}.")
    free = {_plain(column): column for column in columns if column not in roles.values()}
    for role, known in NAMES.items():
        found = next((free[name] for name in known if name in free), None)
        if role not in roles and found is not None:
            roles[role] = found
            del free[_plain(found)]
    if "image" not in roles:
        raise UserError(
            f"No column names the pictures; {_listed(columns)}.",
            'Name that column "image", or say which it is with --column image=NAME.',
        )
    return Columns(roles)


class _Reader:
    """One row on its way to details; collects remarks as it goes."""

    def __init__(self, columns: Columns, cells: Mapping[str, Any]) -> None:
        self._columns = columns
        self._cells = cells
        self._remarks: list[str] = []
        used = set(columns.roles.values())
        self._rest = {
            text.line(str(name)): text.value(cell)
            for name, cell in cells.items()
            if name not in used and cell not in (None, "")
        }

    def read(self) -> tuple[Details, tuple[str, ...]]:
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
            raise UserError(
                f"Its further columns hold more than {MAX_METADATA // 1000} kB.",
                "Leave long texts out of the manifest.",
            )
        return details, tuple(self._remarks)

    def _cell(self, role: str) -> Any:
        column = self._columns.roles.get(role)
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
            self._remarks.append(f"The {role} is longer than {longest} characters; the beginning was taken.")
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
            self._remarks.append(f"It has {len(tags)} tags; the first {MAX_TAGS} were taken.")
        return tags[:MAX_TAGS]

    def _not_understood(self, role: str, cell: Any) -> None:
        self._keep(role, cell)
        shown = text.line(str(cell))
        shown = shown if len(shown) <= 40 else shown[:39] + "…"
        self._remarks.append(f"The {role} was not understood: {shown}")

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


def _plain(column: str) -> str:
    return re.sub(r"[\s_-]+", "", column).casefold()


def _listed(columns: Sequence[str]) -> str:
    shown = [repr(column) for column in columns[:12]]
    if not shown:
        return "there are no columns"
    return f"the columns are {', '.join(shown)}{' …' if len(columns) > 12 else ''}"
