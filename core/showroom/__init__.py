"""A catalogue that needs no download: products drawn by code, the same on every machine.

Nothing here comes from a photo or a font; whoever runs the program owns what it draws.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from core.showroom.canvas import SIDE, XX, YY
from core.showroom.catalogue import LINES
from core.showroom.leopard import leopard_in_grass
from core.showroom.palette import Style, styles
from core.showroom.studio import Studio

CURRENCY = "EUR"
_TINTS = ("#f7f4f0", "#f2f4f7", "#f8f3f1", "#f3f5f0", "#f6f3f8")
_SWATCHES = ("leopard", "snow leopard", "zebra", "breton", "red dots", "tartan", "meadow", "camo", "marble", "stars")


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One product of the showroom.

    Attributes:
        name: file name, such as ``mug-leopard.jpg``.
        image: 480×480, RGB.
        price: in :data:`CURRENCY`.
        tags: pattern first, then colours.
    """

    name: str
    image: Image.Image
    title: str
    price: float
    category: str
    tags: tuple[str, ...]

    def jpeg(self) -> bytes:
        """The picture as it is stored; equal bytes whenever the same Pillow draws it again."""
        return _jpeg(self.image)


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """A picture to ask with, and words that go well with it."""

    name: str
    image: Image.Image
    text: str

    def jpeg(self) -> bytes:
        """The picture as a file."""
        return _jpeg(self.image)


def count() -> int:
    """How many products there are."""
    return sum(len(line.styles) for line in LINES)


def products() -> Iterator[Sample]:
    """Draw the catalogue, one kind of product after the other; about 50 ms a picture on one core."""
    palette = styles()
    for line in LINES:
        chosen = [(key, palette[key]) for key in line.styles]
        studio = Studio([style.fabric for _, style in chosen], _TINTS)
        line.draw(studio)
        for (key, style), image in zip(chosen, studio.images(), strict=True):
            name = f"{line.category}-{key}.jpg".replace(" ", "-")
            yield Sample(name, image, line.title(style), line.price_of(key), line.category, style.tags)


def queries() -> Iterator[Wish]:
    """A leopard, then swatches of fur and cloth, as someone would photograph them."""
    palette = styles()
    yield Wish("query-leopard.jpg", leopard_in_grass(), "phone case with this image theme")
    wishes = ("phone case with this image theme", "mug like this", "bag in this pattern", "something to wear like this")
    for index, key in enumerate(_SWATCHES):
        yield Wish(f"query-{key}-swatch.jpg".replace(" ", "-"), _swatch(palette[key]), wishes[index % len(wishes)])


def _swatch(style: Style) -> Image.Image:
    """A close view of the print on something soft and round, larger than on any product."""
    far = ((XX - 300) ** 2 + (YY - 280) ** 2) / 300**2
    bulge = 1 + 0.16 * far
    u, v = 300 + (XX - 300) * bulge / 1.7, 300 + (YY - 300) * bulge / 1.7
    light = np.clip(1.1 - 0.3 * far + 0.05 * np.sin((XX + 0.4 * YY) / 55), 0.35, 1.12)
    colours = style.fabric.texture(u, v) * light[..., None]
    return Image.fromarray(np.clip(colours * 255 + 0.5, 0, 255).astype(np.uint8)).resize((SIDE, SIDE))


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()
