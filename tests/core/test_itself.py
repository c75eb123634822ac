"""What is said of products that an answer leaves out because the question shows them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import itself
from core.models import LOCAL, Answer, Hit, Item, Query, Ranking
from core.words import Words, locales

ITEMS = tuple(Item(LOCAL, str(number) * 64, title=f"Mug {number}") for number in range(5))
FOUND = Answer(Query(LOCAL, text="mug"), (Hit(ITEMS[4], 0.5),), Ranking((0,)), itself=ITEMS[:1])


def said(answer: Answer, locale: str = "en") -> str:
    return itself.sentence(answer, Words(locale), lambda item: f"*{item.title}*")


def test_one_sentence_names_them_and_counts_the_rest() -> None:
    assert said(FOUND) == "Your photo is in the catalogue: *Mug 0*."
    assert said(replace(FOUND, itself=ITEMS[:3])).endswith(": *Mug 0*, *Mug 1*, *Mug 2*.")
    assert said(replace(FOUND, itself=ITEMS[:4])).endswith("*Mug 2* and 1 more.")
    assert said(replace(FOUND, itself=ITEMS)).endswith("*Mug 2* and 2 more.")
    assert said(replace(FOUND, itself=())) == ""


def test_what_goes_on_repeats_it_only_where_nothing_else_fits() -> None:
    on = replace(FOUND, query=replace(FOUND.query, continued=True))
    assert said(on) == ""
    assert said(replace(on, hits=(), ranking=Ranking(()))) == said(FOUND)
    last_page = replace(on.query, shown=("a",))
    assert said(Answer(last_page, (), Ranking(()), itself=ITEMS[:1])) == ""


@pytest.mark.parametrize("locale", locales())
@pytest.mark.parametrize("count", [1, 4, 5])
def test_no_language_has_markup_of_its_own_in_it(locale: str, count: int) -> None:
    text = said(replace(FOUND, itself=tuple([ITEMS[0]] * count)), locale)
    assert text.count("*") == 2 * min(count, itself.NAMED)
    assert not set(text) & set("<>&_~`[]|#\\")
