"""Manifests: rows that name a picture and say something about it.

The same rows are read from a file on disk, whose pictures lie in the folder around it
(:class:`ManifestSource`), and from an archive or an upload (:mod:`core.ingest.bundle`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.ingest import names, text
from core.ingest.columns import Columns, detect
from core.ingest.entries import Entry, Found, at_line
from core.ingest.files import is_file, read_file
from core.ingest.table import BadRow, Row, Table
from core.models import Remark, Skipped
from core.words import Sentence

MAX_BYTES = 64_000_000
"""Largest manifest; it is held in memory as text."""

Locate = Callable[[str], tuple[str, Callable[[], bytes]]]
"""Finds the picture that a row means: its name in the source, and a function that reads it. Raises UserError."""


class Manifest:
    """A table with an image column.

    Raises:
        UserError: see :class:`~core.ingest.table.Table` and :func:`~core.ingest.columns.detect`.
    """

    def __init__(self, name: str, data: bytes, named: Mapping[str, str] | None = None) -> None:
        if len(data) > MAX_BYTES:
            raise UserError(
                Sentence("entry.table_too_large", name=name, most=MAX_BYTES / 1e6),
                Sentence("entry.table_too_large_advice"),
            )
        self.name = name
        self._table = Table(name, data)
        self._columns = detect(self._table.columns, named)
        self._named = named or {}
        self._shapes: dict[tuple[str, ...], Columns] = {}

    def count(self) -> int:
        """How many rows it has, readable or not."""
        return sum(1 for _ in self._table.rows())

    def entries(self, locate: Locate) -> Iterator[Found]:
        """An entry for each row, with the reason for each that gives none."""
        if self._table.encoding == text.LEGACY:
            yield Remark(self.name, Sentence("entry.legacy", encoding=text.LEGACY))
        for row in self._table.rows():
            if isinstance(row, BadRow):
                yield Skipped(at_line(self.name, row.line), row.reason, row.advice)
            else:
                yield self._entry(row, locate)

    def _entry(self, row: Row, locate: Locate) -> Found:
        name = ""
        try:
            columns = self._columns_of(row)
            written, more = _word(row.cells.get(columns.image))
            name = text.line(written)
            found, read = locate(names.referred(written))
            details, remarks = columns.details(row.cells)
            if more:
                remarks += (Sentence("entry.several_pictures", count=more + 1),)
            return Entry(found, read, details, row.line, remarks)
        except UserError as error:
            return Skipped(at_line(name or self.name, row.line), error.reason, error.advice)

    def _columns_of(self, row: Row) -> Columns:
        if self._table.uniform:
            return self._columns
        shape = tuple(row.cells)
        if shape not in self._shapes:
            here = {role: column for role, column in self._named.items() if column in row.cells}
            self._shapes[shape] = detect(shape, here)
        return self._shapes[shape]


def _word(cell: Any) -> tuple[str, int]:
    """A row's word for its picture, and how many further pictures it names."""
    words = cell if isinstance(cell, list) else [cell]
    words = [word for word in words if word not in (None, "")]
    if not words or (isinstance(words[0], str) and not words[0].strip()):
        raise UserError(Sentence("entry.no_picture"), Sentence("entry.picture_advice"))
    if not isinstance(words[0], str):
        raise UserError(Sentence("entry.not_a_text"), Sentence("entry.picture_advice"))
    return words[0].strip(), len(words) - 1


class ManifestSource:
    """A manifest on disk.

    A picture is looked for beside the manifest, then in a folder with the manifest's name
    (``catalog/`` for ``catalog.csv``), then in every folder beside the manifest. Its path may be absolute or lead out
    of the manifest's folder: whoever runs this program on a file can read what the file names, too. Manifests that
    others send come in a closed set of files, which they can't lead out of (:mod:`core.ingest.bundle`).

    Args:
        limit: most bytes to read of one picture; one more is read to recognise larger ones.
        named: role → column, where a person named them.
    """

    def __init__(self, path: Path, limit: int, named: Mapping[str, str] | None = None) -> None:
        self.name = path.name
        self._folder = path.resolve().parent
        self._stem = path.stem
        self._limit = limit
        self._manifest = Manifest(path.name, read_file(path, MAX_BYTES), named)
        self._neighbours = sorted(
            entry for entry in self._folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")
        )

    def count(self) -> int:
        """How many rows it has."""
        return self._manifest.count()

    def __iter__(self) -> Iterator[Found]:
        """The rows in their order."""
        return self._manifest.entries(self._locate)

    def close(self) -> None:
        """Nothing is open."""

    def _locate(self, path: str) -> tuple[str, Callable[[], bytes]]:
        return path, partial(read_file, self.find(path), self._limit)

    def find(self, path: str) -> Path:
        """The file that a row means.

        Raises:
            UserError: there is none, or there are several.
        """
        beside = self._folder / path  # pathlib lets an absolute path stand alone
        if is_file(beside):
            return beside
        found: list[Path] = []
        if not Path(path).is_absolute() and not names.climbs(path):
            own = self._folder / self._stem / path
            found = [own] if is_file(own) else [file for folder in self._neighbours if is_file(file := folder / path)]
        if not found:
            raise UserError("There is no such file.", f"Paths count from the folder of {self.name}.")
        if len(found) > 1:
            folders = ", ".join(sorted(file.parent.name for file in found))
            raise UserError(f"Several folders hold it: {folders}.", "Write the folder into the path.")
        return found[0]
