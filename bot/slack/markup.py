"""Slack's markup, in and out: https://docs.slack.dev/messaging/formatting-message-text.

Links and mentions need ``<`` and ``>``, which have entities. The signs that format have none, so where they could
format they are replaced by characters that look the same. Bare addresses stay text because ``verbatim`` is set
wherever such text is used (:mod:`bot.slack.blocks`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot import cutting

_MENTION = re.compile(r"<(?=[@#!])")
_ANGLES = re.compile(r"<([^<>]*)>")
_FORMATTING = re.compile(r"(?<![^\W_])[*_~`]|[*_~`](?![^\W_])|`")
_LOOKALIKES = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"}
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]+:)")
_LINE_STARTS = re.compile(r"^(\s*)(&gt;)", re.MULTILINE)
_WORD_JOINER = "\u2060"
_SPACES = re.compile(r"[ \t\u00a0]+")


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote.

    Attributes:
        words: plain text; mentions of people and channels, and web addresses, are taken out, links leave their label.
        urls: http(s) addresses in order, each once.
        mentions: ids of the people that were named.
    """

    words: str
    urls: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()


def parse(text: str) -> Text:
    """Read Slack's markup of a post."""
    urls: dict[str, None] = {}
    mentions: dict[str, None] = {}

    def replace(match: re.Match[str]) -> str:
        target, _, label = match.group(1).partition("|")
        if target.startswith("@"):
            mentions[target[1:]] = None
            return " "
        if target.startswith("#"):
            return f" {label} "
        if target.startswith("!"):
            return " "
        if target.startswith(("http://", "https://")):
            urls[unescape(target)] = None
            # Slack labels a bare address with itself; only a label that somebody wrote is words.
            return " " if label in target else f" {label} "
        return f" {label or target.removeprefix('mailto:')} "

    plain = unescape(_ANGLES.sub(replace, text))
    lines = (_SPACES.sub(" ", line).strip() for line in plain.splitlines())
    return Text("\n".join(line for line in lines if line), tuple(urls), tuple(mentions))


def unescape(text: str) -> str:
    """Slack's three entities back to characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape(text: str) -> str:
    """``text`` as mrkdwn that shows exactly itself: no mention, link, quote, bold or code comes out of it."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = _EMOJI.sub(f":{_WORD_JOINER}", safe)
    safe = _FORMATTING.sub(lambda sign: _LOOKALIKES[sign.group()], safe)
    return _LINE_STARTS.sub(rf"\1{_WORD_JOINER}\2", safe)


def disarm(text: str) -> str:
    """Plain text in which nothing turns into an emoji, or looks like a mention to clients that read it as markup."""
    return _EMOJI.sub(f":{_WORD_JOINER}", _MENTION.sub(f"<{_WORD_JOINER}", text))


def escape_within(text: str, limit: int) -> str:
    """The longest escaped beginning of ``text`` that fits ``limit``; never cuts an entity in two."""
    return cutting.escape_within(escape, text, limit)


def link(url: str, label: str) -> str:
    """A link with an escaped label, or the label alone when the address is not a plain http(s) one."""
    if not url.startswith(("http://", "https://")) or re.search(r"[\s<>|\"]", url):
        return label
    return f"<{url.replace('&', '&amp;')}|{label}>"


def user(identifier: str) -> str:
    """A mention of a person by id; anything that is not an id becomes plain text."""
    return f"<@{identifier}>" if re.fullmatch(r"[UW][A-Z0-9]+", identifier) else escape(identifier)
