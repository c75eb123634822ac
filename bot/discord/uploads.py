"""Pictures within what a server allows to upload."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.discord.layout import Upload
from core.errors import PictureError
from core.images import decode, thumbnail
from core.settings import ImageSettings

_SMALLEST = 200


async def fit(upload: Upload, limit: int) -> Upload | None:
    """The picture, made smaller until it has at most ``limit`` bytes; None when it can't be. Off the event loop."""
    if len(upload.data) <= limit:
        return upload
    return await asyncio.to_thread(_shrink, upload, limit)


def _shrink(upload: Upload, limit: int) -> Upload | None:
    try:
        image = decode(upload.data, ImageSettings(max_bytes=len(upload.data) + 1), upload.name).image
    except PictureError:
        return None
    size = max(image.size)
    while size > _SMALLEST:
        size = size * 3 // 4
        data = thumbnail(image, size)
        if len(data) <= limit:
            return replace(upload, data=data)
    return None
