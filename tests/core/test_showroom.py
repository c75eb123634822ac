"""The drawn catalogue: enough of it, told apart by words and by looks, and the same every time."""

from __future__ import annotations

import collections
import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.images import content_hash, decode
from core.settings import ImageSettings
from core.showroom import LINES, Sample, count, products, queries
from core.showroom.canvas import UNITS, XX, YY, line, polygon, soft, spline
from core.showroom.palette import INK, ink, styles
from core.showroom.studio import PRINT, Studio


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return list(products())


def pixels(image: Image.Image) -> NDArray[np.float64]:
    return np.asarray(image, dtype=np.float64)


def test_there_are_enough_and_all_differ(samples: list[Sample]) -> None:
    assert len(samples) == count() >= 120
    assert len({sample.name for sample in samples}) == len(samples)
    assert len({sample.title for sample in samples}) == len(samples)
    assert len({content_hash(sample.jpeg()) for sample in samples}) == len(samples)


def test_every_sample_is_complete(samples: list[Sample]) -> None:
    for sample in samples:
        assert sample.image.mode == "RGB"
        assert sample.image.width == sample.image.height >= 400
        assert 3 < sample.price < 200
        assert round(sample.price, 2) == sample.price
        assert sample.category in sample.name.replace("-", " ") or sample.category == "t-shirt"
        assert sample.tags
        assert sample.title == sample.title.strip()
        assert decode(sample.jpeg(), ImageSettings()).size == sample.image.size


def test_what_people_ask_for_is_there(samples: list[Sample]) -> None:
    kinds = collections.Counter(sample.category for sample in samples)
    assert len(kinds) >= 12
    assert min(kinds.values()) >= 10
    patterns = collections.Counter((sample.category, sample.tags[0]) for sample in samples)
    assert patterns["phone case", "leopard"] >= 3
    assert patterns["mug", "leopard"] >= 2
    for pattern in ("leopard", "zebra", "dots", "stripes", "plaid", "floral", "plain"):
        assert len([key for key in patterns if key[1] == pattern]) >= 4, pattern


def test_drawing_again_gives_the_same_bytes(samples: list[Sample]) -> None:
    again = [sample.jpeg() for sample, _ in zip(products(), range(20), strict=False)]
    assert again == [sample.jpeg() for sample in samples[:20]]


def test_products_stand_in_a_light_studio(samples: list[Sample]) -> None:
    for sample in samples:
        values = pixels(sample.image)
        corners = values[[4, 4, -5, -5], [4, -5, 4, -5]]
        assert corners.min() > 190, sample.name
        assert np.ptp(corners, axis=1).max() < 25, f"{sample.name}: the paper is nearly white"
        middle = values[140:340, 140:340]
        product = np.abs(middle - values[8, 8]).max(axis=2) > 12
        assert product.mean() > 0.2, sample.name


def test_plain_products_have_the_colour_that_they_claim(samples: list[Sample]) -> None:
    names = {name: np.array(ink(name)) * 255 for name in INK}
    for sample in samples:
        if sample.tags[0] != "plain" or sample.category in {"scarf", "umbrella"}:
            continue
        values = pixels(sample.image)[100:400, 100:400].reshape(-1, 3)
        claimed = names[sample.tags[1]]
        direction = values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1)
        close = direction @ (claimed / np.linalg.norm(claimed)) > 0.985
        assert close.mean() > 0.12, sample.title


def test_leopard_has_light_ground_brown_hearts_and_dark_rings() -> None:
    fur = styles()["leopard"].fabric.texture(XX, YY)
    brightness = fur.mean(axis=2)
    dark, light = (brightness < 0.25).mean(), (brightness > 0.5).mean()
    assert 0.12 < dark < 0.45
    assert 0.35 < light < 0.8
    assert (fur[..., 0] > fur[..., 2]).mean() > 0.95, "warm everywhere"


def test_stripes_and_dots_repeat() -> None:
    across = styles()["breton"].fabric.texture(XX, YY)
    assert np.abs(across - across[:, :1]).max() < 1e-9, "Breton stripes run across"
    dots = styles()["red dots"].fabric
    shifted = dots.texture(XX + 40, YY)
    assert np.abs(dots.texture(XX, YY) - shifted).max() < 1e-6
    area = (np.abs(dots.texture(XX, YY) - np.array(ink("white"))).max(axis=2) < 0.1).mean()
    assert abs(area - np.pi * 0.28**2) < 0.03


def test_pictures_to_ask_with() -> None:
    found = list(queries())
    assert found[0].name == "query-leopard.jpg"
    assert "phone case" in found[0].text
    assert len(found) >= 8
    assert len({query.jpeg() for query in found}) == len(found)
    for query in found:
        image = Image.open(io.BytesIO(query.jpeg()))
        assert (image.format, image.mode) == ("JPEG", "RGB")


def test_splines_pass_through_their_points_and_keep_corners() -> None:
    points = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]
    curve = spline(points)
    assert all(min(np.hypot(x - a, y - b) for x, y in curve) < 1e-9 for a, b in points)
    square = spline([point for point in points for _ in range(2)])
    assert all(min(x, y, 100 - x, 100 - y) > -1e-9 for x, y in square), "corners do not overshoot"


def test_masks_cover_the_right_area() -> None:
    square = polygon([(150, 150), (450, 150), (450, 450), (150, 450)])
    assert abs(square.mean() - 0.25) < 0.01
    assert abs(soft(square, 10).mean() - 0.25) < 0.01, "blurring loses nothing"
    stroke = line([(100, 300), (500, 300)], 20, smooth=False)
    assert abs(stroke.sum() * (UNITS / len(XX)) ** 2 - (400 * 20 + np.pi * 100)) < 400
    assert polygon([(-50, -50), (20, -50), (20, 20), (-50, 20)]).max() == 1.0, "what reaches beyond the picture is cut"


def test_all_pictures_of_a_studio_get_every_stroke() -> None:
    palette = styles()
    studio = Studio([palette["red"].fabric, palette["blue"].fabric], ("#ffffff",))
    studio.paint(polygon([(200, 200), (400, 200), (400, 400), (200, 400)]), PRINT)
    red, blue = (pixels(image)[240, 240] for image in studio.images())
    assert red[0] > red[2] + 80
    assert blue[2] > blue[0] + 80


def test_every_style_that_is_sold_exists() -> None:
    palette = styles()
    assert {key for kind in LINES for key in kind.styles} <= palette.keys()
    assert all(len(set(kind.styles)) == len(kind.styles) for kind in LINES)
