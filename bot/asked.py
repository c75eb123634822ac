"""What cannot be seen where an answer stands, and so is said in it: who pressed a button, and what it meant."""

from __future__ import annotations

from dataclasses import dataclass

from bot.request import Intent, MoreLike, NextPage
from core.words import Words


@dataclass(frozen=True, slots=True)
class Asked:
    """Empty for a message that everybody sees.

    Attributes:
        by: the platform's id of the person.
        what: plain text; may be empty, as for a photo alone.
    """

    by: str = ""
    what: str = ""


SEEN = Asked()


def unseen(intent: Intent, text: str, by: str, words: Words) -> Asked:
    """Of a command, button or form. ``text``: the query's words."""
    if isinstance(intent, MoreLike):
        return Asked(by, words("chat.said_more_like"))
    if isinstance(intent, NextPage):
        return Asked(by, words("said.next"))
    return Asked(by, f"“{text}”" if text else "")
