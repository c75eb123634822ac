"""The connection: one sharded client, which asks for no more intents than the settings need."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import discord
import structlog
import yarl
from discord import app_commands

from bot.discord import commands, controls, inbound
from bot.discord.catchup import CatchUp
from bot.discord.connection import LastingBot
from bot.discord.desk import Desk
from bot.discord.service import Service
from bot.discord.sync import sync
from core.settings import DiscordSettings

PATIENCE = 300.0
"""Seconds that a call may wait for one of Discord's rate limits."""


def intents(settings: DiscordSettings) -> discord.Intents:
    """Messages and servers. What messages say is always shown for mentions and direct messages."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.guild_messages = wanted.dm_messages = True
    wanted.message_content = settings.reads_messages
    return wanted


class Tree(app_commands.CommandTree["Client"]):
    """The commands; whoever used one that breaks hears of it."""

    async def interaction_check(self, interaction: discord.Interaction[Client], /) -> bool:
        """Nothing new is begun while the program stops; Discord then says that the bot did not respond."""
        return not interaction.client.stopping

    async def on_error(self, interaction: discord.Interaction[Client], error: app_commands.AppCommandError) -> None:
        """Tell the asker."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await interaction.client.desk.fail(interaction, cause)


class Client(LastingBot):
    """discord.py's client with this bot's commands. :attr:`desk` and :attr:`service` are set before it connects."""

    desk: Desk
    service: Service

    def __init__(self, settings: DiscordSettings, folder: Path, shard_count: int | None = None) -> None:
        super().__init__(
            command_prefix=(),
            shard_count=shard_count,
            help_command=None,
            tree_cls=Tree,
            intents=intents(settings),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=PATIENCE,
        )
        self.settings = settings
        self.folder = folder
        self.catch_up = CatchUp(self, folder)
        self._channels = frozenset(settings.channels)
        self._coming: set[asyncio.Task[None]] = set()
        self._closers: list[Callable[[], Awaitable[None]]] = []
        self.stopping = False
        self._log = structlog.get_logger(__name__)

    def at_close(self, closer: Callable[[], Awaitable[None]]) -> None:
        """Have something closed together with the connection."""
        self._closers.append(closer)

    async def setup_hook(self) -> None:
        """After signing in, before connecting."""
        self.add_dynamic_items(*controls.ALL)
        commands.register(self.tree)
        await self.tree.set_translator(commands.Translator())
        await sync(self.tree, self.folder)
        self.start_task(self.catch_up.keep())

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect one shard, where the settings say or else where Discord says."""
        if self.settings.gateway_url:
            gateway = yarl.URL(self.settings.gateway_url)
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something."""
        me = self.user
        if me is None or self.stopping:
            return
        found = inbound.post(message, me, self._channels)
        if found is not None:
            await self.service.answer_message(found, message)

    async def on_ready(self) -> None:
        """Connected, for the first time or anew: what was written meanwhile is made up for."""
        self._log.info("discord.ready", guilds=len(self.guilds), shards=self.shard_count)
        self.start_task(self.catch_up.make_up())

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """A connection is lost."""
        self.catch_up.lose(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """A session goes on, and nothing is missed."""
        self.catch_up.resume(shard_id)

    async def on_shard_ready(self, shard_id: int) -> None:
        """A new session; :meth:`on_ready` follows."""
        self.catch_up.begin(shard_id)

    async def on_error(self, event: str, /, *_args: Any, **_kwargs: Any) -> None:
        """A bug in an event's handler."""
        self._log.exception("discord.event_failed", event_name=event)

    def start_task(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the background; it ends with the connection."""
        task = asyncio.create_task(work)
        self._coming.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._coming.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._log.error("discord.task_failed", exc_info=error)

    def take_no_more(self) -> None:
        """Answer nothing new from now on."""
        self.stopping = True

    def healthy(self) -> bool:
        """Whether every shard is connected."""
        return self.is_ready() and bool(self.shards) and not any(shard.is_closed() for shard in self.shards.values())

    async def close(self) -> None:
        """Disconnect, and end what runs beside the connection."""
        if self.dying():
            await super().close()
            return
        for task in self._coming:
            task.cancel()
        await super().close()
        closers, self._closers = self._closers, []
        for closer in closers:
            await closer()
