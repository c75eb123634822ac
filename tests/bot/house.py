"""The bot's rooms on real stores with the tiny encoder, and a replier that keeps what it is told."""

from __future__ import annotations

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
from bot.searches import OnStage, Searches
from core.catalog import Catalog
from core.encoders.base import Prompt
from core.encoders.batching import EncoderService
from core.history import History
from core.ingest.ingester import Ingester, IngestProgress
from core.models import Answer, Fallback, Progress, Query, Ranking, Stage
from core.settings import Settings
from tests.core.shop import Shop


def png(colour: str, size: tuple[int, int] = (64, 48)) -> bytes:
    """A picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
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


class Counter:
    """Finds by the encoder and the index alone, without near duplicates and ranking model.

    Attributes:
        panorama: shown with every answer that has hits; none unless a test sets one.
    """

    def __init__(self, catalog: Catalog, encoder: EncoderService) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self.queries: list[Query] = []
        self.panorama = b""

    async def find(self, query: Query, on_stage: OnStage | None = None) -> Answer:
        self.queries.append(query)
        if on_stage is not None:
            await on_stage(Progress(Stage.ENCODE))
        image = query.pictures[0].image if query.pictures else None
        vector = await self._encoder.encode_query(Prompt(image, query.text or ("" if image else "anything")))
        exclude = {*query.shown, *query.like}
        hits = tuple(self._catalog.search(query.tenant, vector, query.limit, query.filters, exclude))
        panorama = self.panorama if hits else b""
        if on_stage is not None:
            await on_stage(Progress(Stage.RERANK, hits, panorama))
        ranking = Ranking(tuple(range(len(hits))), fallback=Fallback.OFF)
        return Answer(query, hits, ranking, panorama, more=bool(hits))


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
        self.finder = Counter(shop.catalog, shop.encoder)
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
        shop.close()
