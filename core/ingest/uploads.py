"""Files that people drop on a page or attach to a message, as one source.

Pictures, archives and manifests may come together: a manifest finds its pictures among the other files
and inside the archives.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import UserError
from core.ingest import names, text
from core.ingest.archive import open_archive
from core.ingest.entries import Details
from core.ingest.members import Bundle
from core.models import Skipped
from core.settings import IngestSettings
from core.words import Sentence


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it came, in memory or on disk. ``details`` is what the person said about it, None for nothing."""

    name: str
    data: bytes | Path
    details: Details | None = None


class UploadBundle:
    """Uploads as one closed set of files; an archive's members appear as in a folder of its name.

    Two files of the same name, such as pasted pictures, are both kept: the second is called ``name (2)``.
    """

    def __init__(self, uploads: Iterable[Upload], settings: IngestSettings) -> None:
        self.name = "upload"
        self.refused: list[Skipped] = []
        self.details: dict[str, Details] = {}
        self._plain: dict[str, bytes | Path] = {}
        self._archives: dict[str, Bundle] = {}
        for upload in uploads:
            self._add(upload, settings)

    def _add(self, upload: Upload, settings: IngestSettings) -> None:
        name = _tidy(upload.name)
        if names.is_junk(name):
            return
        name = self._unique(name)
        if names.suffix(name) in names.ARCHIVES:
            try:
                archive = open_archive(name, _open(upload.data), settings)
            except UserError as error:
                self.refused.append(Skipped(name, error.reason, error.advice))
                return
            self._archives[name] = archive
            self.refused += [
                Skipped(f"{name}/{each.name}" if each.name != name else name, each.reason, each.advice)
                for each in archive.refused
            ]
            return
        self._plain[name] = upload.data
        if upload.details is not None:
            self.details[name] = upload.details

    def _unique(self, name: str) -> str:
        unique, number = name, 2
        while unique in self._plain or unique in self._archives:
            stem, dot, ending = name.rpartition(".")
            unique = f"{stem} ({number}).{ending}" if dot else f"{name} ({number})"
            number += 1
        return unique

    def names(self) -> list[str]:
        """Single files first, then each archive's members."""
        members = [f"{name}/{member}" for name, archive in self._archives.items() for member in archive.names()]
        return [*self._plain, *members]

    def read(self, name: str, limit: int) -> bytes:
        """At most ``limit + 1`` bytes. Raises :class:`UserError` where they can't be read."""
        plain = self._plain.get(name)
        if plain is not None:
            with _open(plain) as file:
                return file.read(limit + 1)
        holder = next(each for each in self._archives if name.startswith(f"{each}/"))
        return self._archives[holder].read(name.removeprefix(f"{holder}/"), limit)

    def close(self) -> None:
        """Close the archives."""
        for archive in self._archives.values():
            archive.close()


def _open(data: bytes | Path) -> BinaryIO:
    try:
        return data.open("rb") if isinstance(data, Path) else io.BytesIO(data)
    except OSError as error:
        raise UserError(
            Sentence("entry.unreadable", why=error.strerror), Sentence("entry.send_again_advice")
        ) from error


def _tidy(name: str) -> str:
    """The relative path that a browser sends for a folder's file, or the last part of any other name."""
    try:
        return names.member(text.line(name).lstrip("/\\"))
    except UserError:
        last = text.line(name).replace("\\", "/").rpartition("/")[2].strip(".")
        return last or "file"
