"""``doctor`` for Discord: the token, the intents against the settings, the invitation, permissions in every server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import discord
from discord.http import Route

from bot.discord import permissions
from bot.discord.adapter import point, sign_in
from bot.discord.errors import told
from core.doctor import Finding, Level
from core.settings import DiscordSettings, Settings

_GUILDS = 20


def discord_settings(given: Settings) -> Iterator[Finding]:
    """What the settings mean for the intents."""
    if given.discord.configured:
        asked = "is asked for" if given.discord.reads_messages else "is not needed"
        yield Finding("Discord", Level.OK, f"The Message Content intent {asked}.")


def discord_access(given: Settings) -> Iterator[Finding]:
    """Whether Discord accepts the token, what the app may read, how it is invited, and what it lacks where.

    Raises:
        ConfigurationError: the token is not accepted.
        Unavailable: Discord can't be reached.
    """
    if given.discord.configured:
        yield from asyncio.run(_access(given.discord))


async def _access(given: DiscordSettings) -> list[Finding]:
    point(given)
    async with discord.Client(intents=discord.Intents.none()) as client:
        await sign_in(client, given)
        async with told("look at the app"):
            app = await client.application_info()
        found = [
            Finding("Discord", Level.OK, f"Signed in as {client.user}."),
            Finding("Discord invitation", Level.OK, permissions.invite(app.id)),
            _content(app, given),
        ]
        async with told("look at the servers"):
            guilds = await client.http.request(Route("GET", "/users/@me/guilds"))
        return found + [_guild(each) for each in guilds[:_GUILDS]]


def _content(app: discord.AppInfo, given: DiscordSettings) -> Finding:
    granted = app.flags.gateway_message_content or app.flags.gateway_message_content_limited
    if given.reads_messages and not granted:
        return Finding(
            "Discord intents",
            Level.FAIL,
            "The Message Content intent is off, and the settings need it.",
            "Switch it on under Bot in the developer portal, or empty discord.channels and discord.message_content.",
        )
    if granted and not given.reads_messages:
        return Finding(
            "Discord intents",
            Level.OK,
            "The Message Content intent is on and not used; discord.message_content makes follow-ups easier.",
        )
    return Finding("Discord intents", Level.OK, "The intents fit the settings.")


def _guild(guild: dict[str, str]) -> Finding:
    has = discord.Permissions(int(guild.get("permissions", "0")))
    lacking = () if has.administrator else permissions.lacking(has, tuple(permissions.NEEDED))
    if not lacking:
        return Finding("Discord permissions", Level.OK, f"All are granted in {guild['name']}.")
    reasons = "; ".join(f"{permissions.title(name)} is needed to {permissions.NEEDED[name]}" for name in lacking)
    return Finding(
        "Discord permissions",
        Level.WARN,
        f"In {guild['name']}: {reasons}.",
        "Give the bot's role these permissions, or open the invitation again.",
    )
