"""Sums of words: every title that has the words gains the same, whatever else it says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from core.encoders.imagenet_space import normalise
from core.encoders.word_space import WordSpace, stem

WIDTH = 384


class Meanings:
    """Words of the same first letter mean the same; counts how often each is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, words: Sequence[str]) -> NDArray[np.float32]:
        self.asked += words
        return normalise(np.stack([np.random.default_rng(ord(word[0])).standard_normal(WIDTH) for word in words]))


@pytest.fixture
def meanings() -> Meanings:
    return Meanings()


@pytest.fixture
def space(meanings: Meanings) -> WordSpace:
    return WordSpace(meanings, WIDTH)


def test_titles_with_the_words_score_alike_whatever_else_they_say(space: WordSpace) -> None:
    titles = [["phone", "case"], ["green", "phone", "case"], ["leopard", "phone", "case", "brown", "tan"]]
    others = [["pencil", "case"], ["mug"], []]
    query = space.of_wishes([["phone", "case"]])[0]
    scores, low = space.of_titles(titles) @ query, space.of_titles(others) @ query
    assert np.ptp(scores) < 0.2 * scores.mean()
    assert scores.min() > 1.5 * low.max()


def test_a_word_finds_one_of_the_same_meaning_less(space: WordSpace) -> None:
    same, akin, other = space.of_titles([["mug"], ["milkjug"], ["sofa"]]) @ space.of_wishes([["mug"]])[0]
    assert same > akin > other + 0.03


def test_pairs_find_compounds(space: WordSpace) -> None:
    compound, other = space.of_titles([["longsleeve"], ["quilt"]]) @ space.of_wishes([["long", "sleeve"]])[0]
    assert compound > other + 0.1


def test_lengths(space: WordSpace) -> None:
    titles = space.of_titles([[], ["mug"], [f"word{chr(97 + index)}" for index in range(26)]])
    assert np.linalg.norm(titles[0]) == 0
    assert np.linalg.norm(titles, axis=1).max() <= 1 + 1e-6
    np.testing.assert_allclose(np.linalg.norm(space.of_wishes([["mug"], ["red", "mug"]]), axis=1), 1, atol=1e-5)
    assert np.linalg.norm(space.of_wishes([[]])[0]) == 0
    assert space.of_titles([]).shape == (0, WIDTH)


def test_a_words_meaning_is_asked_for_once(space: WordSpace, meanings: Meanings) -> None:
    for _ in range(3):
        space.of_titles([["red", "mug"], ["red", "hat"]])
    assert sorted(meanings.asked) == ["hat", "mug", "red"]
    space.know(["bag"], meanings(["b"]))
    space.of_wishes([["bag"]])
    assert "bag" not in meanings.asked


def test_the_memory_is_bounded_and_the_vectors_stay_the_same(space: WordSpace) -> None:
    before = space.of_wishes([["mug"]])
    for start in range(0, 20_000, 5_000):
        names = ["w" + np.base_repr(number, 26) for number in range(start, start + 5_000)]
        space.know(names, np.zeros((len(names), WIDTH), np.float32))
    np.testing.assert_array_equal(space.of_wishes([["mug", "extra"]])[0] @ before[0] > 0.4, True)
    np.testing.assert_allclose(space.of_wishes([["mug"]]), before, atol=1e-6)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("T-shirts", "tshirt"),
        ("dresses", "dress"),
        ("boxes", "box"),
        ("watches", "watch"),
        ("dress", "dress"),
        ("berries", "berry"),
        ("bus", "bus"),
        ("gas", "gas"),
        ("men's", "men"),
        ("cases", "case"),
    ],
)
def test_stems(word: str, expected: str) -> None:
    assert stem(word) == expected
