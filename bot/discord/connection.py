"""Staying connected: discord.py resumes and reconnects by itself; when its own loop dies, a new one is begun here."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from typing import Any

import discord
import structlog
from discord.ext import commands as extension

from core.errors import ConfigurationError, LookalikeError, Unavailable

_TOKEN_REFUSED, _WRONG_SHARD, _WRONG_INTENTS = 4004, 4010, 4013
_FOR_HUMANS = frozenset({_TOKEN_REFUSED, _WRONG_SHARD, 4012, _WRONG_INTENTS})
"""Close codes that no other try would change: https://docs.discord.com/developers/topics/opcodes-and-status-codes."""

_LONGEST_PAUSE = 60.0
_STABLE = 600.0
"""Seconds after which a connection counts as a good one, and the next pause as the first."""


class LastingBot(extension.AutoShardedBot):
    """discord.py's sharded client, which comes back from everything that passes without a human."""

    def __init__(self, *, shard_count: int | None = None, **options: Any) -> None:
        super().__init__(shard_count=shard_count, **options)
        self._wanted_shards = shard_count
        self._connecting: asyncio.Task[Any] | None = None
        self._over = asyncio.Event()

    async def connect(self, *, reconnect: bool = True) -> None:
        """Connect, and stay connected until :meth:`close`.

        Raises:
            discord.ConnectionClosed, discord.PrivilegedIntentsRequired: only a human can mend it; see :func:`explain`.
        """
        pauses, log = _pauses(), structlog.get_logger(__name__)
        while not self._over.is_set():
            began, self._connecting = time.monotonic(), asyncio.current_task()
            broken: Exception | None = None
            try:
                await super().connect(reconnect=reconnect)
            except Exception as error:
                if is_for_humans(error) or not reconnect:
                    raise
                broken = error
            finally:
                self._connecting = None
            if self._over.is_set():
                return
            if time.monotonic() - began > _STABLE:
                pauses = _pauses()
            pause = next(pauses)
            log.warning("discord.connection_broke", again_in=round(pause, 1), exc_info=broken)
            await self._wait(pause)
            # None has Discord asked again how many it wants; the library's annotation knows only the answer.
            self.shard_count = self._wanted_shards  # type: ignore[assignment]

    async def close(self) -> None:
        """Disconnect for good. What discord.py's dying loop calls closes its sockets only: answers still go out."""
        if self.dying():
            for shard in self.shards.values():
                await shard.disconnect()
            return
        self._over.set()
        await super().close()

    def dying(self) -> bool:
        """Whether it is discord.py's own loop, on its way out, that calls this."""
        return self._connecting is not None and asyncio.current_task() is self._connecting

    async def _wait(self, seconds: float) -> None:
        over = asyncio.create_task(self._over.wait())
        await asyncio.wait([over], timeout=seconds)
        over.cancel()


def is_for_humans(error: BaseException) -> bool:
    """Whether connecting again is useless until somebody changes the token or the app's settings."""
    if isinstance(error, discord.ConnectionClosed):
        return error.code in _FOR_HUMANS
    return isinstance(error, discord.LoginFailure | discord.PrivilegedIntentsRequired)


def explain(error: BaseException | None) -> LookalikeError:
    """Why there is no connection, in words."""
    code = error.code if isinstance(error, discord.ConnectionClosed) else 0
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return ConfigurationError(
            "The app may not read messages: the Message Content intent is off.",
            "Switch it on under Bot in the developer portal, or empty discord.channels and set "
            "discord.message_content to false.",
        )
    if isinstance(error, discord.LoginFailure) or code == _TOKEN_REFUSED:
        return ConfigurationError(
            "Discord does not accept the bot's token.",
            "Copy it again from Bot → Reset Token in the developer portal, and set DISCORD_TOKEN.",
        )
    return Unavailable("Discord's gateway ended the connection.", "Look at https://discordstatus.com.")


def _pauses() -> Iterator[float]:
    """Seconds before each new try: longer each time, and not the same for every bot."""
    for number in itertools.count():
        yield min(_LONGEST_PAUSE, 2.0**number) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
