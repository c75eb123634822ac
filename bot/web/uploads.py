"""Where files from the page lie: uploads that are under way, and those of requests not yet answered.

Products come one file a request. Whatever belongs to a request that was accepted outlives a restart, which
answers it; whatever does not is cleared away at the start.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import StreamReader

from bot.web.stored import Stored
from core.errors import UserError
from core.ingest import names
from core.settings import Settings
from core.words import Words

IDLE = 900.0
"""Seconds without a byte after which an upload that nobody finished is thrown away."""
JOBS = 20
"""Most unfinished uploads at once."""
DAY = 24 * 3600.0
"""Seconds for which an earlier run's requests are answered; older files are nobody's."""


@dataclass(slots=True)
class Upload:
    """Products on their way in. ``count`` numbers the files, ``bytes`` is what lies on disk."""

    folder: Path
    session: str
    files: list[Stored] = field(default_factory=list)
    count: int = 0
    bytes: int = 0
    touched: float = field(default_factory=time.monotonic)


class Uploads:
    """The folders, by the names of uploads and posts."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self._coming = root / "coming"
        self._accepted = root / "accepted"
        self._images = settings.images
        self._ingest = settings.ingest
        self._open: dict[str, Upload] = {}
        shutil.rmtree(self._coming, ignore_errors=True)
        if self._accepted.exists():
            for folder in self._accepted.iterdir():
                if time.time() - folder.stat().st_mtime > DAY:
                    shutil.rmtree(folder, ignore_errors=True)

    def begin(self, name: str) -> Path:
        """A new folder for files that come; :meth:`accept` or :meth:`discard` it."""
        folder = self._coming / name
        folder.mkdir(parents=True)
        return folder

    def accept(self, name: str) -> Path:
        """Keep the folder until :meth:`done`, also over a restart; returns where it is from now on."""
        self._accepted.mkdir(parents=True, exist_ok=True)
        return (self._coming / name).rename(self._accepted / name)

    def accepted(self, name: str) -> Path:
        """Where :meth:`accept` put it."""
        return self._accepted / name

    def done(self, name: str) -> None:
        """The request has been answered: its files go."""
        shutil.rmtree(self._accepted / name, ignore_errors=True)

    def discard(self, name: str) -> None:
        """Throw away what has come."""
        self._open.pop(name, None)
        shutil.rmtree(self._coming / name, ignore_errors=True)

    def open(self, session: str, words: Words) -> str:
        """Begin an upload of products; returns its name.

        Raises:
            UserError: too many are unfinished.
        """
        now = time.monotonic()
        for name, upload in list(self._open.items()):
            if now - upload.touched > IDLE:
                self.discard(name)
        if len(self._open) >= JOBS:
            raise UserError(words("web.busy"), words("failure.later"))
        name = secrets.token_hex(8)
        self._open[name] = Upload(self.begin(name), session)
        return name

    async def receive(self, name: str, session: str, path: str, body: StreamReader, words: Words) -> None:
        """Write one file. One that is too large keeps its name and size, not its bytes: the report names it.

        Raises:
            UserError: there is no such upload.
        """
        upload = self._of(name, session, words)
        label = path.strip().lstrip("/")[:500] or "file"
        bundle = names.suffix(label) in names.ARCHIVES | names.MANIFESTS
        most = self._ingest.max_archive_bytes if bundle else self._images.max_bytes
        number, size, room = upload.count, 0, self._ingest.max_archive_bytes
        upload.count += 1
        with await asyncio.to_thread((upload.folder / str(number)).open, "xb") as file:
            async for chunk in body.iter_chunked(256 * 1024):
                upload.touched = time.monotonic()
                size += len(chunk)
                if size <= most and upload.bytes + size <= room:
                    await asyncio.to_thread(file.write, chunk)
            fits = size <= most and upload.bytes + size <= room
            if not fits:
                await asyncio.to_thread(file.truncate, 0)
        upload.bytes += size if fits else 0
        upload.files.append(Stored(label, number, max(size, 0 if fits else most + 1)))

    def take(self, name: str, session: str, words: Words) -> tuple[Stored, ...]:
        """End an upload, whose files are all there, in the order in which they began to come.

        Raises:
            UserError: there is no such upload.
        """
        upload = self._of(name, session, words)
        del self._open[name]
        return tuple(sorted(upload.files, key=lambda file: file.number))

    def cancel(self, name: str, session: str, words: Words) -> None:
        """Throw an upload away. Raises ``UserError`` when there is no such upload."""
        self._of(name, session, words)
        self.discard(name)

    def clear(self) -> None:
        """Throw all unfinished uploads away."""
        self._open.clear()
        shutil.rmtree(self._coming, ignore_errors=True)

    def _of(self, name: str, session: str, words: Words) -> Upload:
        upload = self._open.get(name)
        if upload is None or upload.session != session:
            raise UserError(words("web.no_job"), words("web.no_job_advice"))
        return upload
