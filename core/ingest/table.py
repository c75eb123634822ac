"""Manifests as bytes → rows. CSV with any common delimiter, JSON Lines, and a JSON list of objects.

A damaged row is skipped by name and costs none of its neighbours, even where a quotation mark that is
never closed would swallow the rest of the file.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import UserError
from core.ingest import names, text
from core.words import Sentence

_DELIMITERS = ",;\t|"
_TO_JSON_LINES = Sentence("entry.json_advice")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that could be read. ``cells`` are texts for CSV, any JSON values else; ``line`` counts from 1."""

    line: int
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that could not be read, and why."""

    line: int
    reason: str
    advice: str = ""


class Table:
    """A manifest in memory, read as often as wanted.

    Args:
        name: the file's name; its ending tells the format.

    Raises:
        UserError: it is no text, it is empty, or it has no usable header.
    """

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self._text, self.encoding = text.decode(data, name)
        if not self._text.strip():
            raise UserError(Sentence("entry.empty", name=name), Sentence("entry.empty_advice"))
        self._is_csv = names.suffix(name) in {".csv", ".tsv"}
        if self._is_csv:
            self._lines = list(io.StringIO(self._text, newline=""))
            self._delimiter, self._first = self._dialect()
            self._header, self._body = self._read_header()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a CSV; for JSON, all names that any row has, in the order of their coming."""
        if self._is_csv:
            return tuple(self._header)
        return tuple(dict.fromkeys(name for row in self.rows() if isinstance(row, Row) for name in row.cells))

    @property
    def uniform(self) -> bool:
        """Whether all rows have all columns. JSON rows each have their own."""
        return self._is_csv

    def rows(self) -> Iterator[Row | BadRow]:
        """All rows in order, blank ones left out."""
        return self._csv_rows() if self._is_csv else self._json_rows()

    def _dialect(self) -> tuple[str, int]:
        """The delimiter and the index of the header's line.

        Excel's ``sep=;`` line decides, else the ending ``.tsv``, else which mark the header holds most of.
        """
        first = next(index for index, line in enumerate(self._lines) if line.strip())
        start = self._lines[first].strip()
        if start.lower().startswith("sep=") and len(start) == 5:
            return start[4], first + 1
        if names.suffix(self.name) == ".tsv":
            return "\t", first
        return max(_DELIMITERS, key=start.count), first

    def _read_header(self) -> tuple[list[str], int]:
        reader = csv.reader(self._lines[self._first :], delimiter=self._delimiter, strict=True)
        try:
            header = [text.line(cell) for cell in next(reader, [])]
        except csv.Error as error:
            raise UserError(Sentence("entry.header", name=self.name), Sentence("entry.header_advice")) from error
        repeated = sorted({name for name in header if name and header.count(name) > 1})
        if repeated:
            reason = Sentence("entry.repeated", name=self.name, columns=", ".join(repeated))
            raise UserError(reason, Sentence("entry.repeated_advice"))
        return [name or f"column {index + 1}" for index, name in enumerate(header)], self._first + reader.line_num

    def _csv_rows(self) -> Iterator[Row | BadRow]:
        start = self._body
        while start < len(self._lines):
            remaining = (self._lines[index] for index in range(start, len(self._lines)))
            reader = csv.reader(remaining, delimiter=self._delimiter, strict=True)
            done = 0
            try:
                for cells in reader:
                    if any(cell.strip() for cell in cells):
                        yield self._row(start + done + 1, cells)
                    done = reader.line_num
                return
            except csv.Error:
                line = start + done + 1
                yield BadRow(line, Sentence("entry.quotes"), Sentence("entry.quotes_advice"))
                start = line

    def _row(self, line: int, cells: list[str]) -> Row | BadRow:
        extra = [cell for cell in cells[len(self._header) :] if cell.strip()]
        if extra:
            return BadRow(
                line,
                Sentence("entry.cells", cells=len(cells), columns=len(self._header)),
                Sentence("entry.cells_advice"),
            )
        return Row(line, dict(zip(self._header, cells, strict=False)))

    def _json_rows(self) -> Iterator[Row | BadRow]:
        if self._text.lstrip().startswith("["):
            for index, found in enumerate(_parse_list(self.name, self._text)):
                yield _json_row(index + 1, found)
            return
        for index, line in enumerate(self._text.split("\n")):
            if not line.strip():
                continue
            try:
                found = _loads(line)
            except ValueError:
                yield BadRow(index + 1, Sentence("entry.not_json"), _TO_JSON_LINES)
            else:
                yield _json_row(index + 1, found)


def _json_row(line: int, found: Any) -> Row | BadRow:
    if isinstance(found, dict):
        return Row(line, found)
    return BadRow(line, Sentence("entry.not_object"), _TO_JSON_LINES)


def _parse_list(name: str, content: str) -> list[Any]:
    try:
        found = _loads(content)
    except ValueError as error:
        raise UserError(Sentence("entry.table_not_json", name=name), _TO_JSON_LINES) from error
    assert isinstance(found, list)
    return found


def _loads(content: str) -> Any:
    """Decode JSON; too deep nesting is a :class:`ValueError` like any other damage, NaN is null."""
    try:
        return json.loads(content, parse_constant=lambda _: None)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
