"""What commands print, and where."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.ingest.text import line
from core.models import Item

_PIPED_WIDTH = 1000
"""Columns where nobody looks on: lines stay whole for whatever reads them."""


def out() -> Console:
    """Standard output. Colour, and the terminal's width, only on a terminal."""
    return _console(stderr=False)


def err() -> Console:
    """Standard error, for progress and failures."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPED_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


def make_writable() -> None:
    """Let any text go to standard output and error: a letter that their encoding lacks becomes a question mark, and a
    stream that the caller closed is no hindrance. For the program's own process alone."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open to the end
        else:
            stream.reconfigure(errors="replace")


def print_json(value: Any) -> None:
    """The only thing on standard output of a command with ``--json``; escaped where that is not UTF-8."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    sys.stdout.write(json.dumps(value, ensure_ascii=not unicode, indent=2, allow_nan=False) + "\n")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()) -> Table:
    """A plain table. Cells are shown as they are: brackets are no markup; control characters are left out."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(Text(line(cell)) for cell in row))
    return made


def money(item: Item) -> str:
    """The price as people read it; empty where there is none."""
    return "" if item.price is None else f"{item.price:,.2f} {item.currency}".strip()


def short(identifier: str) -> str:
    """The beginning of an item's id: enough for ``remove`` in all but huge catalogues."""
    return identifier[:12]


def complain(reason: str, advice: str = "") -> None:
    """One sentence of reason and one of advice, on standard error."""
    console = err()
    console.print(Text(reason, style="bold red"), soft_wrap=True)
    if advice:
        console.print(advice, soft_wrap=True)
