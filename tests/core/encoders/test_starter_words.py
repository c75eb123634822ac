"""Reading wishes and titles: the thing, the colours, and the words that say nothing."""

from __future__ import annotations

import pytest

from core.encoders import colour
from core.encoders.starter_words import read, title_words


@pytest.mark.parametrize(
    ("text", "thing", "colours"),
    [
        ("find a mug like this", "mug", set()),
        ("phone case with this image theme", "phone case", set()),
        ("a photo of a hat", "hat", set()),
        ("same but in red", "", {"red"}),
        ("The same in light BLUE, please!", "", {"blue", "white"}),
        ("make it dark green", "", {"green", "black"}),
        ("a bright red bag", "bag", {"red"}),
        ("a light", "light", set()),
        ("I'm looking for something similar", "", set()),
        ("a different colour", "", set()),
        ("men’s shoes", "men shoes", set()),
        ("a gray T-shirt", "T-shirt", {"grey"}),
        ("red and white striped dress", "striped dress", {"red", "white"}),
        ("warm Beanies in red", "warm knitted hat", {"red"}),
        ("slacks", "trousers", set()),
        ("more like this", "", set()),
        ("", "", set()),
        ("?!", "", set()),
        ("une robe d’été", "dress d’été", set()),
        ("赤い靴", "shoes", {"red"}),
    ],
)
def test_the_thing_and_its_colours(text: str, thing: str, colours: set[str]) -> None:
    wish = read(text)
    assert wish.thing == thing
    assert set(wish.colours) == colours


def test_every_colour_word_is_made_of_known_names() -> None:
    for word in ("charcoal", "burgundy", "turquoise", "khaki", "cream", "tan", "olive", "magenta"):
        shares = read(f"the same in {word}").colours
        assert shares
        assert set(shares) <= set(colour.NAMES)


def test_titles_keep_the_words_of_shops() -> None:
    assert read("a parka").words == title_words("Parka no. 3") == ("parka",)


def test_colours_are_looked_for_in_titles_too() -> None:
    assert read("a red leather bag like this").words == ("red", "leather", "bag")


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Dress no. 3", ("dress",)),
        ("IMG_2041.jpg", ()),
        ("DSC00417.JPG", ()),
        ("photo (2)", ()),
        ("Leopard Print Phone Case in Brown and Tan", ("leopard", "phone", "case", "brown", "tan")),
        ("", ()),
    ],
)
def test_titles_keep_what_says_something(title: str, words: tuple[str, ...]) -> None:
    assert title_words(title) == words
