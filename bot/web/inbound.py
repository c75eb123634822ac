"""From what the page sends to a :class:`~bot.request.Request`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.commands import interpret
from bot.request import (
    AddProducts,
    Attachment,
    Find,
    Intent,
    MoreLike,
    NextPage,
    RemoveProducts,
    Request,
    Vote,
)
from core.errors import UserError
from core.models import LOCAL
from core.words import Words

NAME = "web"
TEXT = 2000
"""Most characters of a question."""
_ID = re.compile(r"[0-9a-f]{12}")
_LOCALE = re.compile(r"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*(?:;\s*q=([01](?:\.\d+)?))?\s*")


def question(
    fields: Mapping[str, str],
    photos: Sequence[Attachment],
    *,
    session: str,
    entry: str,
    locale: str,
    manager: bool,
) -> Request:
    """A question, a follow-up, or a button of an answer.

    Args:
        fields: ``text``, ``thread`` (a follow-up), and ``more`` with ``of``, or ``next``, for buttons.
        entry: id of this post, 12 hex digits; without ``thread`` it begins a thread of its own.

    Raises:
        UserError: the fields are not what the page sends.
    """
    thread = fields.get("thread", "") or entry
    if not _ID.fullmatch(thread):
        raise UserError(Words()("web.malformed"))
    text = fields.get("text", "").strip()[:TEXT]
    return Request(
        tenant=LOCAL,
        platform=NAME,
        conversation=conversation(session, thread),
        message=message(session, entry),
        user=user(session),
        text=text,
        attachments=tuple(photos),
        intent=_intent(fields, text, photos),
        locale=locale,
        manager=manager,
    )


def _intent(fields: Mapping[str, str], text: str, photos: Sequence[Attachment]) -> Intent:
    if "more" in fields:
        return MoreLike(fields.get("of", ""), fields["more"])
    if "next" in fields:
        return NextPage(fields["next"])
    return interpret(text, files=bool(photos)) or Find()


def vote(body: object, *, session: str, entry: str) -> Request:
    """A thumb. Raises ``UserError`` when ``body`` is not ``{"ask": id, "up": bool}``."""
    match body:
        case {"ask": str(ask), "up": bool(up)}:
            return _plain(Vote(ask, up), session, entry)
    raise UserError(Words()("web.malformed"))


def removal(body: object, *, session: str, entry: str, manager: bool) -> Request:
    """Products to remove. Raises ``UserError`` when ``body`` is not ``{"items": [id, …]}``."""
    match body:
        case {"items": [*items]} if items and all(isinstance(item, str) for item in items):
            return _plain(RemoveProducts(tuple(items)), session, entry, manager=manager)
    raise UserError(Words()("web.malformed"))


def products(files: Sequence[Attachment], *, session: str, entry: str, locale: str, manager: bool) -> Request:
    """Uploaded files that become products."""
    return _plain(AddProducts(), session, entry, files, locale, manager=manager)


def _plain(
    intent: Intent,
    session: str,
    entry: str,
    files: Sequence[Attachment] = (),
    locale: str = "en",
    *,
    manager: bool = False,
) -> Request:
    return Request(
        tenant=LOCAL,
        platform=NAME,
        conversation=conversation(session, entry),
        message=message(session, entry),
        user=user(session),
        attachments=tuple(files),
        intent=intent,
        locale=locale,
        manager=manager,
    )


def user(session: str) -> str:
    """The history's key of a session."""
    return f"{NAME}:{session}"


def message(session: str, entry: str) -> str:
    """The history's key of a post."""
    return f"{NAME}:{session}:{entry}"


def conversation(session: str, thread: str) -> str:
    """The history's key of a thread."""
    return f"{NAME}:{session}:{thread}"


def last_part(key: str) -> str:
    """A thread's id from :func:`conversation`, or a post's from ``Request.message``."""
    return key.rpartition(":")[2]


def locale(header: str, fallback: str = "en") -> str:
    """The language that an ``Accept-Language`` header (RFC 9110, 12.5.4) wants most."""
    wanted: list[tuple[float, int, str]] = []
    for part in header.split(","):
        if match := _LOCALE.fullmatch(part):
            wanted.append((-float(match[2] or 1), len(wanted), match[1]))
    return min(wanted)[2] if wanted else fallback
