"""What one session's open pages are told, as server-sent events.

Events are numbered and the last ones kept, so that a page that was away (asleep, reloaded, reconnecting)
catches up. A page that was away for too long, or since before a restart, is told to reload.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

KEPT = 400
"""Most events kept for pages that come back."""
KEPT_BYTES = 500_000
"""Most bytes of them: an answer on its way takes about 70 kB."""
SESSIONS = 500
"""Sessions kept in memory; the one that was quiet for longest goes first."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it goes over the wire (HTML Living Standard, 9.2.5)."""

    wire: bytes

    @classmethod
    def of(cls, name: str, data: dict[str, Any]) -> Event:
        """The event of that id; ``data`` is JSON-compatible."""
        return cls(f"id: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode())


class Channel:
    """One session's events, for any number of open pages."""

    def __init__(self) -> None:
        self._epoch = secrets.token_hex(4)
        self._count = 0
        self._kept: deque[Event] = deque()
        self._bytes = 0
        self._more = asyncio.Event()
        self._closed = False
        self.pages = 0

    @property
    def now(self) -> str:
        """The id after which a page that is rendered now wants events."""
        return f"{self._epoch}-{self._count}"

    def publish(self, data: dict[str, Any]) -> None:
        """Tell all open pages."""
        self._count += 1
        event = Event.of(self.now, data)
        self._kept.append(event)
        self._bytes += len(event.wire)
        while len(self._kept) > KEPT or self._bytes > KEPT_BYTES:
            self._bytes -= len(self._kept.popleft().wire)
        self._wake()

    def close(self) -> None:
        """End all streams; pages come back by themselves when the server runs again."""
        self._closed = True
        self._wake()

    async def follow(self, since: str) -> AsyncGenerator[Event, None]:
        """Events after ``since``, then new ones as they come, until the channel is closed."""
        place = self._place(since)
        if place is None:
            yield Event.of(self.now, {"op": "reload"})
            return
        self.pages += 1
        try:
            while True:
                more = self._more
                first = self._count - len(self._kept)
                if place < first:
                    yield Event.of(self.now, {"op": "reload"})
                    return
                for event in list(self._kept)[place - first :]:
                    place += 1
                    yield event
                if self._closed:
                    return
                if place == self._count:
                    await more.wait()
        finally:
            self.pages -= 1

    def _place(self, since: str) -> int | None:
        epoch, _, count = since.partition("-")
        if epoch != self._epoch or not count.isascii() or not count.isdigit() or int(count) > self._count:
            return None
        return int(count)

    def _wake(self) -> None:
        self._more.set()
        self._more = asyncio.Event()


class Channels:
    """The channels of all sessions, by the sessions' names."""

    def __init__(self, most: int = SESSIONS) -> None:
        self._most = most
        self._all: OrderedDict[str, Channel] = OrderedDict()

    def of(self, session: str) -> Channel:
        """The session's channel, made when there is none."""
        channel = self._all.setdefault(session, Channel())
        self._all.move_to_end(session)
        while len(self._all) > self._most:
            quiet = next((name for name, each in self._all.items() if not each.pages and each is not channel), None)
            if quiet is None:
                break
            del self._all[quiet]
        return channel

    def publish(self, data: dict[str, Any]) -> None:
        """Tell every session."""
        for channel in self._all.values():
            channel.publish(data)

    def close(self) -> None:
        """End all streams."""
        for channel in self._all.values():
            channel.close()
