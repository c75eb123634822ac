"""Every language says what English says: keys, placeholders, plural forms, and examples that the bot understands."""

from __future__ import annotations

import re
import string
import tomllib
from importlib import resources
from typing import Any

import pytest

from core.models import LOCAL, Item, Query
from core.refine import refine
from core.words import DEFAULT, Words, locales, plural

OTHERS = [locale for locale in locales() if locale != DEFAULT]
KINDS = {"ar": {"zero", "one", "two", "few", "many", "other"}, "ja": {"other"}}
QUOTED = re.compile(r"“(.+?)”|„(.+?)“|«\s?(.+?)\s?»|「(.+?)」")
SHOWN = [Item(LOCAL, f"{number:064x}", price=10.0 + number) for number in range(9)]


def table(locale: str) -> dict[str, Any]:
    """All texts by key; those that depend on a count as tables."""
    nested = tomllib.loads((resources.files("core.words") / f"{locale}.toml").read_text(encoding="utf-8"))
    return {f"{group}.{key}": text for group, texts in nested.items() for key, text in texts.items()}


def names(text: str) -> set[str]:
    """The placeholders in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def forms(text: str | dict[str, str]) -> list[str]:
    """The text, or all forms of one that depends on a count."""
    return list(text.values()) if isinstance(text, dict) else [text]


def quoted(text: str) -> list[str]:
    """What stands in quotation marks."""
    return [next(filter(None, found)) for found in QUOTED.findall(text)]


@pytest.mark.parametrize("locale", OTHERS)
def test_every_text_of_the_english_is_there_and_no_other(locale: str) -> None:
    assert set(table(locale)) == set(table(DEFAULT))


@pytest.mark.parametrize("locale", locales())
def test_every_text_has_the_placeholders_of_the_english(locale: str) -> None:
    english = table(DEFAULT)
    for key, text in table(locale).items():
        assert isinstance(text, dict) == isinstance(english[key], dict), key
        wanted = set().union(*map(names, forms(english[key])))
        for form in forms(text):
            assert names(form) == wanted or (isinstance(text, dict) and names(form) == wanted - {"count"}), (key, form)
            assert form == form.strip(" \n\t"), key
            assert "  " not in form, key


@pytest.mark.parametrize("locale", OTHERS)
def test_nothing_is_left_in_english(locale: str) -> None:
    """Names and codes stay; a text of more than two words is never the same."""
    english = table(DEFAULT)
    same = [text for key, text in table(locale).items() if text == english[key]]
    assert [text for text in same if any(len(form.split()) > 2 for form in forms(text))] == []


@pytest.mark.parametrize("locale", locales())
def test_every_count_has_its_form(locale: str) -> None:
    wanted = KINDS.get(locale, {"one", "other"})
    for key, text in table(locale).items():
        if isinstance(text, dict):
            assert set(text) == wanted, key
    for count in (0, 1, 2, 3, 11, 100):
        assert plural(locale, count) in wanted
        assert Words(locale)("catalogue.products", count=count)


@pytest.mark.parametrize("locale", locales())
def test_the_follow_ups_that_are_proposed_are_understood(locale: str) -> None:
    words, last = Words(locale), Query(LOCAL, text="phone case")
    for key in ("help.follow", "web.tip_follow", "discord.go_on"):
        blue, cheaper, fourth, *following = quoted(words(key))
        (wish, limited, like) = (refine(text, last, SHOWN) for text in (blue, cheaper, fourth))
        assert wish is not None
        assert wish.text.startswith("phone case")
        assert wish.text != "phone case"
        assert limited is not None
        assert limited.text == "phone case"
        assert limited.filters.max_price == pytest.approx(20)
        assert like is not None
        assert like.text == "phone case"
        assert like.like == (SHOWN[3].id,)
        if key == "help.follow":
            more = refine(following[0], last, SHOWN)
            assert more is not None
            assert len(more.shown) == len(SHOWN)


@pytest.mark.parametrize("locale", locales())
def test_the_prices_that_are_advised_are_understood(locale: str) -> None:
    words, last = Words(locale), Query(LOCAL, text="phone case")
    for key, bounds in (("no_price_advice", (None, 20.0)), ("crossed_prices_advice", (10.0, 20.0))):
        said = refine(quoted(words(f"refine.{key}"))[0], last, SHOWN)
        assert said is not None
        assert (said.filters.min_price, said.filters.max_price) == pytest.approx(bounds)
        assert said.text == "phone case"


@pytest.mark.parametrize("locale", locales())
def test_descriptions_of_commands_are_within_discords_limits(locale: str) -> None:
    words = Words(locale)
    for key in table(DEFAULT):
        if key.startswith("discord.menu_"):
            assert len(words(key)) <= 32
        elif key.startswith(("discord.find", "discord.add", "discord.import", "discord.remove", "discord.list")):
            assert len(words(key)) <= 100
