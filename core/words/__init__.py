"""The fixed words that people read, one TOML table per language, for every platform and the command line.

Every language has every key. A text holds ``{name}`` placeholders. A text that depends on a count is a
table with CLDR plural categories as keys, and takes ``count``.

Where a sentence comes to be, nobody may know yet who reads it: a :class:`Sentence` is English to programs, logs and
the command line, and :meth:`Words.of` says it in the reader's language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Self

DEFAULT = "en"

Text = str | dict[str, str]


class Words:
    """The words of one locale.

    Args:
        locale: BCP 47 tag such as ``de`` or ``pt-BR``; the region is ignored where there is no table
            of its own, and an unknown language gives English.
    """

    def __init__(self, locale: str = DEFAULT) -> None:
        self.locale = best(locale)
        self._table = _table(self.locale)

    def __call__(self, key: str, **params: object) -> str:
        """The text of ``key`` with ``params`` filled in.

        Raises:
            KeyError: there is no such key, or a placeholder was not given (a bug).
        """
        text = self._table[key]
        if isinstance(text, dict):
            count = params["count"]
            assert isinstance(count, int)
            text = text.get(plural(self.locale, count), text["other"])
        return text.format(**params) if params else text

    def of(self, text: str) -> str:
        """A :class:`Sentence` in this language; any other text as it is."""
        return self.fill(text.key, text.params) if isinstance(text, Sentence) else text

    def fill(self, key: str, params: Mapping[str, object]) -> str:
        """The text of ``key`` for a :class:`Sentence`, whose parameters are translated too."""
        return self(key, **{name: self._written(value) for name, value in params.items()})

    def _written(self, value: object) -> object:
        if isinstance(value, float):
            return self.number(value)
        return self.of(value) if isinstance(value, str) else value

    def number(self, value: float, digits: int | None = None) -> str:
        """A number as the language writes it: ``1,234.50``, ``1.234,50``.

        Args:
            digits: decimals; None for at most one, or for three significant digits below 1.
        """
        if digits is not None:
            plain = f"{value:,.{digits}f}"
        else:
            plain = f"{value:,.1f}".removesuffix(".0") if value >= 1 else f"{value:.3g}"
        signs = {",": self("number.group"), ".": self("number.decimal")}
        return "".join(signs.get(sign, sign) for sign in plain)

    def text(self, key: str) -> Text:
        """The text as it stands, or all its forms, for programs elsewhere that fill it in themselves."""
        return self._table[key]


class Sentence(str):
    """A sentence of the table in English that can be said in the other languages too, by :meth:`Words.of`.

    Put together with other text it becomes plain English: pass it as a parameter of another sentence instead.

    Args:
        key: a text of the table.
        params: its placeholders. Sentences among them are translated along; a ``float`` is written as the
            language writes numbers, an ``int`` as it is.

    Raises:
        KeyError: there is no such key, or a placeholder was not given (a bug).
    """

    key: str
    params: Mapping[str, object]

    def __new__(cls, key: str, /, **params: object) -> Self:
        made = super().__new__(cls, _english().fill(key, params))
        made.key, made.params = key, params
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """What copies and pickles are made from."""
        return (self.key,), dict(self.params)


def locales() -> tuple[str, ...]:
    """The languages that have a table, English first."""
    names = sorted(file.name.removesuffix(".toml") for file in _folder().iterdir() if file.name.endswith(".toml"))
    return (DEFAULT, *(name for name in names if name != DEFAULT))


def best(locale: str) -> str:
    """The language with a table that fits ``locale`` best."""
    tag = locale.replace("_", "-").lower()
    known = locales()
    return tag if tag in known else next((name for name in known if name == tag.split("-")[0]), DEFAULT)


def plural(locale: str, count: int) -> str:
    """The CLDR plural category of an integer, for the languages that have a table.

    Source: Unicode CLDR, Language Plural Rules, cardinal integers.
    """
    if locale == "ja":
        return "other"
    if locale == "ar":
        small = {0: "zero", 1: "one", 2: "two"}
        if count in small:
            return small[count]
        rest = count % 100
        return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"
    if locale == "fr":
        return "one" if count in (0, 1) else "other"
    return "one" if count == 1 else "other"


def _folder() -> resources.abc.Traversable:
    return resources.files(__name__)


@cache
def _english() -> Words:
    return Words(DEFAULT)


@cache
def _table(locale: str) -> dict[str, Text]:
    nested = tomllib.loads((_folder() / f"{locale}.toml").read_text(encoding="utf-8"))
    return {f"{group}.{key}": text for group, texts in nested.items() for key, text in texts.items()}
