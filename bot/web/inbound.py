"""From what the page sends to a :class:`~bot.request.Request`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot import language
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
FIELDS = ("text", "thread", "more", "of", "next")
"""What a question is made of."""
TEXT = 2000
"""Most characters of a question."""
_ID = re.compile(r"[0-9a-f]{12}")


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
        locale: the page's language; words in another script are answered in theirs.

    Raises:
        UserError: the fields are not what the page sends.
    """
    thread = fields.get("thread", "") or entry
    if not _ID.fullmatch(thread):
        raise _malformed(locale)
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
        locale=language.of(text) or locale,
        manager=manager,
    )


def _intent(fields: Mapping[str, str], text: str, photos: Sequence[Attachment]) -> Intent:
    if "more" in fields:
        return MoreLike(fields.get("of", ""), fields["more"])
    if "next" in fields:
        return NextPage(fields["next"])
    return interpret(text, files=bool(photos)) or Find()


def vote(body: object, *, session: str, entry: str, locale: str) -> Request:
    """A thumb. Raises ``UserError`` when ``body`` is not ``{"ask": id, "up": bool}``."""
    match body:
        case {"ask": str(ask), "up": bool(up)}:
            return _plain(Vote(ask, up), session, entry, locale)
    raise _malformed(locale)


def removal(body: object, *, session: str, entry: str, locale: str, manager: bool) -> Request:
    """Products to remove. Raises ``UserError`` when ``body`` is not ``{"items": [id, …]}``."""
    match body:
        case {"items": [*items]} if items and all(isinstance(item, str) for item in items):
            return _plain(RemoveProducts(tuple(items)), session, entry, locale, manager=manager)
    raise _malformed(locale)


def products(files: Sequence[Attachment], *, session: str, entry: str, locale: str, manager: bool) -> Request:
    """Uploaded files that become products."""
    return _plain(AddProducts(), session, entry, locale, files, manager=manager)


def _malformed(locale: str) -> UserError:
    return UserError(Words(locale)("web.malformed"))


def _plain(
    intent: Intent,
    session: str,
    entry: str,
    locale: str,
    files: Sequence[Attachment] = (),
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
