"""Whose language is whose."""

from __future__ import annotations

import pytest

from bot import language


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "de-CH"),
        ("en;q=0.5, fr", "fr"),
        ("pt-BR, pt;q=0.9, es;q=0.8, en;q=0.7", "es"),
        ("pt-BR, pt;q=0.9", "pt-BR"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("*", "en"),
        ("", "en"),
        ("<script>", "en"),
        ("en;q=nonsense, ja;q=0.1", "ja"),
        ("AR-eg", "AR-eg"),
    ],
)
def test_the_most_wanted_language_that_has_words(header: str, wanted: str) -> None:
    assert language.accepted(header) == wanted


@pytest.mark.parametrize(
    ("text", "found"),
    [("غطاء iPhone", "ar"), ("スマホケース", "ja"), ("a red mug", ""), ("手机壳", ""), ("", ""), ("123 ؟", "")],
)
def test_scripts_tell_the_language(text: str, found: str) -> None:
    assert language.of(text) == found
