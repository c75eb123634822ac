"""Wishes in five languages as English words; English ones as they are."""

from __future__ import annotations

import pytest

from core.encoders import starter_words
from core.encoders.glossary import english
from core.showroom import products, queries
from core.words import Words, locales


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("die rote Handyhülle mit Leopardenmuster", {"red", "phone", "case", "leopard"}),
        ("lo mismo en azul", {"blue"}),
        ("camisa a rayas azules", {"shirt", "stripes", "blue"}),
        ("robe rose à fleurs", {"dress", "pink", "floral"}),
        ("coque bleu marine", {"phone", "case", "navy"}),
        ("l'écharpe verte", {"scarf", "green"}),
        ("حافظة هاتفٍ زرقاء", {"phone", "case", "blue"}),
        ("نفسه باللون الأزرق", {"blue"}),
        ("赤いマグカップ", {"red", "mug"}),
        ("同じものを青で", {"blue"}),
    ],
)
def test_words_become_english(text: str, words: set[str]) -> None:
    assert set(english(text).split()) == words


@pytest.mark.parametrize(
    "text",
    ["a pink robe", "red rose", "in the dark", "a violet rock", "Le Creuset pot", "café mug", "lamp", "", "🦄", "chat"],
)
def test_english_stays_as_it_is(text: str) -> None:
    assert english(text) == text


def test_the_showrooms_titles_and_questions_stay_as_they_are() -> None:
    for text in (*(product.title for product in products()), *(query.text for query in queries())):
        assert english(text) == text


@pytest.mark.parametrize("locale", locales())
def test_what_the_bot_proposes_names_the_same_thing_in_every_language(locale: str) -> None:
    words = Words(locale)
    for key, thing in (("case", "phone case"), ("mug", "mug"), ("bag", "bag")):
        assert starter_words.read(words(f"web.example_{key}")).thing == thing
    assert starter_words.read(words("web.placeholder")).thing == "phone case"


def test_colours_are_read_in_every_language() -> None:
    for text in ("in Blau", "en azul", "en bleu", "باللون الأزرق", "青で"):
        assert starter_words.read(text).colours == {"blue": 1.0}, text
