"""Queries with known answers, as JSON Lines.

Each line is ``{"image": path|null, "text": str|null, "relevant": {"category": "hat"} | ["id", …]}``. Paths
count from the file's folder. ``relevant`` is a filter (see :mod:`core.filters`), or a list of item ids,
unique beginnings of ids, or names under which pictures were ingested.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from core import filters, images
from core.errors import UserError
from core.ingest.files import is_file
from core.ingest.table import BadRow, Table
from core.models import Filters, Picture
from core.settings import ImageSettings

_KEYS = ("image", "text", "relevant")
_TYPING_MISTAKE = 0.6
"""How near to a known key an unknown one must be to count as one."""
_SHAPE = 'Write {"image": "path" or null, "text": "words" or null, "relevant": {"category": "hat"} or ["id"]}.'


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """One line.

    Attributes:
        relevant: a filter, or words for items that are looked up in the catalogue.
        passed_over: keys that mean nothing here, such as a number of the query's own.
    """

    line: int
    image: Path | None
    text: str
    relevant: Filters | tuple[str, ...]
    passed_over: tuple[str, ...] = ()

    def picture(self, limits: ImageSettings) -> Picture | None:
        """The decoded picture, read when it is asked for so that thousands of queries fit into memory.

        Raises:
            UserError: the picture can't be used; the text names the line.
        """
        if self.image is None:
            return None
        try:
            return images.read(self.image, limits)
        except UserError as error:
            raise UserError(f"Line {self.line}: {error.reason}", error.advice) from error


def read_queries(path: Path) -> list[JudgedQuery]:
    """All lines. An evaluation that leaves lines out would measure something else, so any bad one ends it.

    Raises:
        UserError: the file or a line can't be used; the text names the line.
    """
    try:
        table = Table(f"{path.stem}.jsonl", path.read_bytes())
    except OSError as error:
        raise UserError(f"{path} can't be read ({error.strerror}).", "Check the path.") from error
    except UserError as error:
        raise UserError(error.reason, _SHAPE) from error
    queries = []
    for row in table.rows():
        if isinstance(row, BadRow):
            raise UserError(f"Line {row.line}: {row.reason}", _SHAPE)
        try:
            queries.append(_query(row.line, row.cells, path.resolve().parent))
        except UserError as error:
            raise UserError(f"Line {row.line}: {error.reason}", error.advice or _SHAPE) from error
    if not queries:
        raise UserError(f"{path.name} holds no queries.", _SHAPE)
    return queries


def _query(line: int, cells: Mapping[str, Any], folder: Path) -> JudgedQuery:
    unknown = tuple(name for name in cells if name not in _KEYS)
    for name in unknown:
        if near := get_close_matches(name, _KEYS, 1, _TYPING_MISTAKE):
            raise UserError(f"{json.dumps(name)} is not known here.", f'Did you mean "{near[0]}"?')
    image, text = cells.get("image") or None, cells.get("text") or ""
    if not isinstance(image, str | None) or not isinstance(text, str):
        raise UserError('"image" and "text" must be texts or null.')
    if image is None and not text.strip():
        raise UserError("It has neither a picture nor words.")
    found = None if image is None else folder / image.replace("\\", "/")
    if found is not None and not is_file(found):
        raise UserError(f"There is no file {image}.", "Paths count from the folder of the queries.")
    return JudgedQuery(line, found, text.strip(), _relevant(cells.get("relevant")), unknown)


def _relevant(value: Any) -> Filters | tuple[str, ...]:
    if isinstance(value, dict) and value:
        return filters.from_mapping(value)
    if isinstance(value, list) and value and all(isinstance(word, str) and word.strip() for word in value):
        return tuple(word.strip() for word in value)
    raise UserError('"relevant" must be a filter or a list of ids, and not empty.')
