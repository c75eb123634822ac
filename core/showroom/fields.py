"""Building blocks of prints: noise, scattered points, soft edges, mixing."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.showroom.canvas import Colour, Field

_LATTICE = 64


@lru_cache(maxsize=64)
def _lattice(seed: int) -> Field:
    return np.random.default_rng(seed).random((_LATTICE, _LATTICE))


def noise(u: Field, v: Field, scale: float, seed: int) -> Field:
    """Smooth value noise, 0 to 1, with features of about ``scale`` units."""
    x, y = u / scale, v / scale
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    fx, fy = x - column, y - row
    fx, fy = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)
    table = _lattice(seed)
    left, right, top, bottom = column % _LATTICE, (column + 1) % _LATTICE, row % _LATTICE, (row + 1) % _LATTICE
    above = table[top, left] * (1 - fx) + table[top, right] * fx
    below = table[bottom, left] * (1 - fx) + table[bottom, right] * fx
    return above * (1 - fy) + below * fy


def edge(distance: Field, softness: float = 0.8) -> Field:
    """1 where ``distance`` (units) is negative, 0 where positive, soft in between."""
    t = np.clip(0.5 - distance / (2 * softness), 0, 1)
    return t * t * (3 - 2 * t)


def mix(below: Field, above: Colour | Field, amount: Field) -> Field:
    return below + (np.asarray(above) - below) * amount[..., None]


def ground_of(u: Field, colour: Colour) -> Field:
    return np.broadcast_to(np.array(colour), (*u.shape, 3)).copy()


def scattered(u: Field, v: Field, pitch: float, jitter: float, seed: int) -> tuple[Field, Field, Field, Field]:
    """The nearest point of a staggered grid whose points are shifted at random by up to ``jitter`` cells.

    Returns:
        Offsets dx and dy from it in units, and two random numbers 0 to 1 that belong to it.
    """
    x, y = u / pitch, v / pitch
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    x, y = x - column, y - row
    shift_x, shift_y, one, two = (_lattice(seed + k).ravel() for k in range(4))
    stagger = 0.25 + 0.5 * (np.arange(_LATTICE * _LATTICE) // _LATTICE % 2)
    shift_x, shift_y = stagger + jitter * (shift_x - 0.5), 0.5 + jitter * (shift_y - 0.5)
    nearest, dx, dy, cell = np.full(u.shape, np.inf), np.empty(u.shape), np.empty(u.shape), np.empty(u.shape, np.int64)
    for down in (-1, 0, 1):
        first = (row + down) % _LATTICE * _LATTICE
        for across in (-1, 0, 1):
            here = first + (column + across) % _LATTICE
            ox, oy = x - across - shift_x[here], y - down - shift_y[here]
            distance = ox * ox + oy * oy
            nearer = distance < nearest
            for kept, value in ((nearest, distance), (dx, ox), (dy, oy), (cell, here)):
                np.copyto(kept, value, where=nearer)
    return dx * pitch, dy * pitch, one[cell], two[cell]
