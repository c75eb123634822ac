"""From a working thread to the event loop: only the newest value matters."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Latest(Generic[Value]):
    """Holds the newest of many values. Made on the event loop, filled from any thread.

    Args:
        pause: least seconds between two values that are told.
    """

    def __init__(self, pause: float = 0.25) -> None:
        self._loop = asyncio.get_running_loop()
        self._pause = pause
        self._value: Value | None = None
        self._changed = asyncio.Event()

    def put(self, value: Value) -> None:
        """Replace the value; returns at once."""
        self._loop.call_soon_threadsafe(self._set, value)

    async def tell(self, listener: Callable[[Value], Awaitable[None]]) -> None:
        """Hand new values to ``listener``, skipping those that are outdated meanwhile, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._value is not None:
                await listener(self._value)
            await asyncio.sleep(self._pause)

    def _set(self, value: Value) -> None:
        self._value = value
        self._changed.set()
