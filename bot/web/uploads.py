"""Files that the page sends, read under caps that are checked while they arrive.

Questions come as one multipart form with a few photos, which stay in memory. Products come one file a
request into a spool folder, under numbers: a name from outside never becomes a path.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import BodyPartReader, StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.attachments import in_memory, on_disk
from bot.request import Attachment
from bot.web import tongue
from core.errors import UserError
from core.ingest import names
from core.settings import Settings
from core.words import Words

PHOTOS = 10
"""Most photos in one question."""
FIELD_BYTES = 20_000
IDLE = 3600.0
"""Seconds after which an upload that nobody finished is thrown away."""
JOBS = 20
"""Most unfinished uploads at once."""


@dataclass(frozen=True, slots=True)
class Form:
    """A question as the page sent it."""

    fields: Mapping[str, str]
    photos: tuple[Attachment, ...]


async def read_form(request: web.Request, most: int) -> Form:
    """Read a question's form. A photo over ``most`` bytes is kept as a name that nothing can be read from.

    Raises:
        UserError: it is not such a form, or its files together are far too large.
    """
    words = tongue.words(request)
    if not request.content_type.startswith("multipart/"):
        raise UserError(words("web.malformed"))
    fields: dict[str, str] = {}
    photos: list[Attachment] = []
    left = 4 * most
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise UserError(words("web.malformed"))
            if part.name == "photo":
                data, size = await _read(part, most, left)
                left -= size
                photos.append(in_memory(part.filename or "photo", data, size))
                if left < 0:
                    raise UserError(words("web.too_big", limit=4 * most // 1_000_000))
            else:
                data, _ = await _read(part, FIELD_BYTES, FIELD_BYTES)
                fields[part.name or ""] = data.decode("utf-8", "replace")
    except (ValueError, HttpProcessingError) as error:  # how aiohttp reports a malformed body
        raise UserError(words("web.malformed")) from error
    if len(photos) > PHOTOS:
        raise UserError(words("web.too_many", count=PHOTOS))
    return Form(fields, tuple(photos))


async def _read(part: BodyPartReader, most: int, left: int) -> tuple[bytes, int]:
    """The part's bytes, or none when there are more than ``most``, and how many there were."""
    data, size = bytearray(), 0
    while chunk := await part.read_chunk(64 * 1024):
        size += len(chunk)
        if size > left:
            break
        if size <= most:
            data += chunk
    return (bytes(data) if size <= most else b""), size


@dataclass(slots=True)
class Spool:
    """One upload of products, until it is taken in. ``count`` numbers the files, ``bytes`` is what lies on disk."""

    folder: Path
    session: str
    files: list[Attachment] = field(default_factory=list)
    count: int = 0
    bytes: int = 0
    touched: float = field(default_factory=time.monotonic)


class Spools:
    """Unfinished uploads. What an earlier run left behind is cleared away at the start."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self._root = root
        self._images = settings.images
        self._ingest = settings.ingest
        self._open: dict[str, Spool] = {}
        shutil.rmtree(root, ignore_errors=True)

    def open(self, session: str, words: Words) -> str:
        """Begin an upload; returns its id.

        Raises:
            UserError: too many are unfinished.
        """
        now = time.monotonic()
        for name, spool in list(self._open.items()):
            if now - spool.touched > IDLE:
                self.discard(name, spool.session, words)
        if len(self._open) >= JOBS:
            raise UserError(words("web.busy"), words("failure.later"))
        name = secrets.token_hex(8)
        folder = self._root / name
        folder.mkdir(parents=True)
        self._open[name] = Spool(folder, session)
        return name

    async def receive(self, name: str, session: str, path: str, body: StreamReader, words: Words) -> None:
        """Write one file. One that is too large keeps its name and size, not its bytes: the report names it.

        Raises:
            UserError: there is no such upload.
        """
        spool = self._of(name, session, words)
        spool.touched = time.monotonic()
        label = path.strip().lstrip("/")[:500] or "file"
        bundle = names.suffix(label) in names.ARCHIVES | names.MANIFESTS
        most = self._ingest.max_archive_bytes if bundle else self._images.max_bytes
        most = min(most, self._ingest.max_archive_bytes - spool.bytes)
        target = spool.folder / str(spool.count)
        spool.count += 1
        size = 0
        with await asyncio.to_thread(target.open, "xb") as file:
            async for chunk in body.iter_chunked(256 * 1024):
                size += len(chunk)
                if size <= most:
                    await asyncio.to_thread(file.write, chunk)
            if size > most:
                await asyncio.to_thread(file.truncate, 0)
        spool.bytes += size if size <= most else 0
        spool.files.append(on_disk(label, target, size))

    def take(self, name: str, session: str, words: Words) -> Spool:
        """End an upload; its files are the caller's, who removes the folder.

        Raises:
            UserError: there is no such upload.
        """
        spool = self._of(name, session, words)
        del self._open[name]
        return spool

    def discard(self, name: str, session: str, words: Words) -> None:
        """Throw an upload away."""
        shutil.rmtree(self.take(name, session, words).folder, ignore_errors=True)

    def clear(self) -> None:
        """Throw all unfinished uploads away."""
        self._open.clear()
        shutil.rmtree(self._root, ignore_errors=True)

    def _of(self, name: str, session: str, words: Words) -> Spool:
        spool = self._open.get(name)
        if spool is None or spool.session != session:
            raise UserError(words("web.no_job"), words("web.no_job_advice"))
        return spool
