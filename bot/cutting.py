"""Cutting texts to a platform's limits, once for every chat; how a chat escapes is its own."""

from __future__ import annotations

from collections.abc import Callable

ELLIPSIS = "…"


def cut(text: str, limit: int) -> str:
    """``text`` with at most ``limit`` characters, ended by an ellipsis where something is left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def one_line(text: str) -> str:
    """``text`` without line breaks and repeated spaces."""
    return " ".join(text.split())


def escape_within(escape: Callable[[str], str], text: str, limit: int) -> str:
    """The longest escaped beginning of ``text`` that fits ``limit``; never cuts an escape in two."""
    escaped = escape(text)
    if len(escaped) <= limit:
        return escaped
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if len(escape(text[:middle].rstrip())) + 1 <= limit:
            low = middle
        else:
            high = middle - 1
    return escape(text[:low].rstrip()) + ELLIPSIS
