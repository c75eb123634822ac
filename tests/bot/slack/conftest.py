"""A bot in a local Slack workspace: the real slack-bolt client, real stores, the tiny encoder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.slack.adapter import SlackAdapter
from bot.slack.transports import PATH, Http
from core.models import Query, Tenant
from tests.bot.house import House, house, jpeg
from tests.core.shop import product
from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import TEAM

WORKSPACE = Tenant("slack", TEAM)


class Bot:
    """The adapter and what is behind it."""

    def __init__(self, slack: SlackServer, place: House, adapter: SlackAdapter) -> None:
        self.slack = slack
        self.house = place
        self.adapter = adapter


@asynccontextmanager
async def bot(folder: Path, slack: SlackServer, products: int = 12, **values: Any) -> AsyncIterator[Bot]:
    """A running bot with mugs in its catalogue. ``values`` are Slack settings."""
    folder.mkdir(exist_ok=True)
    settings = slack.settings(**values)
    async with house(folder, slack=settings, search={"limit": 4}) as place:
        mugs = (product(n, WORKSPACE, title=f"Mug {n}", price=10.0 + n, category="mug") for n in range(products))
        place.catalog.put(list(mugs))
        place.finder.panorama = jpeg((300, 200))
        adapter = SlackAdapter(place.settings, place.catalog, place.history, place.handler, place.downloader)
        try:
            await adapter.start()
            if isinstance(adapter.transport, Http):
                slack.request_url = f"http://127.0.0.1:{adapter.transport.port}{PATH}"
            yield Bot(slack, place, adapter)
        finally:
            await adapter.stop()


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A workspace without a bot; at the end nothing may have been wrong."""
    async with SlackServer() as server:
        yield server
        assert server.problems == []


@pytest.fixture(params=["socket", "http"])
async def both(request: pytest.FixtureRequest, tmp_path: Path, slack: SlackServer) -> AsyncIterator[Bot]:
    """A bot in each mode."""
    async with bot(tmp_path, slack, mode=request.param, port=0) as made:
        yield made


@pytest.fixture
async def made(tmp_path: Path, slack: SlackServer) -> AsyncIterator[Bot]:
    """A bot in Socket Mode."""
    async with bot(tmp_path, slack) as running:
        yield running


def sizes(query: Query) -> list[tuple[int, int]]:
    """Of the query's pictures."""
    return [picture.size for picture in query.pictures]
