"""What each kind of query takes from the words and from the picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.encoders import colour, starter_blocks
from core.encoders.starter_blocks import DIMENSION, View, item, query
from core.encoders.starter_words import read

Floats = NDArray[np.float32]


def unit(width: int, seed: int) -> Floats:
    row = np.random.default_rng(seed).standard_normal(width).astype(np.float32)
    return row / np.linalg.norm(row)


def view(seed: int) -> View:
    return View(
        unit(starter_blocks.LOOK, seed),
        unit(starter_blocks.SENSE, seed),
        unit(starter_blocks.MEANING, seed),
        unit(starter_blocks.COLOUR, seed),
        unit(starter_blocks.TEXTURE, seed),
        unit(starter_blocks.TITLE, seed),
    )


NO_TITLE = np.zeros(starter_blocks.TITLE, np.float32)
TITLE = unit(starter_blocks.TITLE, 5)
WORDS = unit(starter_blocks.MEANING, 9)


@pytest.mark.parametrize("title", [NO_TITLE, 0.3 * TITLE, TITLE])
def test_items_have_length_one(title: Floats) -> None:
    row = item(view(1), title)
    assert row.shape == (DIMENSION,)
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5)


def test_an_item_is_most_like_itself() -> None:
    rows = np.stack([item(view(seed), TITLE) for seed in range(5)])
    assert ((rows @ rows.T).argmax(1) == np.arange(5)).all()


def test_queries_have_nothing_where_items_are_filled_up() -> None:
    for text in ("", "a mug", "same but in red"):
        assert query(read(text), view(1), WORDS, TITLE)[-1] == 0


def test_a_picture_alone_asks_no_words() -> None:
    row = query(read("like this"), view(1), WORDS, TITLE)
    other = query(read("like this"), view(1), unit(starter_blocks.MEANING, 77), 0 * TITLE)
    np.testing.assert_array_equal(row, other)
    assert row @ item(view(1), NO_TITLE) == pytest.approx(float(row @ item(view(1), TITLE)), abs=1e-5)


def test_words_alone_ask_for_meaning_titles_and_colour() -> None:
    row = query(read("a red mug"), None, WORDS, TITLE)
    red, blue = colour.of_names({"red": 1}), colour.of_names({"blue": 1})
    one, two = (View(*(list_of(1)[:3]), shade, *(list_of(1)[4:])) for shade in (red, blue))
    assert row @ item(one, NO_TITLE) > row @ item(two, NO_TITLE)
    assert row @ item(one, TITLE) > row @ item(one, NO_TITLE)


def list_of(seed: int) -> list[Floats]:
    each = view(seed)
    return [each.look, each.sense, each.meaning, each.colour, each.texture, each.words]


def test_a_named_thing_replaces_what_the_picture_shows_but_not_its_colour() -> None:
    pictured = view(1)
    row = query(read("find a mug like this"), pictured, WORDS, NO_TITLE)
    like_words = View(*list_of(2)[:2], WORDS, pictured.colour, *list_of(2)[4:])
    like_picture = View(*list_of(2)[:2], pictured.meaning, pictured.colour, *list_of(2)[4:])
    other_colour = View(*list_of(2)[:2], WORDS, -pictured.colour, *list_of(2)[4:])
    scores = [float(row @ item(each, NO_TITLE)) for each in (like_words, like_picture, other_colour)]
    assert scores[0] > scores[2] > scores[1]


def test_a_named_colour_replaces_the_pictures() -> None:
    red = colour.of_names({"red": 1})
    pictured = View(*list_of(1)[:3], -red, *list_of(1)[4:])
    row = query(read("the same but in red"), pictured, WORDS, NO_TITLE)
    recoloured = View(*list_of(1)[:3], red, *list_of(1)[4:])
    assert row @ item(recoloured, NO_TITLE) > row @ item(pictured, NO_TITLE) > row @ item(view(3), NO_TITLE)
