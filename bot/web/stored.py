"""Files that the page sent, as they lie on disk until their request is answered.

They lie under numbers: a name from outside never becomes a path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.attachments import on_disk
from bot.request import Attachment


@dataclass(frozen=True, slots=True)
class Stored:
    """One file: its name as the page told it, its number in the folder, and its size in bytes.

    One that was too large lies there empty; its size tells.
    """

    name: str
    number: int
    size: int


def attachments(folder: Path, files: Iterable[Stored]) -> tuple[Attachment, ...]:
    """The files as a request takes them."""
    return tuple(on_disk(each.name, folder / str(each.number), each.size) for each in files)


def dump(files: Iterable[Stored]) -> list[list[Any]]:
    """The files, JSON-compatible."""
    return [[each.name, each.number, each.size] for each in files]


def load(tree: Sequence[Sequence[Any]]) -> tuple[Stored, ...]:
    """What :func:`dump` wrote. Raises ``ValueError`` when another version wrote something else."""
    return tuple(Stored(str(name), int(number), int(size)) for name, number, size in tree)
