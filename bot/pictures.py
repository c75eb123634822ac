"""Products' pictures as chat platforms take them: JPEG, and no larger than it is worth."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from core.catalog import Catalog
from core.images import decode, thumbnail
from core.models import Item
from core.settings import ImageSettings

CHAT_SIZE = 720
"""Longest side in pixels: what a phone shows in a chat, at twice its points."""


SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".heic", ".heif", ".avif")
"""Of files that are taken for pictures while nothing else tells what they are."""


def is_picture(name: str, media_type: str) -> bool:
    """Whether a file looks like a picture, by type or, while it has none, by name."""
    return media_type.startswith("image/") if media_type else name.lower().endswith(SUFFIXES)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where products' pictures come from."""

    catalog: Catalog
    limits: ImageSettings

    async def jpeg(self, item: Item) -> bytes:
        """The product's picture as a JPEG of at most :data:`CHAT_SIZE` pixels, made off the event loop.

        Raises:
            LookalikeError: the picture store does not hand it out, or it is no picture any more.
        """

        def make() -> bytes:
            return thumbnail(decode(self.catalog.picture(item), self.limits, item.source).image, CHAT_SIZE)

        return await asyncio.to_thread(make)
