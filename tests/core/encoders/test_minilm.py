"""Sentence embeddings with the package's real weights."""

from __future__ import annotations

import numpy as np
import pytest

from core.encoders.minilm import WIDTH, MiniLM


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return MiniLM()


def test_shapes_and_lengths(model: MiniLM) -> None:
    rows = model.encode(["a mug", "", "x" * 5000, "ordinateur portable 💻"])
    assert rows.shape == (4, WIDTH)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert model.encode([]).shape == (0, WIDTH)


def test_a_batch_equals_single_texts_in_their_order(model: MiniLM) -> None:
    texts = ["a mug", "a very long description of a red dress with white dots and short sleeves", "hat"] * 30
    rows = model.encode(texts)
    np.testing.assert_allclose(rows[3:6], rows[:3], atol=1e-5)
    for text, row in zip(texts[:3], rows, strict=False):
        np.testing.assert_allclose(model.encode([text])[0], row, atol=1e-4)


def test_the_published_example(model: MiniLM) -> None:
    """Cosines of the model's own documentation (https://www.sbert.net, "Usage"), made with all-MiniLM-L6-v2."""
    sentences = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    rows = model.encode(sentences)
    expected = [[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]]
    np.testing.assert_allclose(rows @ rows.T, expected, atol=2e-4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("longsleeve", "long sleeve"),
        ("red longsleeve tee", "red long sleeve tee"),
        ("t-shirt", "t-shirt"),
        ("notebook", "notebook"),
        ("phonecase", "phone case"),
        ("sandal", "sandal"),
        ("chinos", "chinos"),
        ("xyzzyq", "xyzzyq"),
        ("", ""),
    ],
)
def test_compounds_are_split_where_both_halves_are_words(model: MiniLM, text: str, expected: str) -> None:
    assert model.split_compounds(text) == expected


class Asked(MiniLM):
    """Counts the letters that are looked up in the vocabulary."""

    letters = 0

    def _knows(self, word: str) -> bool:
        self.letters += len(word)
        return super()._knows(word)


def test_a_word_that_the_tokenizer_cannot_know_is_not_taken_apart() -> None:
    model = Asked()
    assert model.split_compounds("phonecase " + "x" * 50_000) == "phone case " + "x" * 50_000
    assert model.letters < 1_000
    endless, unknown = model.encode(["x" * 50_000, "x" * 101])
    np.testing.assert_array_equal(endless, unknown)
