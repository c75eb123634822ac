"""The bot on its own, for whoever runs or tests a discord.py client directly."""

from __future__ import annotations

from bot.commands import Commands
from bot.discord.adapter import assemble
from bot.discord.client import Client
from bot.downloads import Downloader
from bot.handler import Handler
from bot.limits import Quotas
from bot.ops import Metrics
from bot.searches import Searches
from core import settings as sources
from core.engine import Engine
from core.settings import Settings


def create_bot(
    settings: Settings | None = None, engine: Engine | None = None, *, shard_count: int | None = 1
) -> Client:
    """A client with the whole program behind it, not signed in; ``client.start(token)`` runs it.

    Args:
        settings: as from :func:`core.settings.load`, which is called where they are not given.
        shard_count: connections to Discord; None: as many as it advises, which has to be asked.
        engine: an open engine, which stays its opener's; else one is opened, and closed with the client.
    """
    given = engine.settings if engine is not None else settings or sources.load()
    opened = engine or Engine(given)
    links = Downloader()
    handler = Handler(
        opened.history,
        Searches(opened.finder, opened.catalog, opened.history, given),
        Commands(opened.catalog, opened.ingester, given, links),
        Quotas(opened.history, given.limits),
        Metrics(),
    )
    client = assemble(given, opened.catalog, opened.history, handler, links, shard_count=shard_count)
    client.at_close(links.close)
    if engine is None:
        client.at_close(opened.aclose)
    return client
