"""What the bot needs to be allowed, each with its reason; and the address that invites it with exactly that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

NEEDED: Mapping[str, str] = {
    "view_channel": "see the messages that name it",
    "send_messages": "answer",
    "create_public_threads": "start a thread on the asking message",
    "send_messages_in_threads": "answer in threads",
    "attach_files": "show pictures",
    "read_message_history": "reply to messages, and find what it missed while it was away",
}
"""By discord.py's names of the permissions: https://docs.discord.com/developers/topics/permissions."""

ANSWER = ("view_channel", "send_messages")
THREADS = ("create_public_threads", "send_messages_in_threads")
FILES = ("attach_files",)
HISTORY = ("read_message_history",)
_TITLES = {"view_channel": "View Channel", "send_messages_in_threads": "Send Messages in Threads"}


def title(name: str) -> str:
    """The permission as Discord's settings call it, in English, such as ``Attach Files``."""
    return _TITLES.get(name, name.replace("_", " ").title())


def lacking(has: discord.Permissions, needed: Sequence[str]) -> tuple[str, ...]:
    """Which of the needed permissions are missing."""
    return tuple(name for name in needed if not getattr(has, name))


def titles(names: Sequence[str]) -> str:
    """Several permissions in one phrase."""
    return ", ".join(f"“{title(name)}”" for name in names)


def here(channel: object) -> discord.Permissions | None:
    """What the bot may do in a channel or thread; None where there are no permissions, as in direct messages."""
    guild = getattr(channel, "guild", None)
    permissions_for = getattr(channel, "permissions_for", None)
    if guild is None or permissions_for is None or guild.me is None:
        return None
    try:
        found: discord.Permissions = permissions_for(guild.me)
    except discord.ClientException:  # a thread whose channel is not known
        return None
    return found


def invite(application: int) -> str:
    """The address that adds the bot to a server, with its commands and exactly the needed permissions."""
    wanted = discord.Permissions(**dict.fromkeys(NEEDED, True))
    return discord.utils.oauth_url(application, permissions=wanted, scopes=("bot", "applications.commands"))
