"""TAR archives, plain or compressed, read without unpacking anything to disk.

Positions are checked before the stream is unpacked up to them, so that a bomb costs no more than the limit.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from typing import BinaryIO, cast

from core.errors import UserError
from core.ingest.members import DAMAGE, REPACK, TooLarge, accept, too_large, too_many
from core.models import Skipped
from core.settings import IngestSettings
from core.words import Sentence

_LARGEST_READ = 300_000_000


class TarBundle:
    """A TAR file, plain or compressed with gzip, bzip2 or xz.

    The list of members costs one pass over all of it; reading them in order costs a second. An archive
    that breaks off gives what comes before the break, and says so.
    """

    def __init__(self, name: str, file: BinaryIO, magic: bytes, settings: IngestSettings) -> None:
        self.name = name
        self.refused: list[Skipped] = []
        self._file = file
        self._members: dict[str, tarfile.TarInfo] = {}
        self._stream = _Guard(name, _decompress(file, magic), settings.max_archive_bytes)
        try:
            self._tar = tarfile.open(fileobj=cast(BinaryIO, self._stream), mode="r:")  # noqa: SIM115 - closed in close()
        except DAMAGE as error:
            raise UserError(Sentence("entry.not_zip_or_tar", name=name), REPACK) from error
        self._list(settings)

    def _list(self, settings: IngestSettings) -> None:
        seen = 0
        try:
            while (info := self._tar.next()) is not None:
                seen += 1
                if seen > settings.max_archive_files:
                    raise too_many(self.name, settings)
                self._add(info)
            if self._stream.last != tarfile.NUL * tarfile.BLOCKSIZE:
                raise tarfile.ReadError("no end mark")
        except TooLarge as error:
            reason = Sentence("entry.first_read", reason=error.reason, count=seen)
            self.refused.append(Skipped(self.name, reason, error.advice))
        except DAMAGE:
            self.refused.append(Skipped(self.name, Sentence("entry.breaks_off", count=seen), REPACK))

    def _add(self, info: tarfile.TarInfo) -> None:
        if info.isdir():
            return
        kept = accept(info.name, self._members, self.refused)
        if kept is None:
            return
        if info.issym() or info.islnk():
            self.refused.append(Skipped(kept, Sentence("entry.link"), Sentence("entry.link_advice")))
        elif not info.isreg():
            self.refused.append(Skipped(kept, Sentence("entry.not_regular")))
        else:
            self._members[kept] = info

    def names(self) -> list[str]:
        """In the order in which they lie in the file."""
        return list(self._members)

    def read(self, name: str, limit: int) -> bytes:
        """See :class:`Bundle`."""
        try:
            member = self._tar.extractfile(self._members[name])
            assert member is not None
            data = member.read(limit + 1)
        except DAMAGE as error:
            raise UserError(Sentence("entry.damaged"), REPACK) from error
        if len(data) < min(self._members[name].size, limit + 1):
            raise UserError(Sentence("entry.broken_off"), REPACK)
        return data

    def close(self) -> None:
        """See :class:`Bundle`."""
        self._tar.close()
        self._file.close()


class _Guard(io.RawIOBase):
    """A decompressed stream that refuses positions past a limit before it unpacks its way to them.

    ``last`` is what the last read gave: :mod:`tarfile` takes a damaged header for the archive's end, and
    only the end mark, a block of NUL bytes, tells the two apart.
    """

    def __init__(self, name: str, stream: BinaryIO, most: int) -> None:
        super().__init__()
        self._name = name
        self._stream = stream
        self._most = most
        self.last = b""

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _LARGEST_READ:
            raise tarfile.ReadError("a header of absurd size")
        self._check(self._stream.tell())
        self.last = self._stream.read(size)
        return self.last

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        assert whence == io.SEEK_SET
        self._check(offset)
        return self._stream.seek(offset)

    def tell(self) -> int:
        return self._stream.tell()

    def _check(self, position: int) -> None:
        if position > self._most:
            raise too_large(self._name, self._most)


def _decompress(file: BinaryIO, magic: bytes) -> BinaryIO:
    if magic.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if magic.startswith(b"BZh"):
        return cast(BinaryIO, bz2.BZ2File(file))
    if magic.startswith(b"\xfd7zXZ"):
        return cast(BinaryIO, lzma.LZMAFile(file))
    return file
