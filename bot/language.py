"""A person's language where no platform tells it: by the script of their words, or what their browser accepts."""

from __future__ import annotations

import re
import unicodedata

from core.words import DEFAULT, locales

_SCRIPTS = {"ARABIC": "ar", "HIRAGANA": "ja", "KATAKANA": "ja"}
_SHARE = 0.3
_RANGE = re.compile(r"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*(?:;\s*q=([01](?:\.\d{1,3})?))?\s*")


def of(text: str) -> str:
    """``ar`` or ``ja`` when a good part of the letters is written so, else nothing.

    Platforms that have no interface in Arabic, and messages that tell no locale, leave only this.
    """
    letters = [unicodedata.name(sign, "").split(" ")[0] for sign in text if sign.isalpha()]
    for script, found in _SCRIPTS.items():
        if letters and letters.count(script) >= _SHARE * len(letters):
            return found
    return ""


def accepted(header: str) -> str:
    """The language that an ``Accept-Language`` header (RFC 9110, 12.5.4) wants most of those that have words.

    Where none has, the most wanted one: the fixed words are English then, and the ranking model's reason is not.
    """
    wanted: list[tuple[float, int, str]] = []
    for part in header.split(","):
        match = _RANGE.fullmatch(part)
        if match and float(match[2] or 1):
            wanted.append((-float(match[2] or 1), len(wanted), match[1]))
    tags = [tag for _, _, tag in sorted(wanted)]
    known = (tag for tag in tags if tag.lower().split("-")[0] in locales())
    return next(known, next(iter(tags), DEFAULT))
