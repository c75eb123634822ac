"""The catalogue of fixed words: every language is well-formed and fits the English one."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from core.models import Fallback, Stage
from core.words import Words, _table, best, locales, plural


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("locale", locales())
def test_every_text_has_the_placeholders_of_the_english_one(locale: str) -> None:
    english = _table("en")
    for key, text in _table(locale).items():
        assert key in english, key
        forms = text.values() if isinstance(text, dict) else [text]
        model = english[key]
        wanted = placeholders(model["other"] if isinstance(model, dict) else model)
        for form in forms:
            assert placeholders(form) <= wanted, (key, form)
            assert re.sub(r"\s+", " ", form).strip() == form, key


def test_what_core_reports_has_words() -> None:
    say = Words()
    assert all(say(f"stage.{stage}") for stage in Stage)
    assert all(say(f"fallback.{fallback}") for fallback in Fallback)


def test_counts_choose_their_form() -> None:
    say = Words("en")
    assert say("answer.duplicates", count=1) == "One near duplicate was left out."
    assert say("answer.duplicates", count=4).startswith("4 ")
    assert [plural("ar", n) for n in (0, 1, 2, 3, 11, 100)] == ["zero", "one", "two", "few", "many", "other"]
    assert plural("fr", 0) == "one"


def test_an_unknown_language_gets_english_and_an_unknown_key_is_a_bug() -> None:
    assert best("tlh-Qo") == "en"
    assert best("en_GB") == "en"
    with pytest.raises(KeyError):
        Words()("no.such_key")
