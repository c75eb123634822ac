"""A small drawing board: anti-aliased masks, soft light, soft shadows.

Shapes are drawn by Pillow three times too large and reduced, colours are mixed by numpy in float64, so
that the same picture comes out on every machine up to the last rounding. Coordinates are units of which
600 make a side of the picture, x to the right and y down.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SIDE = 480
"""Pixels along a side of the finished picture."""

UNITS = 600.0
"""Units along a side: all coordinates and lengths are given in these."""

_FINE = 3 * SIDE / UNITS
_COARSE = 4

Field = NDArray[np.float64]
"""One value a pixel, shape (SIDE, SIDE)."""

Colour = tuple[float, float, float]
"""Red, green, blue, each 0 to 1."""

Point = tuple[float, float]
Texture = Callable[[Field, Field], Field]
"""(u, v) in units, shape (h, w) each → colours, shape (h, w, 3)."""

_STEPS = (np.arange(SIDE, dtype=np.float64) + 0.5) * (UNITS / SIDE)
XX, YY = np.meshgrid(_STEPS, _STEPS)


def spline(points: Sequence[Point], *, closed: bool = True, steps: int = 14) -> list[Point]:
    """A smooth curve through ``points`` (Catmull-Rom). A point given twice makes a corner."""
    count = len(points)
    curve: list[Point] = []
    for index in range(count if closed else count - 1):
        around = [
            points[i % count] if closed else points[min(max(i, 0), count - 1)] for i in range(index - 1, index + 3)
        ]
        if around[1] == around[2]:
            continue
        if around[0] == around[1]:
            around[0] = _mirrored(around[1], around[2])
        if around[3] == around[2]:
            around[3] = _mirrored(around[2], around[1])
        curve += [_between(around, step / steps) for step in range(steps)]
    return curve if closed else [*curve, points[-1]]


def _mirrored(here: Point, there: Point) -> Point:
    return (2 * here[0] - there[0], 2 * here[1] - there[1])


def _between(around: Sequence[Point], t: float) -> Point:
    weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3)
    return (
        sum(w * p[0] for w, p in zip(weights, around, strict=True)) / 2,
        sum(w * p[1] for w, p in zip(weights, around, strict=True)) / 2,
    )


def turned(points: Iterable[Point], degrees: float, about: Point = (UNITS / 2, UNITS / 2)) -> list[Point]:
    """``points`` turned clockwise."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [
        (
            about[0] + (x - about[0]) * cos - (y - about[1]) * sin,
            about[1] + (x - about[0]) * sin + (y - about[1]) * cos,
        )
        for x, y in points
    ]


def _masked(
    points: Sequence[Point], margin: float, paint: Callable[[ImageDraw.ImageDraw, Sequence[Point]], None]
) -> Field:
    """What ``paint`` draws with ``points``, in whose surroundings alone anything is computed."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    left, right = (_pixel(min(xs) - margin), _pixel(max(xs) + margin) + 1)
    top, bottom = (_pixel(min(ys) - margin), _pixel(max(ys) + margin) + 1)
    fine = Image.new("L", ((right - left) * 3, (bottom - top) * 3))
    paint(ImageDraw.Draw(fine), [(x * _FINE - left * 3, y * _FINE - top * 3) for x, y in points])
    field = np.zeros((SIDE, SIDE))
    field[top:bottom, left:right] = np.asarray(fine.reduce(3), dtype=np.float64) / 255.0
    return field


def _pixel(unit: float) -> int:
    return min(SIDE - 1, max(0, math.floor(unit * SIDE / UNITS)))


def polygon(points: Sequence[Point]) -> Field:
    """What lies inside ``points``; 1 inside, 0 outside, in between on the edge."""
    return _masked(points, 2, lambda draw, fine: draw.polygon(fine, fill=255))


def blob(points: Sequence[Point]) -> Field:
    """What lies inside the smooth closed curve through ``points``."""
    return polygon(spline(points))


def ellipse(x: float, y: float, rx: float, ry: float) -> Field:
    """A filled ellipse around (x, y)."""
    return _masked([(x - rx, y - ry), (x + rx, y + ry)], 2, lambda draw, fine: draw.ellipse(list(fine), fill=255))


def box_points(box: tuple[float, float, float, float], radius: float) -> list[Point]:
    """The outline of ``box`` (left, top, right, bottom) with rounded corners."""
    left, top, right, bottom = box
    corners = ((right - radius, top + radius, -90), (right - radius, bottom - radius, 0))
    corners += ((left + radius, bottom - radius, 90), (left + radius, top + radius, 180))  # type: ignore[assignment]
    return [
        (x + radius * math.cos(math.radians(start + a)), y + radius * math.sin(math.radians(start + a)))
        for x, y, start in corners
        for a in range(0, 91, 6)
    ]


def line(points: Sequence[Point], width: float, *, smooth: bool = True) -> Field:
    """A stroke with round ends along ``points``."""
    radius = width * _FINE / 2

    def paint(draw: ImageDraw.ImageDraw, path: Sequence[Point]) -> None:
        draw.line(path, fill=255, width=max(1, round(2 * radius)))
        for x, y in path:
            draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)

    return _masked(spline(points, closed=False) if smooth else points, width / 2 + 2, paint)


def soft(field: Field, radius: float) -> Field:
    """``field`` blurred: three box blurs come near a Gaussian of deviation ``radius`` units."""
    small = np.asarray(Image.fromarray(field.astype(np.float32)).reduce(_COARSE), dtype=np.float64)
    reach = max(1, round(radius * SIDE / UNITS / _COARSE))
    for _ in range(3):
        for axis in (0, 1):
            small = _box(small, reach, axis)
    large = Image.fromarray(small.astype(np.float32)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return np.asarray(large, dtype=np.float64)


def _box(field: Field, reach: int, axis: int) -> Field:
    pad = [(0, 0), (0, 0)]
    pad[axis] = (reach + 1, reach)
    sums = np.cumsum(np.pad(field, pad, mode="edge"), axis=axis)
    span = 2 * reach + 1
    if axis == 0:
        return (sums[span:] - sums[:-span]) / span
    return (sums[:, span:] - sums[:, :-span]) / span


def relief(mask: Field, radius: float, strength: float) -> Field:
    """Light from the upper left on a surface that bulges inside ``mask``: a factor around 1."""
    height = soft(mask, radius)
    down, across = np.gradient(height, UNITS / SIDE)
    return np.asarray(1.0 + strength * radius * (across + 1.3 * down), dtype=np.float64)


def cylinder(left: float, right: float) -> tuple[Field, Field]:
    """An upright cylinder between two x: (u coordinate around it in units, light as a factor)."""
    radius = (right - left) / 2
    s = np.clip((XX - (left + right) / 2) / radius, -0.999, 0.999)
    angle = np.arcsin(s)
    light = 0.62 + 0.46 * np.cos(angle + 0.55) + 0.12 * np.exp(-(((s + 0.52) / 0.1) ** 2))
    return angle * radius, light


def hexa(text: str) -> Colour:
    """``#rrggbb`` as a colour."""
    return (int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255)
