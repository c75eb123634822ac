"""What a source yields: entries to ingest, and what is said about those that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.ingest import text
from core.models import Remark, Skipped
from core.words import Sentence


@dataclass(frozen=True, slots=True)
class Details:
    """What a manifest's row, or a person who uploads, says about a product; clean text, ready to store.

    ``metadata`` holds everything that has no field of its own, as JSON values.
    """

    title: str = ""
    price: float | None = None
    currency: str = ""
    category: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture of a source.

    Attributes:
        name: what the source calls it, with ``/`` between folders; stored as the item's source.
        read: gives its bytes when it is its turn, at most one more than the allowed size, so that an
            oversized file is recognised and never read whole. Called once, from the thread that
            iterates. Raises :class:`~core.errors.UserError` or :class:`OSError`.
        details: None where the source says nothing about the product: then a known item keeps its own.
        line: place in a manifest, counted from 1; 0 elsewhere.
        remarks: what was not understood in its row, which is kept all the same.
    """

    name: str
    read: Callable[[], bytes]
    details: Details | None = None
    line: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its name in a report."""
        return at_line(self.name, self.line) if self.line else self.name


def at_line(name: str, line: int) -> Sentence:
    """What a report calls a manifest's row: the name in it, or else the manifest's own, as one tidy line."""
    return Sentence("entry.at_line", name=text.line(name), line=line)


Found = Entry | Skipped | Remark


class Source(Protocol):
    """Where products come from. Opened by :func:`core.ingest.sources.open_source`, read once, closed."""

    @property
    def name(self) -> str:
        """What people call it, such as a file's name."""
        ...

    def count(self) -> int:
        """How many entries and skipped files it will yield, for a progress bar."""
        ...

    def __iter__(self) -> Iterator[Found]:
        """Everything in it, in an order in which reading is cheap. Files of the system are left out."""
        ...

    def close(self) -> None:
        """Let go of open files."""
        ...
