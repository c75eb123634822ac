"""The pictures' bytes, by content hash: a folder, or any store that fsspec speaks to (``s3://``, ``gs://`` …)."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec
import fsspec.core
from fsspec.implementations.local import LocalFileSystem

from core.errors import ConfigurationError, LookalikeError, Unavailable
from core.words import Sentence

HASH = re.compile(r"[0-9a-f]{64}")
WRITERS = 8
"""Files written at once: each waits for its disk or its round trip, not for the processor."""

INCOMING = ".incoming"
"""Folder of files that are being written; what is left there by a crash is swept after an hour."""


class PictureLost(Unavailable):
    """A picture that should be in the store is missing there or damaged."""


class BlobStore:
    """Content-addressed bytes. Thread-safe; every method may block on a disk or a network.

    A file is whole or absent: local ones are written aside, synced and renamed, object stores do as much
    by themselves.

    Args:
        url: a folder, or an fsspec URL such as ``s3://bucket/prefix`` or ``memory://pictures``.

    Raises:
        ConfigurationError: the URL names no known store, or its driver is not installed.
        Unavailable: the folder can't be made.
    """

    def __init__(self, url: str | Path) -> None:
        self._fs, self._root = _open(url)
        self._local = isinstance(self._fs, LocalFileSystem)
        if self._local:
            with _translated():
                (Path(self._root) / INCOMING).mkdir(parents=True, exist_ok=True)
                self._sweep()

    def put(self, digest: str, data: bytes) -> None:
        """Store ``data`` under its SHA-256; durable when this returns, and free when it was there already.

        Raises:
            ValueError: ``digest`` is not the hash of ``data``.
            Unavailable: the store is full, read-only or can't be reached.
        """
        self.put_many({digest: data})

    def put_many(self, blobs: Mapping[str, bytes]) -> None:
        """Like :meth:`put` for each, several at once. After an error any of them may be stored."""
        for digest, data in blobs.items():
            if hashlib.sha256(data).hexdigest() != digest:
                raise ValueError("the hash is not the data's")
        with _translated():
            written = [folder for folder in _side_by_side(self._write, blobs.items()) if folder is not None]
            # All renames come before the first sync of a folder: one commit of the file system's journal
            # then serves for all.
            for folder in dict.fromkeys(written):
                _sync_folder(folder)

    def get(self, digest: str) -> bytes:
        """The bytes, checked against their hash.

        Raises:
            PictureLost: it is not there, or not what was stored.
            Unavailable: the store can't be reached.
        """
        with _translated():
            try:
                data: bytes = self._fs.cat_file(self._path(digest))
            except FileNotFoundError as error:
                raise PictureLost("A picture is missing in the picture store.", _REPAIR) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise PictureLost("A picture in the picture store is damaged.", _REPAIR)
        return data

    def exists(self, digest: str) -> bool:
        """Whether there is a blob of that name."""
        with _translated():
            return self._size(self._path(digest)) is not None

    def delete(self, digest: str) -> None:
        """Remove it; does nothing when it is not there."""
        with _translated():
            try:
                self._fs.rm_file(self._path(digest))
            except FileNotFoundError:
                return

    def hashes(self) -> Iterator[str]:
        """All names, in no order."""
        with _translated():
            found = self._fs.find(self._root)
        for path in found:
            shard, name = path.split("/")[-2:]
            if HASH.fullmatch(name) and name.startswith(shard):
                yield name

    def damaged(self, digests: Iterable[str]) -> set[str]:
        """Which of these files are not what was stored. Object stores check that by themselves and aren't read."""
        return {digest for digest in digests if not self._is_sound(digest)} if self._local else set()

    def check(self) -> None:
        """Write, read and remove a small blob.

        Raises:
            Unavailable: one of these failed.
        """
        data = b"lookalike: is the picture store there? " + secrets.token_bytes(8)
        digest = hashlib.sha256(data).hexdigest()
        self.put(digest, data)
        self.get(digest)
        self.delete(digest)

    def _is_sound(self, digest: str) -> bool:
        try:
            self.get(digest)
        except PictureLost:
            return False
        return True

    def _path(self, digest: str) -> str:
        if not HASH.fullmatch(digest):
            raise ValueError("not a SHA-256 in lower-case hex")
        return f"{self._root}/{digest[:2]}/{digest}"

    def _size(self, path: str) -> int | None:
        try:
            return int(self._fs.info(path)["size"])
        except FileNotFoundError:
            return None

    def _write(self, blob: tuple[str, bytes]) -> Path | None:
        """Write one unless it is there; the local folder that must still be synced, if any."""
        digest, data = blob
        path = self._path(digest)
        if self._size(path) == len(data):
            return None
        if self._local:
            return self._write_local(Path(path), data)
        self._fs.pipe_file(path, data)
        return None

    def _write_local(self, path: Path, data: bytes) -> Path:
        aside = Path(self._root) / INCOMING / f"{path.name}.{secrets.token_hex(4)}"
        try:
            with aside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if not path.parent.is_dir():
                path.parent.mkdir(exist_ok=True)
                _sync_folder(path.parent.parent)
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        return path.parent

    def _sweep(self) -> None:
        for left in (Path(self._root) / INCOMING).iterdir():
            if time.time() - left.stat().st_mtime > 3600:
                left.unlink(missing_ok=True)


_REPAIR = "Run `python -m core repair`; it names the items whose pictures must be added again."


_DRIVERS = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}
"""Scheme → package of the usual object stores."""


def _open(url: str | Path) -> tuple[Any, str]:
    text = str(Path(url).resolve()) if isinstance(url, Path) or "://" not in url else url
    try:
        fs, root = fsspec.core.url_to_fs(text, use_listings_cache=False)
    except ImportError as error:
        scheme = text.partition("://")[0]
        package = _DRIVERS.get(scheme)
        advice = f"Run `python -m pip install {package}` in the program's environment" if package else str(error)
        raise ConfigurationError(
            f"The setting blobs.url can't be used: {scheme}:// needs a driver that is not installed.",
            f"{advice}, or leave the setting empty for a folder.",
        ) from error
    except ValueError as error:
        raise ConfigurationError(
            "The setting blobs.url names no known picture store.",
            "Leave it empty for a folder inside the data folder, or write an fsspec URL such as s3://bucket/prefix.",
        ) from error
    return fs, root.rstrip("/")


def _side_by_side(
    write: Callable[[tuple[str, bytes]], Path | None], blobs: Collection[tuple[str, bytes]]
) -> list[Path | None]:
    if len(blobs) <= 1:
        return [write(blob) for blob in blobs]
    with ThreadPoolExecutor(min(WRITERS, len(blobs)), thread_name_prefix="blobs") as pool:
        return list(pool.map(write, blobs))


def _sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` durable. Windows can't open folders and needs no such thing."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (LookalikeError, ValueError):
        raise
    except Exception as error:
        # each driver has its own exceptions, and some derive from nothing but Exception
        words = error.strerror if isinstance(error, OSError) else None
        raise Unavailable(
            Sentence("outage.pictures", why=(words or type(error).__name__).lower()),
            Sentence("outage.pictures_advice"),
        ) from error
