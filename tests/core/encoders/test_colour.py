"""Colour vectors: names, salience, and the geometry that searches rely on."""

from __future__ import annotations

import numpy as np
import pytest

from core.encoders import colour


def thing(rgb: tuple[int, int, int], ground: tuple[int, int, int] = (255, 255, 255), side: int = 200) -> np.ndarray:
    pixels = np.full((side, side, 3), ground, np.uint8)
    pixels[side // 4 : -side // 4, side // 4 : -side // 4] = rgb
    return pixels


@pytest.mark.parametrize("name", colour.NAMES)
@pytest.mark.parametrize("ground", [(250, 250, 250), (130, 100, 70), (20, 20, 30)])
def test_a_things_colour_is_found_on_any_ground(name: str, ground: tuple[int, int, int]) -> None:
    for rgb in colour.EXAMPLES[name]:
        if np.linalg.norm(np.subtract(rgb, ground)) < 60:
            continue
        vector, _ = colour.describe(thing(rgb, ground))
        scores = {other: float(vector @ colour.of_names({other: 1})) for other in colour.NAMES}
        assert max(scores, key=scores.__getitem__) == name, rgb


def test_vectors_have_length_one_and_no_mean() -> None:
    vector, weights = colour.describe(thing((200, 30, 40)))
    assert vector.shape == (colour.WIDTH,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert vector.sum() == pytest.approx(0, abs=1e-5)
    assert weights.shape == (32, 32)
    assert (weights > 0).all()


def test_places_of_the_thing_count_more_than_its_ground() -> None:
    _, weights = colour.describe(thing((200, 30, 40)))
    assert weights[16, 16] > 20 * weights[1, 1]


def test_a_picture_of_one_colour_has_that_colour() -> None:
    vector, weights = colour.describe(np.full((50, 70, 3), (200, 20, 30), np.uint8))
    assert np.isfinite(weights).all()
    assert vector @ colour.of_names({"red": 1}) > 0.9


def test_unlike_colours_point_away_from_each_other() -> None:
    assert colour.of_names({"red": 1}) @ colour.of_names({"blue": 1}) < 0
    assert colour.of_names({"red": 1, "blue": 1}) @ colour.of_names({"blue": 1}) > 0.5


def test_no_name_is_no_colour() -> None:
    with pytest.raises(KeyError):
        colour.of_names({"reddish": 1})
