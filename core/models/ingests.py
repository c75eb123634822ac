"""What became of what was ingested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import LookalikeError


class Outcome(StrEnum):
    """What became of one row of an ingest."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that could not be ingested: which file, why, and what to do about it."""

    name: str
    reason: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in a row that was not understood, though the row was kept."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. Every row of the source is counted once; nothing is dropped in silence.

    Attributes:
        remarks: what was not understood in rows that were kept; a row may have several.
        seconds: wall-clock time.
        timings: busy seconds per step, summed over threads, so that they may exceed ``seconds``.
        stopped: why the run ended before its source did; None when all of it was seen. What is counted
            here is stored all the same, and a second run goes on from there.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[Remark, ...] = ()
    seconds: float = 0.0
    timings: Mapping[str, float] = field(default_factory=dict)
    stopped: LookalikeError | None = None

    @property
    def total(self) -> int:
        """Rows seen."""
        return self.added + self.updated + self.unchanged + len(self.skipped)
