"""Posts that the history does not hold: those in work, and those that came to nothing.

A page that is reloaded meanwhile shows them from here; an answered post is the history's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from markupsafe import Markup

from bot.request import Attachment

KEPT = 12
"""Unanswered posts kept per session; the oldest goes first."""


@dataclass(slots=True)
class Post:
    """A post of this session.

    Attributes:
        id, thread: 12 hex digits each; equal for a thread's first post.
        body: what stands below it now.
        busy: whether more is to come.
        panorama: JPEG bytes as soon as they are there.
    """

    id: str
    thread: str
    text: str
    photos: tuple[Attachment, ...]
    body: Markup = field(default_factory=Markup)
    busy: bool = True
    panorama: bytes = b""
    time: datetime = field(default_factory=lambda: datetime.now(UTC))


class Posts:
    """One session's posts, by id, in order."""

    def __init__(self) -> None:
        self._all: OrderedDict[str, Post] = OrderedDict()

    def __iter__(self) -> Iterator[Post]:
        return iter(list(self._all.values()))

    def add(self, post: Post) -> None:
        """Keep a post."""
        self._all[post.id] = post
        while len(self._all) > KEPT:
            old = next((each for each in self._all.values() if not each.busy), None)
            if old is None:
                break
            del self._all[old.id]

    def get(self, name: str) -> Post | None:
        """The post, or None when the history has it, or nobody."""
        return self._all.get(name)

    def settle(self, post: Post) -> None:
        """The history has it now."""
        self._all.pop(post.id, None)
