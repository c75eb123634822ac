"""Discord's Markdown, in and out: https://docs.discord.com/developers/reference#message-formatting.

A backslash takes any sign its meaning. Bare web addresses and ``@everyone`` have no such sign and are broken by
an invisible character. Nobody is pinged in any case: every message is sent with ``AllowedMentions.none()``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot import cutting

_WORD_JOINER = "\u2060"
_SIGNS = re.compile(r"([\\*_~`|<>\[\]()#])")
_LINE_STARTS = re.compile(r"^(\s*)([-+]|\d+(?=\.))", re.MULTILINE)
_ADDRESS = re.compile(r"(?i)\b(https?|discord|steam):(?=//)")
_EMOJI = re.compile(r":(?=\w+:)")
_ABBREVIATED = re.compile(r"(?i)\b(www|discord)\.(?=\w)")
_MARKUP = re.compile(r"<(?:@[!&]?\d+|#\d+|a?:\w+:\d+|t:-?\d+(?::\w)?|/[^<>:]+:\d+|id:\w+)>")
_URL = re.compile(r"<?(https?://[^\s<>]+)>?", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\u00a0]+")
_BRACKETS = str.maketrans({"(": "%28", ")": "%29", "[": "%5B", "]": "%5D", "\\": "%5C", "`": "%60", "|": "%7C"})


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote.

    Attributes:
        words: plain text; mentions, custom emoji and web addresses are taken out.
        urls: http(s) addresses in order, each once.
    """

    words: str
    urls: tuple[str, ...] = ()


def parse(text: str) -> Text:
    """Read a message's content."""
    urls: dict[str, None] = {}

    def take(match: re.Match[str]) -> str:
        urls[match.group(1).rstrip(".,;:!?'\")*_~|")] = None
        return " "

    plain = _MARKUP.sub(" ", _URL.sub(take, text))
    lines = (_SPACES.sub(" ", line).strip() for line in plain.splitlines())
    return Text("\n".join(line for line in lines if line), tuple(urls))


def escape(text: str) -> str:
    """``text`` as Markdown that shows exactly itself: nothing in it pings, links, formats or is an emoji."""
    safe = _SIGNS.sub(r"\\\1", text)
    safe = _LINE_STARTS.sub(rf"\1{_WORD_JOINER}\2", safe)
    safe = _ADDRESS.sub(rf"\1:{_WORD_JOINER}", safe)
    safe = _EMOJI.sub(r"\:", safe)
    safe = _ABBREVIATED.sub(rf"\1{_WORD_JOINER}.", safe)
    return safe.replace("@", f"@{_WORD_JOINER}")


def escape_within(text: str, limit: int) -> str:
    """The longest escaped beginning of ``text`` in one line that fits ``limit``; never cuts an escape in two."""
    return cutting.escape_within(escape, cutting.one_line(text), limit)


def link(url: str, label: str, longest: int = 500) -> str:
    """A link with an escaped label, or the label alone when the address is not a plain http(s) one."""
    if not url.startswith(("http://", "https://")) or re.search(r"[\s<>\"]", url) or len(url) > longest:
        return label
    return f"[{label}]({url.translate(_BRACKETS)})"
