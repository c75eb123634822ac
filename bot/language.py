"""The language of a few words, where the script alone tells it."""

from __future__ import annotations

import unicodedata

_SCRIPTS = {"ARABIC": "ar", "HIRAGANA": "ja", "KATAKANA": "ja"}
_SHARE = 0.3


def of(text: str) -> str:
    """``ar`` or ``ja`` when a good part of the letters is written so, else nothing.

    Platforms that have no interface in Arabic, and messages that tell no locale, leave only this.
    """
    letters = [unicodedata.name(sign, "").split(" ")[0] for sign in text if sign.isalpha()]
    for script, found in _SCRIPTS.items():
        if letters and letters.count(script) >= _SHARE * len(letters):
            return found
    return ""
