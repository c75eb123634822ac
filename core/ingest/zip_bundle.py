"""ZIP archives, read without unpacking anything to disk.

What an archive announces is not believed: bytes are counted as they come out. A damaged or encrypted member
costs only itself.
"""

from __future__ import annotations

import stat
import zipfile
from typing import BinaryIO

from core.errors import UserError
from core.ingest.members import DAMAGE, REPACK, accept, too_large, too_many
from core.models import Skipped
from core.settings import IngestSettings
from core.words import Sentence


class ZipBundle:
    """A ZIP file. Names with backslashes, as some programs on Windows write them, are understood."""

    def __init__(self, name: str, file: BinaryIO, settings: IngestSettings) -> None:
        self.name = name
        self.refused: list[Skipped] = []
        self._budget = _Budget(name, settings.max_archive_bytes)
        self._file = file
        try:
            self._zip = zipfile.ZipFile(file)
        except DAMAGE as error:
            raise UserError(Sentence("entry.not_zip", name=name), REPACK) from error
        infos = [info for info in self._zip.infolist() if not info.filename.endswith(("/", "\\"))]
        if len(infos) > settings.max_archive_files:
            raise too_many(name, settings)
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in sorted(infos, key=lambda info: info.header_offset):
            kept = accept(info.filename, self._members, self.refused)
            if kept is None:
                continue
            if info.flag_bits & 0x1:
                self.refused.append(Skipped(kept, Sentence("entry.encrypted"), Sentence("entry.encrypted_advice")))
            elif stat.S_ISLNK(info.external_attr >> 16):
                self.refused.append(Skipped(kept, Sentence("entry.link"), Sentence("entry.link_advice")))
            else:
                self._members[kept] = info

    def names(self) -> list[str]:
        """In the order in which they lie in the file."""
        return list(self._members)

    def read(self, name: str, limit: int) -> bytes:
        """See :class:`Bundle`."""
        self._budget.check()
        try:
            with self._zip.open(self._members[name]) as member:
                data = member.read(limit + 1)
        except NotImplementedError as error:
            raise UserError(Sentence("entry.compression"), Sentence("entry.compression_advice")) from error
        except DAMAGE as error:
            raise UserError(Sentence("entry.damaged"), REPACK) from error
        self._budget.spend(len(data))
        return data

    def close(self) -> None:
        """See :class:`Bundle`."""
        self._zip.close()
        self._file.close()


class _Budget:
    """Counts bytes as they come out of an archive, whatever was announced."""

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._most = most
        self._spent = 0

    def spend(self, size: int) -> None:
        self._spent += size
        self.check()

    def check(self) -> None:
        if self._spent > self._most:
            raise too_large(self._name, self._most)
