"""Scaling and cutting: the arithmetic of torchvision's Resize and CenterCrop, on every shape."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from core.encoders.pixels import Framing

FRAMING = Framing()


def torchvision_square(image: Image.Image, side: int = 224) -> np.ndarray:
    """What ``Resize(side, BICUBIC)`` and ``CenterCrop(side)`` do to a PIL picture."""
    width, height = image.size
    if width <= height:
        image = image.resize((side, int(side * height / width)), Image.Resampling.BICUBIC)
    else:
        image = image.resize((int(side * width / height), side), Image.Resampling.BICUBIC)
    top, left = round((image.height - side) / 2.0), round((image.width - side) / 2.0)
    return np.asarray(image.crop((left, top, left + side, top + side)))


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.RandomState(width).randint(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.mark.parametrize("size", [(400, 300), (300, 401), (224, 224), (223, 225), (50, 70), (1, 1), (640, 161)])
def test_ordinary_shapes_are_equal_to_the_bit(size):
    assert np.array_equal(FRAMING.square(noise(*size)), torchvision_square(noise(*size)))


@pytest.mark.parametrize("size", [(30, 2000), (2000, 30), (1, 900), (3000, 601)])
def test_extreme_shapes_differ_by_rounding_only(size):
    """On noise the two differ more, by where PIL clips overshoot: it goes over rows or columns first as is cheaper."""
    image = noise(3, 5).resize(size, Image.Resampling.BICUBIC)
    ours, theirs = FRAMING.square(image).astype(int), torchvision_square(image).astype(int)
    assert np.abs(ours - theirs).max() <= 2
    assert (ours != theirs).mean() < 0.05


def test_a_line_of_pixels_makes_no_huge_picture(monkeypatch):
    """PIL refuses pictures above its limit, also when scaling; the long edge would be 22 million pixels."""
    line = Image.new("RGB", (1, 100_000), "red")
    assert FRAMING.square(line).shape == (224, 224, 3)


def test_squeezing_keeps_all_of_the_picture():
    image = Image.new("RGB", (300, 100), "white")
    image.paste("red", (0, 0, 20, 100))
    assert tuple(Framing(shortest=0).square(image)[112, 3]) == (255, 0, 0)
    assert tuple(FRAMING.square(image)[112, 3]) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1", "I;16", "F", "LA"])
def test_any_mode_becomes_three_channels(mode):
    assert FRAMING.square(Image.new(mode, (30, 40))).shape == (224, 224, 3)


def test_values_are_normalised_by_channel():
    square = FRAMING.square(Image.new("RGB", (10, 10), (255, 0, 128)))
    tensor = FRAMING.tensor([square, square], torch.device("cpu"), torch.float32)
    assert tensor.shape == (2, 3, 224, 224)
    expected = [(1 - 0.48145466) / 0.26862954, -0.4578275 / 0.26130258, (128 / 255 - 0.40821073) / 0.27577711]
    assert torch.allclose(tensor[1, :, 5, 7], torch.tensor(expected), atol=1e-6)
    assert FRAMING.tensor([square], torch.device("cpu"), torch.bfloat16).dtype == torch.bfloat16
