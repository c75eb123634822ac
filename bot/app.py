"""The composition root: what the settings enable, wired together. The only file that names every platform."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

import structlog

from bot import ops
from bot.commands import Commands
from bot.downloads import Downloader
from bot.handler import Handler
from bot.limits import Quotas
from bot.ports import Adapter, Resumable
from bot.searches import Searches
from bot.web.adapter import WebAdapter
from core.engine import Engine
from core.errors import LookalikeError

DAY = 24 * 3600.0
CHECKED = 5.0
"""Seconds for which the stores' health is remembered, however often ``/readyz`` is asked."""


class App:
    """All adapters around one handler around one engine. The engine stays its opener's to close."""

    def __init__(self, engine: Engine) -> None:
        settings = engine.settings
        self._engine = engine
        self._metrics = ops.Metrics()
        self._downloader = Downloader()
        self.handler = Handler(
            engine.history,
            Searches(engine.finder, engine.catalog, engine.history, settings),
            Commands(engine.catalog, engine.ingester, settings, self._downloader),
            Quotas(engine.history, settings.limits),
            self._metrics,
        )
        self._chores: asyncio.Task[None] | None = None
        self._stores: Mapping[str, bool] = {}
        self._checked = -CHECKED
        operations = ops.routes(self._metrics, self._health)
        self.web = (
            WebAdapter(engine.catalog, engine.history, settings, self.handler, operations)
            if settings.web.enabled
            else None
        )
        adapters: list[Adapter] = [self.web or ops.OpsServer(settings.web, operations)]
        if settings.slack.configured:
            from bot.slack.adapter import SlackAdapter  # half a second that only those who use it should wait

            adapters.append(SlackAdapter(settings, engine.catalog, engine.history, self.handler, self._downloader))
        if settings.discord.configured:
            from bot.discord.adapter import DiscordAdapter  # as above

            adapters.append(DiscordAdapter(settings, engine.catalog, engine.history, self.handler, self._downloader))
        self.adapters = tuple(adapters)

    def show_filling(self, done: int, total: int) -> None:
        """Show on the page how far the sample catalogue is."""
        if self.web is not None:
            self.web.show_filling(done, total)

    async def start(self) -> None:
        """Start the adapters one after the other.

        Raises:
            ConfigurationError, Unavailable: an adapter could not start; the others are stopped again.
        """
        started = time.monotonic()
        try:
            for adapter in self.adapters:
                await adapter.start()
        except BaseException:
            await self.stop()
            raise
        await self._take_up()
        self._chores = asyncio.create_task(self._keep_house())
        names = [adapter.name for adapter in self.adapters]
        seconds = round(time.monotonic() - started, 3)
        structlog.get_logger(__name__).info("app.started", adapters=names, seconds=seconds)

    async def _take_up(self) -> None:
        """Have what an earlier run acknowledged and did not answer answered by the adapter that took it.

        A message's key begins with its platform's name.
        """
        resumable = {adapter.name: adapter for adapter in self.adapters if isinstance(adapter, Resumable)}
        for event in await asyncio.to_thread(self._engine.history.pending):
            adapter = resumable.get(event.key.partition(":")[0])
            if adapter is not None and event.payload:
                await adapter.resume(event.payload)

    async def stop(self, deadline: float = 20.0) -> None:
        """Take no more events, finish what runs, disconnect. What runs after ``deadline`` seconds is cancelled."""
        log = structlog.get_logger(__name__)
        if self._chores is not None:
            self._chores.cancel()
        stopping = asyncio.gather(*(adapter.stop() for adapter in self.adapters), return_exceptions=True)
        try:
            await asyncio.wait_for(asyncio.shield(stopping), deadline)
        except TimeoutError:
            log.warning("app.deadline_passed", cancelled=self.handler.cancel())
        for adapter, outcome in zip(self.adapters, await stopping, strict=True):
            if isinstance(outcome, Exception):
                log.error("app.adapter_not_stopped", adapter=adapter.name, exc_info=outcome)
        await self._downloader.close()

    async def _keep_house(self) -> None:
        """Forget every day what the settings say is to be forgotten."""
        while True:
            await asyncio.sleep(DAY)
            try:
                await asyncio.to_thread(self._engine.purge)
            except LookalikeError as error:
                structlog.get_logger(__name__).warning("app.not_purged", reason=error.reason)

    async def _health(self) -> Mapping[str, bool]:
        if time.monotonic() - self._checked > CHECKED:
            stores = {
                "database": self._engine.database.check,
                "pictures": self._engine.blobs.check,
                "index": self._engine.index.check,
            }
            self._stores = dict(zip(stores, await asyncio.gather(*map(_well, stores.values())), strict=True))
            self._checked = time.monotonic()
        return {**self._stores, **{adapter.name: adapter.healthy() for adapter in self.adapters}}


async def _well(check: Callable[[], object]) -> bool:
    try:
        await asyncio.wait_for(asyncio.to_thread(check), CHECKED)
    except (LookalikeError, TimeoutError) as error:
        structlog.get_logger(__name__).warning("app.store_not_ready", reason=str(error))
        return False
    return True
