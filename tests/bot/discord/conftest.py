"""A bot in a simulated Discord: the real discord.py client, real stores, the tiny encoder."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from simcord.results import InteractionResult

from bot.discord.adapter import DiscordAdapter, assemble
from bot.discord.client import Client
from core.models import Query, Tenant
from tests.bot.house import House, house, jpeg, png
from tests.core.shop import product
from tests.fakes.discord_server import DiscordServer
from tests.fakes.discord_world import ANN, APP, FINDS, GUILD

RED, BLUE = ("red.png", png("red")), ("blue.png", png("blue", (40, 60)))
ME = f"<@{APP}>"
SHOP = Tenant("discord", str(GUILD))


@pytest.fixture
async def discord() -> AsyncIterator[DiscordServer]:
    """A Discord without the bot; at the end nothing may have been wrong."""
    async with DiscordServer() as server:
        yield server
        assert server.problems == []


@asynccontextmanager
async def bot(folder: Path, discord: DiscordServer, **values: Any) -> AsyncIterator[tuple[House, DiscordAdapter]]:
    """A running bot with mugs in its catalogue; what an earlier run left is taken up."""
    folder.mkdir(exist_ok=True)
    async with house(
        folder, discord=discord.settings(**values), search={"limit": 4}, limits={"searches_per_minute": 0}
    ) as place:
        if not place.catalog.count(SHOP):
            stock(place, SHOP)
            stock(place, Tenant("discord", f"dm-{ANN}"))
        place.finder.panorama = jpeg((300, 200))
        adapter = DiscordAdapter(place.settings, place.catalog, place.history, place.handler, place.downloader)
        try:
            await adapter.start()
            for event in place.history.pending():
                await adapter.resume(event.payload)
            yield place, adapter
        finally:
            await adapter.stop()


@pytest.fixture
async def place(tmp_path: Path, discord: DiscordServer) -> AsyncIterator[House]:
    """A bot that answers photos in one channel without a mention."""
    async with bot(tmp_path, discord, channels=[str(FINDS)]) as (made, _):
        yield made


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


def text(shown: Any) -> str:
    """A message's components as JSON."""
    return json.dumps([each.to_dict() if hasattr(each, "to_dict") else each for each in shown.components])


def answer(result: InteractionResult) -> str:
    """What an interaction was answered with."""
    assert result.response is not None
    return text(result.response)
