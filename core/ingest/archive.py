"""Archives as closed sets of files, read without unpacking anything to disk.

What an archive announces is not believed: bytes are counted as they come out. Links, devices and names
that lead outside are refused by name, as are encrypted members; a damaged member costs only itself.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Container
from typing import BinaryIO, Protocol, cast

from core.errors import UserError
from core.ingest import names
from core.models import Skipped
from core.settings import IngestSettings

# What the archive modules and their decompressors raise on damaged bytes, found by fuzzing.
_DAMAGE = (
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
_LARGEST_READ = 300_000_000
_REPACK = "Pack it again."


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


def open_archive(name: str, file: BinaryIO, settings: IngestSettings) -> Bundle:
    """Open a ZIP or (compressed) TAR, told by its bytes. The bundle closes ``file``.

    Raises:
        UserError: it is neither, it is damaged at its root, or it holds too many files.
    """
    magic = file.read(6)
    file.seek(0)
    try:
        if magic.startswith(b"PK"):
            return ZipBundle(name, file, settings)
        return TarBundle(name, file, magic, settings)
    except UserError:
        file.close()
        raise


class ZipBundle:
    """A ZIP file. Names with backslashes, as some programs on Windows write them, are understood."""

    def __init__(self, name: str, file: BinaryIO, settings: IngestSettings) -> None:
        self.name = name
        self.refused: list[Skipped] = []
        self._budget = _Budget(name, settings.max_archive_bytes)
        self._file = file
        try:
            self._zip = zipfile.ZipFile(file)
        except _DAMAGE as error:
            raise UserError(f"{name} is not a ZIP file, or it is damaged.", _REPACK) from error
        infos = [info for info in self._zip.infolist() if not info.filename.endswith(("/", "\\"))]
        if len(infos) > settings.max_archive_files:
            raise _too_many(name, settings)
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in sorted(infos, key=lambda info: info.header_offset):
            kept = _accept(info.filename, self._members, self.refused)
            if kept is None:
                continue
            if info.flag_bits & 0x1:
                self.refused.append(Skipped(kept, "It is encrypted.", "Pack it again without a password."))
            elif stat.S_ISLNK(info.external_attr >> 16):
                self.refused.append(Skipped(kept, "It is a link.", "Pack the picture itself."))
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
            raise UserError("Its compression method is unknown.", "Pack it again as a usual ZIP file.") from error
        except _DAMAGE as error:
            raise UserError("It is damaged inside the archive.", _REPACK) from error
        self._budget.spend(len(data))
        return data

    def close(self) -> None:
        """See :class:`Bundle`."""
        self._zip.close()
        self._file.close()


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
        except _DAMAGE as error:
            raise UserError(f"{name} is not a ZIP or TAR file, or it is damaged.", _REPACK) from error
        self._list(settings)

    def _list(self, settings: IngestSettings) -> None:
        seen = 0
        try:
            while (info := self._tar.next()) is not None:
                seen += 1
                if seen > settings.max_archive_files:
                    raise _too_many(self.name, settings)
                self._add(info)
            if self._stream.last != tarfile.NUL * tarfile.BLOCKSIZE:
                raise tarfile.ReadError("no end mark")
        except _TooLarge as error:
            self.refused.append(Skipped(self.name, f"{error.reason} The first {seen} files were read.", error.advice))
        except _DAMAGE:
            self.refused.append(Skipped(self.name, f"The archive breaks off after {seen} files.", _REPACK))

    def _add(self, info: tarfile.TarInfo) -> None:
        if info.isdir():
            return
        kept = _accept(info.name, self._members, self.refused)
        if kept is None:
            return
        if info.issym() or info.islnk():
            self.refused.append(Skipped(kept, "It is a link.", "Pack the picture itself."))
        elif not info.isreg():
            self.refused.append(Skipped(kept, "It is not a regular file."))
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
        except _DAMAGE as error:
            raise UserError("It is damaged inside the archive.", _REPACK) from error
        if len(data) < min(self._members[name].size, limit + 1):
            raise UserError("The archive breaks off inside it.", _REPACK)
        return data

    def close(self) -> None:
        """See :class:`Bundle`."""
        self._tar.close()
        self._file.close()


class _TooLarge(UserError):
    """The archive unpacks to more than is allowed."""


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
            raise _too_large(self._name, self._most)


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
            raise _too_large(self._name, self._most)


def _decompress(file: BinaryIO, magic: bytes) -> BinaryIO:
    if magic.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if magic.startswith(b"BZh"):
        return cast(BinaryIO, bz2.BZ2File(file))
    if magic.startswith(b"\xfd7zXZ"):
        return cast(BinaryIO, lzma.LZMAFile(file))
    return file


def _accept(raw: str, members: Container[str], refused: list[Skipped]) -> str | None:
    """The member's tidy name; None for a system's file, a name that leads outside, or a repeated one."""
    try:
        name = names.member(raw)
    except UserError as error:
        refused.append(Skipped(raw, error.reason, error.advice))
        return None
    if names.is_junk(name):
        return None
    if name in members:
        refused.append(Skipped(name, "The archive holds this name twice; the first was taken.", _REPACK))
        return None
    return name


def _too_many(name: str, settings: IngestSettings) -> UserError:
    return UserError(
        f"{name} holds more than {settings.max_archive_files:,} files.",
        "Split it, or raise the setting ingest.max_archive_files.",
    )


def _too_large(name: str, most: int) -> _TooLarge:
    return _TooLarge(
        f"{name} unpacks to more than {most / 1e6:,.0f} MB.",
        "Split it, or raise the setting ingest.max_archive_bytes.",
    )
