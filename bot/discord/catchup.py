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

if TYPE_CHECKING:
    from bot.discord.client import Client

_FILE = "discord.seen"
_LONGEST = timedelta(hours=12)
"""Nobody waits for an answer to what was asked longer ago."""
_MOST = 200
_PULSE = 15.0

Readable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class CatchUp:
    """Remembers until when messages were seen, in a file that holds a time as a snowflake."""

    def __init__(self, client: Client, folder: Path) -> None:
        self._client = client
        self._file = folder / _FILE
        self._since = 0
        self._log = structlog.get_logger(__name__)

    async def run(self) -> None:
        """Make up for what was missed, then remember the time until the connection ends."""
        since = await asyncio.to_thread(self._read)
        if since:
            for channel in self._active(since):
                await self._look(channel, since)
        while True:
            if self._client.healthy():
                await self.remember()
            await asyncio.sleep(_PULSE)

    async def remember(self) -> None:
        """Everything written before now was seen."""
        now = discord.utils.time_snowflake(discord.utils.utcnow() - timedelta(seconds=1))
        with contextlib.suppress(OSError):  # only a convenience: the next one may succeed
            await asyncio.to_thread(self._file.write_text, str(now))

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
            async for message in channel.history(limit=_MOST, after=discord.Object(since), oldest_first=True):
                await self._client.on_message(message)
        except discord.HTTPException as error:
            self._log.warning("discord.history_not_read", channel=channel.id, status=error.status)
