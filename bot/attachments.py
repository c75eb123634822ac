"""Attachments become pictures or files, under caps that are checked while the bytes arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path

from bot.cutting import cut
from bot.downloads import Downloader
from bot.request import Attachment
from core.errors import LookalikeError, UserError
from core.images import decode
from core.models import Picture, Skipped
from core.settings import ImageSettings
from core.words import Sentence

LINKS = 5
"""Most addresses of one message that are looked at."""
_CHUNK = 256 * 1024


def in_memory(name: str, data: bytes, size: int | None = None) -> Attachment:
    """An attachment whose bytes are at hand already. ``size`` tells of a file too large to have been kept."""

    async def fetch() -> AsyncGenerator[bytes, None]:
        yield data

    return Attachment(name, fetch, len(data) if size is None else size)


def refused(name: str, error: LookalikeError) -> Attachment:
    """An attachment that can't be had: the reply names it with its reason, like any other that failed."""

    async def fetch() -> AsyncGenerator[bytes, None]:
        nothing: tuple[bytes, ...] = ()
        for chunk in nothing:
            yield chunk
        raise error

    return Attachment(name, fetch)


def linked(urls: Sequence[str], downloader: Downloader) -> tuple[Attachment, ...]:
    """The files at the addresses that somebody wrote; one that may not be fetched is refused, see :func:`refused`."""

    def make(url: str) -> Attachment:
        try:
            return downloader.attachment(url)
        except UserError as error:
            return refused(cut(url, 100), error)

    return tuple(map(make, urls[:LINKS]))


def on_disk(name: str, path: Path, size: int) -> Attachment:
    """An attachment that lies in a file already."""

    async def fetch() -> AsyncGenerator[bytes, None]:
        with await asyncio.to_thread(path.open, "rb") as file:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                yield chunk

    return Attachment(name, fetch, size, path)


async def pictures(
    attachments: Sequence[Attachment], limits: ImageSettings
) -> tuple[tuple[Picture, ...], tuple[Skipped, ...]]:
    """Download and decode all attachments side by side, decoding off the event loop.

    Returns:
        the pictures in the attachments' order, each once, and what could not be used, with its reason.
    """
    results = await asyncio.gather(*(_picture(attachment, limits) for attachment in attachments))
    found = {result.hash: result for result in results if isinstance(result, Picture)}
    return tuple(found.values()), tuple(result for result in results if isinstance(result, Skipped))


async def _picture(attachment: Attachment, limits: ImageSettings) -> Picture | Skipped:
    try:
        data = await read(attachment, limits.max_bytes)
        return await asyncio.to_thread(decode, data, limits)
    except LookalikeError as error:
        return Skipped(attachment.name, error.reason, error.advice)


async def read(attachment: Attachment, limit: int) -> bytes:
    """The attachment's bytes.

    Raises:
        UserError: it is larger than ``limit`` bytes, or the platform does not hand it out.
        Unavailable: the download failed.
    """
    parts = bytearray()
    async with aclosing(_chunks(attachment, limit)) as chunks:
        async for chunk in chunks:
            parts += chunk
    return bytes(parts)


async def save(attachment: Attachment, path: Path, limit: int) -> Path:
    """The file with the attachment's bytes: its own, or ``path``, newly written. Raises as :func:`read`."""
    if attachment.path is not None and (attachment.size or 0) <= limit:
        return attachment.path
    with await asyncio.to_thread(path.open, "xb") as file:
        async with aclosing(_chunks(attachment, limit)) as chunks:
            async for chunk in chunks:
                await asyncio.to_thread(file.write, chunk)
    return path


async def _chunks(attachment: Attachment, limit: int) -> AsyncGenerator[bytes, None]:
    if attachment.size is not None and attachment.size > limit:
        raise _too_large(limit)
    seen = 0
    # Closed here and now, not when it is collected: that ends the download behind it.
    async with aclosing(attachment.fetch()) as stream:
        async for chunk in stream:
            seen += len(chunk)
            if seen > limit:
                raise _too_large(limit)
            yield chunk


def _too_large(limit: int) -> UserError:
    return UserError(Sentence("download.too_large", limit=limit / 1e6), Sentence("download.too_large_advice"))
