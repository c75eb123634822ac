"""What comes in: a :class:`Request` is one post, button or command, in no platform's words.

Adapters make it in ``inbound.py`` and nothing changes it afterwards.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.models import Filters, Tenant

Fetch = Callable[[], AsyncGenerator[bytes, None]]
"""Downloads an attachment in chunks of any size. Raises ``UserError`` (not allowed, expired, a sign-in
page in place of the file) or ``Unavailable``. Caps on the size are the reader's: :mod:`bot.attachments`."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a request, not yet downloaded.

    Attributes:
        name: file name as the platform tells it; shown to people, never used as a path.
        fetch: downloads the bytes, with the adapter's own credentials and host rules; lazy.
        size: bytes as announced, or None; a hint that saves hopeless downloads, never trusted.
        path: the file, where it lies on this machine already and nothing needs to be downloaded.
    """

    name: str
    fetch: Fetch = field(repr=False, compare=False)
    size: int | None = None
    path: Path | None = None


class Addressed(StrEnum):
    """How a request reached the bot; :mod:`bot.gating` decides by it when to stay silent."""

    DIRECT = "direct"
    """A direct message, or the web page: everything is for the bot."""
    MENTION = "mention"
    """The bot was named, or its command, menu or button was used."""
    CHANNEL = "channel"
    """Posted at the top of a channel in which the bot is configured to answer photos."""
    THREAD = "thread"
    """Posted in a thread without naming the bot."""


@dataclass(frozen=True, slots=True)
class Find:
    """A wish in words, pictures, or both: a new one, or a follow-up in the thread's own words."""

    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class MoreLike:
    """More like one item of an earlier answer. ``item`` is the item's id, or a unique beginning of it."""

    ask: str
    item: str


@dataclass(frozen=True, slots=True)
class NextPage:
    """The next candidates of an earlier answer, without the ones already shown."""

    ask: str


@dataclass(frozen=True, slots=True)
class Reword:
    """The same pictures with other words: ``Request.text`` replaces the earlier answer's words."""

    ask: str


@dataclass(frozen=True, slots=True)
class Vote:
    """A thumb for an earlier answer."""

    ask: str
    up: bool


@dataclass(frozen=True, slots=True)
class AddProducts:
    """The request's attachments become products: pictures, archives, CSV/JSONL manifests.

    The details apply when the attachments are pictures, to each of them.
    """

    title: str = ""
    price: float | None = None
    currency: str = ""
    category: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportProducts:
    """Products from the address of a manifest, an archive or a picture."""

    url: str


@dataclass(frozen=True, slots=True)
class RemoveProducts:
    """Products leave the catalogue. ``items`` are ids, or unique beginnings of ids."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListProducts:
    """A page of the catalogue, newest first. ``offset`` and ``limit`` count items."""

    offset: int = 0
    limit: int = 20
    text: str = ""
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class ShowStats:
    """Figures of the catalogue."""


@dataclass(frozen=True, slots=True)
class ShowHelp:
    """What the bot can do, with examples."""


Intent = (
    Find
    | MoreLike
    | NextPage
    | Reword
    | Vote
    | AddProducts
    | ImportProducts
    | RemoveProducts
    | ListProducts
    | ShowStats
    | ShowHelp
)

SEARCHES = (Find, MoreLike, NextPage, Reword)
"""Intents that search, and so count against a person's quota."""

MANAGING = (AddProducts, ImportProducts, RemoveProducts)
"""Intents that change the catalogue, and so need ``Request.manager``."""


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that somebody asked for.

    Attributes:
        platform: the adapter's name, such as ``slack``.
        conversation: key of the thread, unique over all platforms; follow-ups in it share its history.
        message: key of the event: the platform's name, a colon, and what is the same however often and in
            whatever shape the platform delivers it; one message is answered once.
        user: key of the person, unique over all platforms; quotas count by it.
        text: the words for the bot, its own mention and the platform's markup already removed.
        attachments: files of the post.
        replied: pictures of the post that it replies to; they count when the request has no files of its
            own and is no follow-up of the conversation's last answer.
        follows: id of the earlier answer that it replies to; empty: the conversation's last one is meant.
        locale: BCP 47 tag of the asker.
        manager: whether this person may change the catalogue.
        managers: whom to ask for that, in words, for those who may not.
        is_bot: whether a program wrote it; never answered.
        context: the platform's own coordinates, JSON-compatible; only the adapter that made the
            request reads them, to answer it after a restart.
    """

    tenant: Tenant
    platform: str
    conversation: str
    message: str
    user: str
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    replied: tuple[Attachment, ...] = ()
    intent: Intent = Find()
    addressed: Addressed = Addressed.DIRECT
    follows: str = ""
    locale: str = "en"
    manager: bool = False
    managers: str = ""
    is_bot: bool = False
    context: Mapping[str, Any] = field(default_factory=dict)
