"""What was written while the bot was away is read from the channels and answered, once.

A gateway session is resumed after a lost connection, and Discord then repeats what was missed. After a restart, or when
the session is gone, only the channels' history tells it. Direct messages can't be found that way: Discord tells
nobody which ones there are.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import discord
import structlog

from bot.discord import permissions
from bot.discord.errors import told
from core.errors import LookalikeError
from core.words import Sentence

if TYPE_CHECKING:
    from bot.discord.client import Client

_FILE = "discord.seen"
_LONGEST = timedelta(hours=12)
"""Nobody waits for an answer to what was asked longer ago."""
_MOST = 200
_PULSE = 15.0

Readable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class CatchUp:
    """Remembers until when every message was seen, in a file that holds a time as a snowflake.

    That time stands still from the moment a connection is lost until Discord has repeated what was missed, or it was
    read from the channels.
    """

    def __init__(self, client: Client, folder: Path) -> None:
        self._client = client
        self._file = folder / _FILE
        self._seen = 0
        self._lost: set[int] = set()
        self._sessions = 1
        self._made_up = 0
        self._looking = asyncio.Lock()
        self._log = structlog.get_logger(__name__)

    def lose(self, shard: int) -> None:
        """A shard's connection is lost."""
        self._lost.add(shard)

    def resume(self, shard: int) -> None:
        """A shard's session goes on; Discord has repeated what it missed."""
        self._lost.discard(shard)

    def begin(self, shard: int) -> None:
        """A shard has a new session, which knows nothing of what was missed: :meth:`make_up` has to follow."""
        self._sessions += 1
        self._lost.discard(shard)

    def current(self) -> bool:
        """Whether everything that was written until now was seen."""
        return not self._lost and self._made_up == self._sessions and self._client.healthy()

    async def make_up(self) -> None:
        """Read what was missed, and have it answered."""
        async with self._looking:
            sessions, since = self._sessions, self._seen or await asyncio.to_thread(self._read)
            if since:
                for channel in self._active(since):
                    await self._look(channel, since)
            self._made_up = sessions
        await self.remember()

    async def keep(self) -> None:
        """Remember the time now and then, until cancelled."""
        while True:
            await asyncio.sleep(_PULSE)
            await self.remember()

    async def remember(self) -> None:
        """Everything written before now was seen, unless something is still to be made up for."""
        if not self.current():
            return
        self._seen = discord.utils.time_snowflake(discord.utils.utcnow() - timedelta(seconds=1))
        with contextlib.suppress(OSError):  # only a convenience: the next one may succeed
            await asyncio.to_thread(self._file.write_text, str(self._seen))

    def _read(self) -> int:
        try:
            known = int(self._file.read_text())
        except (OSError, ValueError):
            return 0
        return max(known, discord.utils.time_snowflake(discord.utils.utcnow() - _LONGEST))

    def _active(self, since: int) -> Iterator[Readable]:
        """Channels and threads with something newer, which the bot may read."""
        for guild in self._client.guilds:
            channels: list[Readable] = [*guild.text_channels, *guild.voice_channels, *guild.stage_channels]
            for channel in [*channels, *guild.threads]:
                has = permissions.here(channel)
                readable = has is not None and has.view_channel and has.read_message_history
                if readable and (channel.last_message_id or 0) > since:
                    yield channel

    async def _look(self, channel: Readable, since: int) -> None:
        try:
            async with told(Sentence("doing.read_missed")):
                async for message in channel.history(limit=_MOST, after=discord.Object(since), oldest_first=True):
                    await self._client.on_message(message)
        except LookalikeError as error:
            self._log.warning("discord.history_not_read", channel=channel.id, reason=error.reason)
