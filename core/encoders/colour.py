"""The colour of the thing in a picture, and the colours that words ask for, as one kind of vector.

A pixel is not "red" or "orange" but something of both, so each of the 32,768 colours of 5 bits a channel
has a share of fourteen names, from its distance to examples of them in CIELAB (Berlin and Kay 1969 for
the eleven basic names; navy, beige and teal are what shops add). A picture's vector is the share of each
name among the pixels that stand out from its border, since products are photographed on something.
Every step is a table look-up or a small matrix product, 1 ms a picture.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

# Several examples where people's use of a name is wide. sRGB, 0 to 255.
EXAMPLES: dict[str, tuple[tuple[int, int, int], ...]] = {
    "black": ((15, 15, 15), (35, 35, 37)),
    "white": ((250, 250, 250), (228, 228, 226)),
    "grey": ((90, 90, 92), (135, 135, 135), (180, 180, 180)),
    "red": ((200, 20, 30), (150, 20, 30), (225, 55, 50)),
    "orange": ((240, 125, 30), (220, 95, 20)),
    "yellow": ((245, 220, 60), (215, 180, 40)),
    "green": ((40, 130, 60), (110, 170, 80), (35, 75, 45), (100, 105, 55)),
    "teal": ((20, 130, 130), (80, 190, 185)),
    "blue": ((40, 80, 190), (80, 130, 200), (150, 185, 225)),
    "navy": ((25, 30, 70), (40, 50, 90)),
    "purple": ((110, 50, 140), (160, 120, 190), (75, 35, 80)),
    "pink": ((240, 130, 170), (245, 190, 200), (215, 60, 120)),
    "brown": ((110, 65, 35), (75, 45, 30), (150, 95, 60)),
    "beige": ((225, 205, 170), (195, 170, 130)),
}
NAMES = tuple(EXAMPLES)
WIDTH = len(NAMES)
_PLACES = {name: index for index, name in enumerate(NAMES)}

_BITS = 5
_SPREAD = 12.0  # ΔE from the nearest name at which another has lost 40% of its share
_SIDE = 32  # pixels of the small copy that is looked at
_LIKE_BORDER = 20.0  # ΔE at which a pixel is clearly unlike one of the border's


def describe(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The colour of the thing in RGB pixels (height, width, 3), and where the thing is.

    Returns:
        The colour vector, (14,), L2-normalised; and how much each place belongs to the thing: (32, 32), each above 0.
    """
    small = np.asarray(cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    weights = _salience(small)
    return _normalise(weights @ _shares()[_index(small)] / weights.sum()), weights.reshape(_SIDE, _SIDE)


def of_names(names: dict[str, float]) -> NDArray[np.float32]:
    """The vector of a thing that has these shares of the names (KeyError for another); at least one is above 0."""
    shares = np.zeros(WIDTH, np.float32)
    for name, share in names.items():
        shares[_PLACES[name]] = share
    return _normalise(shares / shares.sum())


def _normalise(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Roots, so that small shares count, less their mean, so that unlike colours have a negative cosine."""
    roots = np.sqrt(shares)
    centred = roots - roots.mean()
    return np.asarray(centred / max(float(np.linalg.norm(centred)), 1e-6), np.float32)


def _salience(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How much each pixel belongs to the thing, (1024,): unlike the border's pixels, and near the middle."""
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    border = np.concatenate([lab[0], lab[-1], lab[1:-1, 0], lab[1:-1, -1]])
    pixels = lab.reshape(-1, 3)
    squares = (pixels**2).sum(1)[:, None] - 2 * pixels @ border.T + (border**2).sum(1)
    likeness = np.exp(np.maximum(squares, 0) / (-2 * _LIKE_BORDER**2)).mean(1)
    return np.asarray((1 - likeness) * _middle() + 1e-3, np.float32)


@cache
def _middle() -> NDArray[np.float32]:
    """Weight of each pixel by place: 1 in the middle, 0.14 at the middle of a side."""
    axis = (np.arange(_SIDE) + 0.5) / _SIDE * 2 - 1
    return np.asarray(np.exp(-2 * (axis[:, None] ** 2 + axis**2)).ravel(), np.float32)


def _index(small: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Row of each pixel's colour in the table of shares."""
    red, green, blue = (small.reshape(-1, 3) >> (8 - _BITS)).astype(np.int32).T
    return np.asarray(red << (2 * _BITS) | green << _BITS | blue, np.int32)


@cache
def _shares() -> NDArray[np.float32]:
    """Shares of the names for each colour of 5 bits a channel: (32768, 14), rows sum to 1."""
    levels = (np.arange(1 << _BITS) + 0.5) / (1 << _BITS)
    cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), -1).reshape(-1, 3)
    examples = np.array([rgb for group in EXAMPLES.values() for rgb in group]) / 255
    distance = np.linalg.norm(_lab(cube)[:, None] - _lab(examples), axis=2)
    starts = np.cumsum([0, *(len(group) for group in EXAMPLES.values())])[:-1]
    nearest = np.minimum.reduceat(distance, starts, axis=1)
    nearest -= nearest.min(1, keepdims=True)
    shares = np.exp(-(nearest**2) / (2 * _SPREAD**2))
    return np.asarray(shares / shares.sum(1, keepdims=True), np.float32)


def _lab(rgb: NDArray[np.float64]) -> NDArray[np.float32]:
    """(n, 3) sRGB from 0 to 1 → (n, 3) CIELAB, D65."""
    return np.asarray(cv2.cvtColor(rgb[None].astype(np.float32), cv2.COLOR_RGB2Lab)[0], np.float32)
