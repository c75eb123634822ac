"""A bot in a simulated Discord: the real discord.py client, real stores, the tiny encoder."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from bot.discord.adapter import assemble
from bot.discord.client import Client
from core.models import Query, Tenant
from tests.bot.house import House, house
from tests.core.shop import product


def jpeg(size: tuple[int, int]) -> bytes:
    """A grey JPEG."""
    file = io.BytesIO()
    Image.new("RGB", size, "grey").save(file, "JPEG")
    return file.getvalue()


def stock(place: House, tenant: Tenant, count: int = 12) -> None:
    """Put mugs into a catalogue."""
    mugs = (product(n, tenant, title=f"Mug {n}", price=10.0 + n, category="mug") for n in range(count))
    place.catalog.put(list(mugs))


@asynccontextmanager
async def rooms(folder: Path, **discord: Any) -> AsyncIterator[tuple[House, Client]]:
    """The bot's rooms, and a client that is not signed in. ``discord`` are settings."""
    folder.mkdir(exist_ok=True)
    settings = {"token": "a.b.c", **discord}
    async with house(folder, discord=settings, search={"limit": 4}, limits={"searches_per_minute": 0}) as place:
        place.finder.panorama = jpeg((300, 200))
        parts = (place.settings, place.catalog, place.history, place.handler, place.downloader)
        yield place, assemble(*parts, shard_count=1)


def sizes(query: Query) -> list[tuple[int, int]]:
    """Of the query's pictures."""
    return [picture.size for picture in query.pictures]
