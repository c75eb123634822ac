"""Tells a listener where a search stands, without ever waiting for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType

import structlog

from core.models import Progress

OnStage = Callable[[Progress], Awaitable[None]]

PATIENCE = 2.0
"""Seconds that the last report may take before the answer is handed over without it."""


class Reporter:
    """Reports stages one after the other, in the background.

    A listener that is slow (a chat service that limits the rate) misses stages and holds up nothing; one
    that fails is logged and told the next stage all the same. When the block ends the last stage has been
    told, or given up: nothing is reported after the answer.
    """

    def __init__(self, listener: OnStage | None) -> None:
        self._listener = listener
        self._newest: Progress | None = None
        self._changed = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    async def report(self, progress: Progress) -> None:
        """Report a stage. Gives the listener a turn and does not wait for it."""
        self._newest = progress
        self._changed.set()
        await asyncio.sleep(0)

    async def __aenter__(self) -> Reporter:
        if self._listener is not None:
            self._task = asyncio.create_task(self._tell(self._listener))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is None:
            return
        self._closing = True
        self._changed.set()
        try:
            await asyncio.wait({self._task}, timeout=PATIENCE if error is None else 0)
        finally:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _tell(self, listener: OnStage) -> None:
        log = structlog.get_logger(__name__)
        while True:
            await self._changed.wait()
            self._changed.clear()
            newest, self._newest = self._newest, None
            if newest is not None:
                try:
                    await listener(newest)
                except Exception as error:
                    log.warning("progress_not_told", stage=newest.stage, exc_info=error)
            if self._closing and self._newest is None:
                return
