"""What all kinds of archives have in common: which members are taken, and what is said of the others."""

from __future__ import annotations

import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Container
from typing import Protocol

from core.errors import UserError
from core.ingest import names
from core.models import Skipped
from core.settings import IngestSettings
from core.words import Sentence

# What the archive modules and their decompressors raise on damaged bytes, found by fuzzing.
DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
)

REPACK = Sentence("entry.repack_advice")


class Bundle(Protocol):
    """A closed set of named files in memory or in an archive.

    Attributes:
        name: what people call it.
        refused: members that are never read, and why.
    """

    name: str
    refused: list[Skipped]

    def names(self) -> list[str]:
        """Tidy, unique names of regular files, in the order in which reading is cheapest."""
        ...

    def read(self, name: str, limit: int) -> bytes:
        """At most ``limit + 1`` bytes. Raises :class:`UserError` where they can't be read."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class TooLarge(UserError):
    """The archive unpacks to more than is allowed."""


def accept(raw: str, members: Container[str], refused: list[Skipped]) -> str | None:
    """The member's tidy name; None for a system's file, a name that leads outside, or a repeated one."""
    try:
        name = names.member(raw)
    except UserError as error:
        refused.append(Skipped(raw, error.reason, error.advice))
        return None
    if names.is_junk(name):
        return None
    if name in members:
        refused.append(Skipped(name, Sentence("entry.twice"), REPACK))
        return None
    return name


def too_many(name: str, settings: IngestSettings) -> UserError:
    return UserError(
        Sentence("entry.too_many_files", name=name, most=float(settings.max_archive_files)),
        Sentence("entry.too_many_files_advice"),
    )


def too_large(name: str, most: int) -> TooLarge:
    return TooLarge(
        Sentence("entry.unpacks", name=name, most=most / 1e6),
        Sentence("entry.unpacks_advice"),
    )
