"""The fixed words that people read, one TOML table per language, for every platform and the command line.

Every language has every key. A text holds ``{name}`` placeholders. A text that depends on a count is a
table with CLDR plural categories as keys, and takes ``count``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

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

    def text(self, key: str) -> Text:
        """The text as it stands, or all its forms, for programs elsewhere that fill it in themselves."""
        return self._table[key]


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
def _table(locale: str) -> dict[str, Text]:
    nested = tomllib.loads((_folder() / f"{locale}.toml").read_text(encoding="utf-8"))
    return {f"{group}.{key}": text for group, texts in nested.items() for key, text in texts.items()}
