"""What a check finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.errors import LookalikeError
from core.settings import Settings


class Level(StrEnum):
    """How bad it is: ``fail`` stops the program or a part that was asked for, ``warn`` does not."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        subject: what was looked at, in a word or two.
        text: what is so, one sentence.
        advice: how to mend it, one sentence; empty where nothing is to be mended.
    """

    subject: str
    level: Level
    text: str
    advice: str = ""


Check = Callable[[Settings], Iterator[Finding]]
"""A function that looks at something. What it raises becomes a finding; it may take seconds."""


def failed(subject: str, error: LookalikeError) -> Finding:
    """An error as a finding."""
    return Finding(subject, Level.FAIL, error.reason, error.advice)
