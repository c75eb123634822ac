"""Products' pictures as chat platforms take them: JPEG, and no larger than it is worth."""

from __future__ import annotations

import asyncio

from core.catalog import Catalog
from core.images import decode, thumbnail
from core.models import Item
from core.settings import ImageSettings

CHAT_SIZE = 720
"""Longest side in pixels: what a phone shows in a chat, at twice its points."""


async def jpeg(catalog: Catalog, item: Item, limits: ImageSettings, size: int = CHAT_SIZE) -> bytes:
    """The product's picture as a JPEG whose longest side is at most ``size`` pixels, made off the event loop.

    Raises:
        LookalikeError: the picture store does not hand it out, or it is no picture any more.
    """

    def make() -> bytes:
        return thumbnail(decode(catalog.picture(item), limits, item.source).image, size)

    return await asyncio.to_thread(make)
