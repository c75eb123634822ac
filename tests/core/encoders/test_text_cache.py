"""Embeddings of fixed texts on disk: made once, remade when damaged, and never needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.encoders import text_cache


class Counting:
    """Embeds a text as its length, and counts."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls += 1
        return np.array([[len(text), 1] for text in texts], np.float32)


EXPECTED = np.array([[1, 1], [2, 1]], np.float32)


def get(embed: Counting, folder: Path, texts: Sequence[str] = ("a", "bb"), model: str = "m 1") -> NDArray[np.float32]:
    return text_cache.embed(texts, model, embed, folder)


def test_the_second_time_comes_from_disk(tmp_path: Path) -> None:
    embed = Counting()
    for _ in range(2):
        np.testing.assert_array_equal(get(embed, tmp_path / "new" / "folder"), EXPECTED)
    assert embed.calls == 1


def test_other_texts_and_other_models_have_files_of_their_own(tmp_path: Path) -> None:
    embed = Counting()
    get(embed, tmp_path)
    get(embed, tmp_path, texts=("ab", "b"))
    get(embed, tmp_path, model="m 2")
    assert embed.calls == 3
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-3],
        lambda data: b"",
        lambda data: data[:20] + bytes([data[20] ^ 1]) + data[21:],
        lambda data: b"not a cache",
    ],
)
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    embed = Counting()
    get(embed, tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    np.testing.assert_array_equal(get(embed, tmp_path), EXPECTED)
    np.testing.assert_array_equal(get(embed, tmp_path), EXPECTED)
    assert embed.calls == 2


def test_without_a_place_to_write_it_still_works(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    np.testing.assert_array_equal(get(Counting(), tmp_path / "file" / "folder"), EXPECTED)
