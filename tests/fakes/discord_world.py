"""What a small Discord holds: a server, channels, threads, messages and files. No network."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

Tree = dict[str, Any]

APP, GUILD, ANN, BEN = 1_000, 2_000, 3_001, 3_002
GENERAL, FINDS = 4_001, 4_002
ROLE = 5_000
EVERYTHING = (1 << 53) - 1
TOKEN = "MTAwMA==.fake.token"
_EPOCH = 1_420_070_400_000
TEXT, DM, THREAD = 0, 1, 11


class World:
    """The content, as the API shows it."""

    def __init__(self, base: str = "") -> None:
        self.base = base
        self.permissions: dict[int, int] = {}
        self.channels: dict[int, Tree] = {}
        self.messages: dict[int, dict[int, Tree]] = {}
        self.files: dict[str, bytes] = {}
        self._numbers = count(1)
        for channel, name in ((GENERAL, "general"), (FINDS, "finds")):
            self.add_channel(channel, TEXT, name=name, guild_id=str(GUILD))

    def id(self) -> int:
        """A fresh snowflake of this moment."""
        return (int(time.time() * 1000) - _EPOCH << 22) + next(self._numbers) % 4096

    def add_channel(self, channel: int, kind: int, **fields: Any) -> Tree:
        """A channel, thread or direct message."""
        made = {"id": str(channel), "type": kind, "position": 0, "permission_overwrites": [], **fields}
        self.channels[channel] = made
        self.messages[channel] = {}
        return made

    def direct(self, user: int) -> int:
        """The direct message channel with a person."""
        channel = 6_000 + user
        if channel not in self.channels:
            self.add_channel(channel, DM, recipients=[self.user(user)], last_message_id=None)
        return channel

    def user(self, user: int) -> Tree:
        """A person, or the bot."""
        bot = user == APP
        return {"id": str(user), "username": f"user{user}", "discriminator": "0", "avatar": None, "bot": bot}

    def member(self, user: int) -> Tree:
        """A person in the server. Ann has the managers' role."""
        roles = [str(ROLE)] if user == ANN else []
        return {"roles": roles, "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}

    def guild(self) -> Tree:
        """The server, as ``GUILD_CREATE`` tells it."""
        everyone = {"id": str(GUILD), "name": "@everyone", "permissions": str(EVERYTHING & ~(1 << 3 | 1 << 5))}
        managers = {"id": str(ROLE), "name": "Buyers", "permissions": "0"}
        shape = {"color": 0, "colors": {"primary_color": 0}, "hoist": False, "position": 0, "managed": False}
        roles = [{**shape, "mentionable": False, "flags": 0, **role} for role in (everyone, managers)]
        channels = [each for each in self.channels.values() if each["type"] == TEXT]
        threads = [each for each in self.channels.values() if each["type"] == THREAD]
        return {
            "id": str(GUILD), "name": "Shop", "owner_id": str(ANN), "roles": roles, "emojis": [], "features": [],
            "channels": channels, "threads": threads, "members": [{"user": self.user(APP), **self.member(APP)}],
            "member_count": 3, "preferred_locale": "en-US", "premium_tier": 0, "nsfw_level": 0, "stickers": [],
            "system_channel_flags": 0, "verification_level": 0, "default_message_notifications": 0,
            "explicit_content_filter": 0, "mfa_level": 0, "afk_timeout": 300, "presences": [], "voice_states": [],
            "stage_instances": [], "guild_scheduled_events": [], "joined_at": "2026-01-01T00:00:00+00:00",
            "large": False, "unavailable": False,
        }  # fmt: skip

    def add_message(self, channel: int, author: int, content: str = "", **fields: Any) -> Tree:
        """Put a message into a channel."""
        number = self.id()
        made: Tree = {
            "id": str(number), "channel_id": str(channel), "author": self.user(author), "content": content,
            "timestamp": "2026-11-22T10:00:00+00:00", "edited_timestamp": None, "tts": False, "type": 0, "flags": 0,
            "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
            "components": [], "pinned": False, **fields,
        }  # fmt: skip
        if "guild_id" in self.channels[channel]:
            made["guild_id"] = str(GUILD)
            made["member"] = self.member(author)
        self.messages[channel][number] = made
        self.channels[channel]["last_message_id"] = str(number)
        return made

    def history(self, channel: int) -> list[Tree]:
        """A channel's messages, newest first. Unlike the gateway, REST does not tell their writers' roles."""
        kept = reversed(self.messages[channel].values())
        return [{name: value for name, value in each.items() if name not in ("member", "guild_id")} for each in kept]

    def own_guild(self, lacks: int = 0) -> Tree:
        """The server in the bot's own list."""
        return {"id": str(GUILD), "name": "Shop", "owner": False, "permissions": str(EVERYTHING & ~(1 << 3) & ~lacks)}

    def attach(self, name: str, data: bytes, description: str | None = None) -> Tree:
        """A file with its signed address."""
        number = self.id()
        path = f"/cdn/{number}/{name}"
        self.files[path] = data
        kind = "image/png" if name.endswith(".png") else "image/jpeg" if name.endswith(".jpg") else "text/csv"
        url = f"{self.base}{path}"
        return {
            "id": str(number), "filename": name, "size": len(data), "url": url, "proxy_url": url,
            "content_type": kind, "description": description,
        }  # fmt: skip

    def said(self, channel: int) -> list[Tree]:
        """The bot's messages in a channel, oldest first."""
        return [each for each in self.messages.get(channel, {}).values() if each["author"]["id"] == str(APP)]


def walk(components: Iterable[Tree]) -> Iterable[Tree]:
    """All components, outer ones first."""
    for each in components:
        yield each
        inner = [*each.get("components", ())]
        inner += [each[name] for name in ("accessory", "component") if each.get(name)]
        yield from walk(inner)


def wrong(components: Sequence[Tree], files: Iterable[str]) -> list[str]:
    """Which of Discord's limits a message with components breaks."""
    found = []
    everything = list(walk(components))
    if len(everything) > 40:
        found.append(f"{len(everything)} components")
    if sum(len(each.get("content") or "") for each in everything if each["type"] == 10) > 4000:
        found.append("more than 4000 characters")
    names = set(files)
    for each in everything:
        media = [each.get("media"), each.get("file"), *(item["media"] for item in each.get("items", ()))]
        for url in (one["url"] for one in media if one):
            if url.startswith("attachment://") and url.removeprefix("attachment://") not in names:
                found.append(f"{url} was not uploaded")
        if len(each.get("custom_id") or "") > 100 or len(each.get("label") or "") > 80:
            found.append("an id or label is too long")
        for option in each.get("options", ()):
            if not option["label"] or len(option["label"]) > 100 or len(option["value"]) > 100:
                found.append("an option is empty or too long")
    return found
