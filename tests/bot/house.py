"""The bot's rooms on real stores with the tiny encoder, and a replier that keeps what it is told."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from bot.commands import Commands
from bot.downloads import Downloader
from bot.failures import Failure
from bot.handler import Handler
from bot.limits import Quotas
from bot.ops import Metrics
from bot.results import Result
from bot.searches import Searches
from core.finder import Finder
from core.history import History
from core.ingest import Ingester, IngestProgress
from core.models import Answer, Progress, Query
from core.progress import OnStage
from core.reranker import Reranker
from core.settings import RerankerSettings, Settings
from tests.core.shop import Shop


def png(colour: str, size: tuple[int, int] = (64, 48)) -> bytes:
    """A picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def jpeg(size: tuple[int, int]) -> bytes:
    """A grey JPEG."""
    file = io.BytesIO()
    Image.new("RGB", size, "grey").save(file, "JPEG")
    return file.getvalue()


class Replies:
    """A replier that keeps everything; ``broken`` names the methods that the platform refuses."""

    def __init__(self, *broken: str) -> None:
        self.calls: list[str] = []
        self.stages: list[Progress | IngestProgress] = []
        self.results: list[Result] = []
        self.failures: list[Failure] = []
        self._broken = broken

    async def begin(self) -> None:
        self._call("begin")

    async def progress(self, progress: Progress | IngestProgress) -> None:
        self.stages.append(progress)
        self._call("progress")

    async def send(self, result: Result) -> None:
        self._call("send")
        self.results.append(result)

    async def fail(self, failure: Failure) -> None:
        self._call("fail")
        self.failures.append(failure)

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self._broken:
            raise ConnectionError("the platform does not take it")


class Watched(Finder):
    """The finder, without a ranking model, that keeps the queries which reach it.

    Attributes:
        gate: searches wait until it is set.
    """

    def __init__(self, shop: Shop, settings: Settings) -> None:
        super().__init__(shop.catalog, shop.encoder, Reranker(RerankerSettings(enabled=False)), settings.search)
        self.queries: list[Query] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def find(self, query: Query, on_stage: OnStage | None = None) -> Answer:
        self.queries.append(query)
        await self.gate.wait()
        return await super().find(query, on_stage)


class House:
    """Everything that a request meets.

    Attributes:
        searched: the queries that reached the finder.
    """

    def __init__(self, shop: Shop, settings: Settings) -> None:
        self.shop = shop
        self.settings = settings
        self.catalog = shop.catalog
        self.history = History(shop.database, shop.blobs)
        self.finder = Watched(shop, settings)
        self.metrics = Metrics()
        self.downloader = Downloader(lambda address: address.is_loopback)
        self.handler = Handler(
            self.history,
            Searches(self.finder, shop.catalog, self.history, settings),
            Commands(shop.catalog, Ingester(shop.catalog, settings), settings, self.downloader),
            Quotas(self.history, settings.limits),
            self.metrics,
        )

    @property
    def searched(self) -> list[Query]:
        return self.finder.queries


@asynccontextmanager
async def house(folder: Path, **values: Any) -> AsyncIterator[House]:
    """A house on a folder; ``values`` are settings."""
    shop = Shop(folder)
    made = House(shop, Settings(data_dir=folder, **values))
    try:
        yield made
    finally:
        await made.downloader.close()
        made.finder.close()
        shop.close()
