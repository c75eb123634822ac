"""Every language's words fit the English ones: keys, placeholders, plural forms."""

from __future__ import annotations

import string
import tomllib
from importlib import resources
from typing import Any

import pytest

from core.words import DEFAULT, Words, locales, plural

OTHERS = [locale for locale in locales() if locale != DEFAULT]
KINDS = {"ar": {"zero", "one", "two", "few", "many", "other"}, "ja": {"other"}}


def table(locale: str) -> dict[str, Any]:
    """All texts by key; those that depend on a count as tables."""
    nested = tomllib.loads((resources.files("core.words") / f"{locale}.toml").read_text(encoding="utf-8"))
    return {f"{group}.{key}": text for group, texts in nested.items() for key, text in texts.items()}


def names(text: str) -> set[str]:
    """The placeholders in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("locale", OTHERS)
def test_every_key_and_placeholder_is_one_of_the_english(locale: str) -> None:
    english = table(DEFAULT)
    for key, text in table(locale).items():
        assert key in english, key
        forms = text.values() if isinstance(text, dict) else [text]
        known = english[key].values() if isinstance(english[key], dict) else [english[key]]
        allowed = set().union(*map(names, known))
        assert isinstance(text, dict) == isinstance(english[key], dict), key
        for form in forms:
            assert names(form) <= allowed, key
        if not isinstance(text, dict):
            assert names(text) == allowed, key


@pytest.mark.parametrize("locale", OTHERS)
def test_every_count_has_its_form(locale: str) -> None:
    wanted = KINDS.get(locale, {"one", "other"})
    for key, text in table(locale).items():
        if isinstance(text, dict):
            assert set(text) == wanted, key
    for count in (0, 1, 2, 3, 11, 100):
        assert plural(locale, count) in wanted
        assert Words(locale)("catalogue.products", count=count)


@pytest.mark.parametrize("locale", OTHERS)
@pytest.mark.parametrize("group", ["stage", "answer", "fallback", "failure", "item", "report", "help", "discord"])
def test_whatever_an_answer_says_is_there_in_every_language(locale: str, group: str) -> None:
    missing = {key for key in table(DEFAULT) if key.startswith(f"{group}.")} - set(table(locale))
    assert not missing


@pytest.mark.parametrize("locale", locales())
def test_descriptions_of_commands_are_within_discords_limits(locale: str) -> None:
    words = Words(locale)
    for key in table(DEFAULT):
        if key.startswith("discord.menu_"):
            assert len(words(key)) <= 32
        elif key.startswith(("discord.find", "discord.add", "discord.import", "discord.remove", "discord.list")):
            assert len(words(key)) <= 100
