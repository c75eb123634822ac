"""The catalogue of fixed words: choosing a language and a plural form. Whether all languages fit is test_languages'."""

from __future__ import annotations

import pytest

from core.models import Fallback, Stage
from core.words import Words, best, plural


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


def test_scripts_get_the_text_with_its_placeholders_or_all_its_forms() -> None:
    assert Words("de").text("web.take_away") == "{name} weglassen"
    assert Words("de").text("web.uploading") == {
        "one": "1 Datei wird hochgeladen",
        "other": "{count} Dateien werden hochgeladen",
    }
