"""The studio: one product shape in many fabrics, drawn together.

Geometry, light and shadow are the same for all fabrics of a shape and cost most of the time; they are
worked out once, and every stroke goes to all pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from PIL import Image

from core.showroom.canvas import SIDE, UNITS, XX, YY, Colour, Field, Point, Texture, ellipse, hexa, soft


@dataclass(frozen=True, slots=True)
class Fabric:
    """What a product is covered with: a print and the plain colours that go with it.

    Attributes:
        texture: the print.
        main: colour of parts that go without the print but should not stand out, such as a handle.
        trim: colour of seams, bands, soles' stripes.
    """

    texture: Texture
    main: Colour
    trim: Colour


Cover = Callable[[Fabric], Texture | Colour]
"""Which part of a fabric goes somewhere."""


PRINT: Cover = attrgetter("texture")
MAIN: Cover = attrgetter("main")
TRIM: Cover = attrgetter("trim")


def INSIDE(fabric: Fabric) -> Colour:  # noqa: N802 - stands beside the three above
    """The reverse side, in shade."""
    red, green, blue = fabric.main
    return (red * 0.55, green * 0.55, blue * 0.55)


class Studio:
    """Light paper with a product in the making, once for each fabric."""

    def __init__(self, fabrics: Sequence[Fabric], tints: Sequence[str]) -> None:
        """``tints`` are the papers' colours, ``#rrggbb``, very light, used in turn."""
        self._fabrics = fabrics
        light = 1.02 - 0.1 * (YY / UNITS) ** 2 - 0.05 * ((XX / UNITS - 0.38) ** 2)
        light *= 0.985 + 0.015 * np.tanh((YY - UNITS * 0.8) / 40.0)
        papers = np.array([hexa(tints[index % len(tints)]) for index in range(len(fabrics))])
        self._pixels: Field = np.minimum(papers[:, None, None, :] * light[None, :, :, None], 1.0)

    def paint(
        self,
        mask: Field,
        cover: Cover | Colour,
        light: Field | float = 1.0,
        *,
        u: Field = XX,
        v: Field = YY,
        shine: Field | float = 0.0,
    ) -> None:
        """Lay ``cover`` where ``mask`` is.

        Args:
            mask: how much of it, 0 to 1.
            cover: one colour, or which part of each picture's fabric.
            light: factor on the colours; what is above 1 also bleaches, as highlights do.
            u, v: where a print is sampled, for things that are turned or round.
            shine: how much white is added, 0 to 1.
        """
        part = _surroundings(mask)
        if part is None:
            return
        bright = _cut(light, part)
        bleach = np.clip(bright - 1.0, 0.0, 1.0) * 0.55 + _cut(shine, part)
        alpha = mask[part][..., None]
        for pixels, fabric in zip(self._pixels, self._fabrics, strict=True):
            chosen = cover(fabric) if callable(cover) else cover
            colours = chosen(u[part], v[part]) if callable(chosen) else np.array(chosen)
            colours = colours * np.minimum(bright, 1.06)
            colours = np.clip(colours + (1.0 - colours) * bleach, 0.0, 1.0)
            pixels[part] += (colours - pixels[part]) * alpha

    def shade(self, mask: Field, strength: float) -> None:
        """Darken where ``mask`` is."""
        part = _surroundings(mask)
        if part is not None:
            self._pixels[:, part[0], part[1]] *= (1.0 - strength * mask[part])[..., None]

    def shadow(self, mask: Field, shift: Point = (10, 16), radius: float = 16, strength: float = 0.28) -> None:
        """The soft shadow that ``mask`` casts on the paper; draw it before the product."""
        moved = np.roll(mask, (round(shift[1] * SIDE / UNITS), round(shift[0] * SIDE / UNITS)), axis=(0, 1))
        self.shade(np.clip(soft(moved, radius), 0, 1), strength)
        self.shade(np.clip(soft(moved, 5), 0, 1), strength * 0.45)

    def ground(self, x: float, y: float, rx: float, ry: float, strength: float = 0.34) -> None:
        """The shadow of something that stands at (x, y)."""
        self.shade(np.clip(soft(ellipse(x, y, rx, ry), 18), 0, 1), strength)
        self.shade(np.clip(soft(ellipse(x, y, rx * 0.9, ry * 0.45), 5), 0, 1), strength)

    def images(self) -> list[Image.Image]:
        """The finished pictures, RGB, in the order of the fabrics."""
        return [Image.fromarray(np.clip(p * 255 + 0.5, 0, 255).astype(np.uint8)) for p in self._pixels]


def _surroundings(mask: Field) -> tuple[slice, slice] | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _cut(value: Field | float, part: tuple[slice, slice]) -> Field:
    return value[part][..., None] if isinstance(value, np.ndarray) else np.array(value)
