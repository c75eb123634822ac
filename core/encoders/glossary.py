"""Wishes in the languages that the bot speaks, as English words, for encoders that know English alone.

This is a word list, no translation: colours, patterns and common things (``glossary.toml``) are put into
English, and what is unknown stays as it is. Multilingual encoders read the words themselves.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

_FOLDED = str.maketrans("أإآٱىة", "اااايه")
_MARKS = re.compile("[\u064b-\u0652\u0640]")
_TABLES = ("shared", "particles")
_BOUNDS: Mapping[str, tuple[str, str]] = {
    "ja": ("", ""),
    "ar": (r"(?<!\w)و?[بكل]?(?:ال|لل)?", r"(?!\w)"),
    "fr": (r"(?<![\w-])(?:[dl]['’])?", r"(?![\w-])"),
}
_USUAL = (r"(?<![\w-])", r"(?![\w-])")


@dataclass(frozen=True, slots=True)
class _Language:
    """One language's list.

    Attributes:
        english: what a word is in English.
        words: finds the words and the particles, longest first.
        shared: words that are English, too, and so tell nothing by themselves.
    """

    english: Mapping[str, str]
    words: re.Pattern[str]
    shared: frozenset[str]


def english(text: str) -> str:
    """``text`` with the words of the language that it is in put into English; other texts stay as they are."""
    folded = _fold(text)
    counts = {name: _telling(folded, language) for name, language in _languages().items()}
    best = max(counts, key=lambda name: counts[name])
    if not counts[best]:
        return text
    return " ".join(_languages()[best].words.sub(_put(_languages()[best]), folded).split())


def _telling(text: str, language: _Language) -> int:
    """How many letters of the text are words of the language that name something; none if all are English, too."""
    found = [match["word"] for match in language.words.finditer(text)]
    named = [word for word in found if language.english[word]]
    if not named or all(word in language.shared for word in found):
        return 0
    return sum(map(len, found))


def _put(language: _Language) -> Callable[[re.Match[str]], str]:
    return lambda match: f" {language.english[match['word']]} "


def _fold(text: str) -> str:
    return _MARKS.sub("", text.casefold()).translate(_FOLDED)


@cache
def _languages() -> Mapping[str, _Language]:
    path = resources.files("core.encoders") / "glossary.toml"
    table: dict[str, dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    found = {}
    for name in table["particles"]:
        english = dict.fromkeys(table["particles"][name].split("|"), "")
        for word, forms in table.items():
            if word not in _TABLES and name in forms:
                english |= {_fold(form): word for form in forms[name].split("|")}
        before, after = _BOUNDS.get(name, _USUAL)
        longest = sorted(map(re.escape, english), key=len, reverse=True)
        words = re.compile(f"{before}(?P<word>{'|'.join(longest)}){after}")
        found[name] = _Language(english, words, frozenset(table["shared"].get(name, "").split("|")))
    return found
