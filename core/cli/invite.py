"""``invite``: the address that adds the Discord bot to a server."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import typer

from core.cli import session
from core.errors import ConfigurationError

ADAPTER = "bot.discord.invite"
"""Module with ``address(settings) -> str``; looked up by name, because the core itself knows no platform."""


def invite(context: typer.Context) -> None:
    """Print the address that adds the bot to a Discord server.

    It asks for exactly the permissions that are used.
    """
    if find_spec(ADAPTER.partition(".")[0]) is None:
        raise ConfigurationError("The bot is not installed here.", "Run it from the project's folder.")
    typer.echo(import_module(ADAPTER).address(session.of(context).settings.discord))
