"""A question as the page sends it: one multipart form, whose photos are written to files as they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.web import tongue
from bot.web.stored import Stored
from core.errors import UserError

PHOTOS = 10
"""Most photos in one question."""
FIELD_BYTES = 20_000
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """The fields, and the photos in their order."""

    fields: Mapping[str, str]
    photos: tuple[Stored, ...]


async def read_form(request: web.Request, folder: Path, most: int) -> Form:
    """Read a question's form, its photos into ``folder``. A photo over ``most`` bytes keeps its name and size alone.

    Raises:
        UserError: it is not such a form, or its files together are far too large.
    """
    words = tongue.words(request)
    fields: dict[str, str] = {}
    photos: list[Stored] = []
    left = 4 * most
    try:
        if not request.content_type.startswith("multipart/"):
            raise ValueError(request.content_type)
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise ValueError("a form within the form")
            if part.name != "photo":
                fields[part.name or ""] = (await _field(part)).decode("utf-8", "replace")
                continue
            size = await _save(part, folder / str(len(photos)), most, left)
            left -= size
            photos.append(Stored(part.filename or "photo", len(photos), size))
            if left < 0:
                raise UserError(words("web.too_big", limit=4 * most // 1_000_000))
            if len(photos) > PHOTOS:
                raise UserError(words("web.too_many", count=PHOTOS))
    except (ValueError, HttpProcessingError) as error:  # how aiohttp reports a malformed body
        raise UserError(words("web.malformed")) from error
    return Form(fields, tuple(photos))


async def _field(part: BodyPartReader) -> bytes:
    data = bytearray()
    while len(data) <= FIELD_BYTES and (chunk := await part.read_chunk(_CHUNK)):
        data += chunk
    return bytes(data[:FIELD_BYTES])


async def _save(part: BodyPartReader, path: Path, most: int, left: int) -> int:
    """Write a part of at most ``most`` bytes; returns how many there were, or how many were read beyond ``left``."""
    size = 0
    with await asyncio.to_thread(path.open, "xb") as file:
        while size <= left and (chunk := await part.read_chunk(_CHUNK)):
            size += len(chunk)
            if size <= most:
                await asyncio.to_thread(file.write, chunk)
        if size > most:
            await asyncio.to_thread(file.truncate, 0)
    return size
