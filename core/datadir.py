"""The data folder: made when missing, and held by one program at a time.

SQLite would admit several, Milvus Lite and the catalogue's own order of writes do not. The lock is the
operating system's: it ends with the program, however that ends.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from filelock import FileLock, Timeout

from core.errors import ConfigurationError, DataDirLocked

LOCK = "lookalike.lock"
HOLDER = "lookalike.pid"
"""Which process holds the lock, and from which start of the machine on what lies here can be relied on.

It is left by a program that did not close, or that closed without having made up for a stopped machine.
"""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class DataDir:
    """The folder, locked until :meth:`close`.

    Attributes:
        path: absolute.
        machine_stopped: whether the machine stopped (or may have) while a program held the folder: then what that
            program wrote last without syncing it may be gone. A killed program loses nothing so. It stays so, for
            the programs that come, until one calls :meth:`rely`.

    Raises:
        DataDirLocked: another program works on it.
        ConfigurationError: it can't be made or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(self.path / LOCK, timeout=0, thread_local=False)
            self._lock.acquire()
            left = self._left()
            self.machine_stopped = left is not None and (not _boot() or left.boot != _boot())
            self._write(left.boot if left and self.machine_stopped else _boot())
        except Timeout as error:
            raise DataDirLocked(
                f"Another program works on this data folder{self._holder()}: {self.path}.",
                "Stop it first, or set LOOKALIKE_DATA_DIR to another folder.",
            ) from error
        except (OSError, NotImplementedError) as error:
            raise ConfigurationError(
                f"The data folder {self.path} can't be used: {reason(error)}.",
                "Mend that, or set LOOKALIKE_DATA_DIR to another folder on a local disk.",
            ) from error

    def rely(self) -> None:
        """What a stopped machine may have lost was made up for."""
        self.machine_stopped = False
        self._write(_boot())

    def close(self) -> None:
        """Let others have it."""
        if not self.machine_stopped:
            (self.path / HOLDER).unlink(missing_ok=True)
        self._lock.release()

    def __enter__(self) -> DataDir:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, boot: str) -> None:
        (self.path / HOLDER).write_text(f"{os.getpid()}\n{boot}\n", encoding="ascii")

    def _holder(self) -> str:
        left = self._left()
        return f" (process {left.process})" if left and left.process.isdigit() else ""

    def _left(self) -> _Left | None:
        """What the last holder left, or the present one wrote; None when the last one closed the folder."""
        try:
            lines = (self.path / HOLDER).read_text(encoding="ascii", errors="ignore").splitlines()
        except OSError:
            return None
        return _Left(*[*lines, "", ""][:2])


class _Left(NamedTuple):
    """The two lines of :data:`HOLDER`."""

    process: str
    boot: str


def _boot() -> str:
    """Identifies this start of the machine; empty where there is no such thing (it is Linux')."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


_REASONS = {
    errno.EEXIST: "it is a file and no folder",
    errno.ENOTDIR: "a part of its path is a file and no folder",
    errno.ENOENT: "it can't be made there",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.EROFS: "its disk is read-only",
    errno.ENOSPC: "its disk is full",
    errno.EDQUOT: "this user's share of the disk is full",
}


def reason(error: OSError | NotImplementedError) -> str:
    """Why a folder can't be used, as the end of a sentence."""
    if isinstance(error, NotImplementedError) or error.errno in (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP):
        return "its file system has no locks"
    return _REASONS.get(error.errno or 0, (error.strerror or type(error).__name__).lower())
