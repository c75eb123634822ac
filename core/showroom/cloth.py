"""What things of cloth have in common: folds, symmetry, piping."""

from __future__ import annotations

from collections.abc import Sequence

from core.showroom.canvas import XX, YY, Field, Point, line, spline
from core.showroom.fields import noise


def folds(seed: int, strength: float = 0.16, lean: float = 0.25) -> Field:
    """Light on hanging cloth: long soft folds, a factor around 1."""
    drape = noise(XX + lean * YY, YY * 0.22, 62, seed) - 0.5
    fine = noise(XX - lean * YY, YY * 0.35, 26, seed + 1) - 0.5
    return 1.0 + strength * (drape + 0.45 * fine)


def mirrored(half: list[Point]) -> list[Point]:
    """An outline from its right half, listed from the top centre down to the bottom centre."""
    return [*half, *[(600 - x, y) for x, y in reversed(half)]]


def outline(points: Sequence[Point], width: float) -> Field:
    """A stroke all around the closed smooth curve through ``points``."""
    return line([*spline(points), points[0]], width, smooth=False)
