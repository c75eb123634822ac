"""Which column means what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import UserError
from core.ingest.cells import Reader
from core.ingest.entries import Details
from core.words import Sentence

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
            UserError: the further columns hold more than :data:`core.ingest.cells.MAX_METADATA` bytes.
        """
        return Reader(self.roles, cells).read()


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
            raise UserError(f"There is no column {column!r}.", f"The columns are {_listed(columns)}.")
    free = {_plain(column): column for column in columns if column not in roles.values()}
    for role, known in NAMES.items():
        found = next((free[name] for name in known if name in free), None)
        if role not in roles and found is not None:
            roles[role] = found
            del free[_plain(found)]
    if "image" not in roles:
        raise UserError(
            Sentence("entry.no_image_column", columns=_listed(columns)) if columns else Sentence("entry.no_columns"),
            Sentence("entry.image_column_advice"),
        )
    return Columns(roles)


def _plain(column: str) -> str:
    return re.sub(r"[\s_-]+", "", column).casefold()


def _listed(columns: Sequence[str]) -> str:
    shown = [repr(column) for column in columns[:12]]
    return f"{', '.join(shown)}{' …' if len(columns) > 12 else ''}" or "none"
