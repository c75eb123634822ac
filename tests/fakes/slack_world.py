"""What a small Slack workspace holds: people, channels, messages and files. No network."""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

TEAM, APP, ME, BOT = "T0WORK0001", "A0LOOK0001", "U0LOOKBOT1", "B0LOOKBOT1"
ANN, BEN = "U0ANN00001", "U0BEN00001"
GENERAL, FINDS, ELSEWHERE = "C0GENERAL1", "C0FINDS001", "C0ELSEWHER"
"""Two channels that the bot is in, and one that it is not in."""


@dataclass
class File:
    """An uploaded file; ``ready`` is the moment from which Slack has processed it."""

    id: str
    name: str
    user: str
    data: bytes = b""
    title: str = ""
    alt: str = ""
    length: int = 0
    ready: float = float("inf")
    channels: set[str] = field(default_factory=set)

    @property
    def processed(self) -> bool:
        """Whether it is processed by now."""
        return time.monotonic() >= self.ready

    def public(self, base: str) -> dict[str, Any]:
        """As the API shows it."""
        media_type = mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": media_type if self.processed else "",
            "size": len(self.data),
            "mode": "hosted",
            "user": self.user,
            "url_private": f"{base}/files-pri/{TEAM}-{self.id}/{self.name}",
            "url_private_download": f"{base}/files-pri/{TEAM}-{self.id}/download/{self.name}",
        }


class World:
    """The workspace's content."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {
            ANN: {"id": ANN, "name": "ann", "locale": "en-US", "is_admin": True, "profile": {"display_name": "Ann"}},
            BEN: {"id": BEN, "name": "ben", "locale": "en-GB", "is_admin": False, "profile": {"display_name": "Ben"}},
        }
        self.members: dict[str, set[str]] = {GENERAL: {ANN, BEN, ME}, FINDS: {ANN, BEN, ME}, ELSEWHERE: {ANN, BEN}}
        self.messages: dict[str, dict[str, dict[str, Any]]] = {}
        self.reactions: list[tuple[str, str, str]] = []
        self.files: dict[str, File] = {}
        self._numbers = count(1)

    def id(self, prefix: str) -> str:
        """A fresh id."""
        return f"{prefix}0{next(self._numbers):08d}"

    def ts(self) -> str:
        """A fresh message time."""
        return f"1795000000.{next(self._numbers):06d}"

    def direct(self, user: str) -> str:
        """The direct message channel with a person."""
        channel = "D" + user[1:]
        self.members[channel] = {user, ME}
        return channel

    def add(self, channel: str, message: Mapping[str, Any]) -> dict[str, Any]:
        """Put a message into a channel."""
        kept = {"type": "message", "ts": self.ts(), **message}
        self.messages.setdefault(channel, {})[kept["ts"]] = kept
        return kept

    def thread(self, channel: str, ts: str) -> list[dict[str, Any]]:
        """The replies in a thread, oldest first."""
        return [
            each for each in self.messages.get(channel, {}).values() if each.get("thread_ts") == ts and each["ts"] != ts
        ]

    def mine(self, channel: str | None = None) -> list[dict[str, Any]]:
        """The bot's own messages, oldest first."""
        channels = [channel] if channel else list(self.messages)
        return [each for name in channels for each in self.messages.get(name, {}).values() if each.get("user") == ME]
