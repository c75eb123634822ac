"""The data folder: made when missing, and held by one program at a time.

SQLite would admit several, Milvus Lite and the catalogue's own order of writes do not. The lock is the
operating system's: it ends with the program, however that ends.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from core.errors import ConfigurationError, DataDirLocked

LOCK = "lookalike.lock"
HOLDER = "lookalike.pid"
"""Which process holds the lock; beside it, since a locked file can't be read everywhere."""


class DataDir:
    """The folder, locked until :meth:`close`.

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
            (self.path / HOLDER).write_text(str(os.getpid()), encoding="ascii")
        except Timeout as error:
            raise DataDirLocked(
                f"Another program works on this data folder{self._holder()}: {self.path}.",
                "Stop it first, or set LOOKALIKE_DATA_DIR to another folder.",
            ) from error
        except (OSError, NotImplementedError) as error:
            raise ConfigurationError(
                f"The data folder {self.path} can't be used: {_reason(error)}.",
                "Make it writable, or set LOOKALIKE_DATA_DIR to another folder on a local disk.",
            ) from error

    def close(self) -> None:
        """Let others have it."""
        (self.path / HOLDER).unlink(missing_ok=True)
        self._lock.release()

    def __enter__(self) -> DataDir:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _holder(self) -> str:
        try:
            number = (self.path / HOLDER).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""
        return f" (process {number})" if number.isdigit() else ""


def _reason(error: Exception) -> str:
    words = error.strerror if isinstance(error, OSError) else ""
    return (words or "the file system has no locks").lower()
