"""The Discord adapter: wires the parts, starts and stops them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.discord.client import Client
from bot.discord.connection import explain
from bot.discord.desk import Desk
from bot.discord.downloads import Downloads
from bot.discord.errors import told
from bot.discord.payloads import PLATFORM
from bot.discord.people import People
from bot.discord.recovery import Recovery
from bot.discord.requests import Requests
from bot.discord.service import Service
from bot.downloads import Downloader
from bot.handler import Handler
from bot.pictures import Shelf
from core.catalog import Catalog
from core.errors import Unavailable
from core.history import History
from core.settings import DiscordSettings, Settings

_READY_WITHIN = 120.0
"""Seconds for connecting; one shard needs about five."""


def point(settings: DiscordSettings) -> None:
    """Set discord.py up for the whole program, before it connects: where Discord is, and that nobody will speak."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    Route.BASE = settings.api_base_url.rstrip("/")
    if settings.gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)


def assemble(
    settings: Settings,
    catalog: Catalog,
    history: History,
    handler: Handler,
    links: Downloader,
    *,
    shard_count: int | None = None,
) -> Client:
    """A client that is not signed in yet, with everything behind it. Without ``shard_count`` Discord says how many."""
    point(settings.discord)
    client = Client(settings.discord, settings.data_dir, shard_count)
    people = People(settings.discord)
    requests = Requests(people, Downloads(client), links)
    shelf, blind = Shelf(catalog, settings.images), not settings.discord.reads_messages
    client.service = Service(client, handler, requests, people, shelf, blind)
    client.desk = Desk(client.service, history, catalog)
    return client


class DiscordAdapter:
    """A :class:`~bot.ports.Adapter` for one bot in any number of servers."""

    def __init__(
        self, settings: Settings, catalog: Catalog, history: History, handler: Handler, links: Downloader
    ) -> None:
        self._settings = settings.discord
        self._handler = handler
        self.client = assemble(settings, catalog, history, handler, links)
        self._recovery = Recovery(self.client.service, self.client)
        self._connection: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """The platform's name."""
        return PLATFORM

    async def start(self) -> None:
        """Sign in, tell the commands, let events come."""
        await sign_in(self.client, self._settings)
        self._connection = asyncio.create_task(self.client.connect())
        ready = asyncio.create_task(self.client.wait_until_ready())
        try:
            done, _ = await asyncio.wait(
                {self._connection, ready}, timeout=_READY_WITHIN, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            ready.cancel()
        if self._connection in done:
            error = None if self._connection.cancelled() else self._connection.exception()
            raise explain(error) from error
        if not done:
            raise Unavailable("Discord's gateway does not answer.", "Look at https://discordstatus.com.")
        self._connection.add_done_callback(self._ended)

    async def resume(self, context: Mapping[str, Any]) -> None:
        """Answer what an earlier run took and did not answer."""
        await self._recovery.resume(context)

    async def stop(self) -> None:
        """Take no more events, let what runs finish, disconnect."""
        self.client.take_no_more()
        await self.client.catch_up.remember()
        await self._handler.drain(self.name)
        await self.client.close()
        if self._connection is not None:
            await asyncio.wait([self._connection])

    def healthy(self) -> bool:
        """Whether events can come now."""
        return self.client.healthy()

    def _ended(self, connection: asyncio.Task[None]) -> None:
        """The connection is gone for good while the program goes on: only a human can mend that."""
        if not connection.cancelled() and (error := connection.exception()) is not None:
            why = explain(error)
            log = structlog.get_logger(__name__)
            log.error("discord.connection_ended", reason=why.reason, advice=why.advice, exc_info=error)


async def sign_in(client: discord.Client, settings: DiscordSettings) -> None:
    """Sign in with the token.

    Raises:
        ConfigurationError: Discord does not accept it.
        Unavailable: Discord can't be reached.
    """
    try:
        async with told("sign in"):
            try:
                await client.login(settings.token.get_secret_value())
            except discord.LoginFailure as error:
                raise explain(error) from error
    except BaseException:
        await client.close()
        raise
