"""Fabrics and prints as functions of position: each maps (u, v) in units to colours."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from core.showroom.canvas import Colour, Field, Texture, hexa

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


def _edge(distance: Field, softness: float = 0.8) -> Field:
    """1 where ``distance`` (units) is negative, 0 where positive, soft in between."""
    t = np.clip(0.5 - distance / (2 * softness), 0, 1)
    return t * t * (3 - 2 * t)


def _mix(below: Field, above: Colour | Field, amount: Field) -> Field:
    return below + (np.asarray(above) - below) * amount[..., None]


def _base(u: Field, colour: Colour) -> Field:
    return np.broadcast_to(np.array(colour), (*u.shape, 3)).copy()


def _spots(u: Field, v: Field, pitch: float, jitter: float, seed: int) -> tuple[Field, Field, Field, Field]:
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


def plain(colour: Colour) -> Texture:
    """One colour with a hint of weave."""

    def texture(u: Field, v: Field) -> Field:
        weave = 1 + 0.018 * (noise(u, v, 2.2, 5) - 0.5) + 0.05 * (noise(u, v, 120, 9) - 0.5)
        return _base(u, colour) * weave[..., None]

    return texture


def leopard(base: Colour, inner: Colour, dark: Colour, pitch: float = 46) -> Texture:
    """Fur with rosettes: broken dark rings around a darker ground, and small solid spots between them."""

    def texture(u: Field, v: Field) -> Field:
        wu = u + 9 * (noise(u, v, 34, 21) - 0.5)
        wv = v + 9 * (noise(u, v, 34, 22) - 0.5)
        fur = noise(u * 0.9 + 0.5 * v, v * 0.22, 3.0, 23) - 0.5
        ground = _base(u, base) * (1 + 0.16 * fur + 0.3 * (noise(u, v, 150, 24) - 0.5))[..., None]
        dx, dy, a, b = _spots(wu, wv, pitch, 0.62, 31)
        angle = np.arctan2(dy, dx * (0.85 + 0.3 * a)) + 6.283 * a
        radius = np.hypot(dx * (0.9 + 0.25 * b), dy) + 3.0 * (noise(u, v, 9, 25) - 0.5)
        size = pitch * (0.25 + 0.08 * b)
        thick = pitch * (0.085 + 0.05 * np.sin(3 * angle + 9 * b) + 0.03 * np.sin(5 * angle + 17 * a))
        colours = _mix(ground, np.array(inner), 0.85 * _edge(radius - size, 3.0))
        ring = _edge(np.abs(radius - size) - thick, 1.3) * (thick > pitch * 0.02)
        ring = np.where(a > 0.85, _edge(radius - size * 0.75, 1.5), ring)
        ex, ey, c, _ = _spots(wu + pitch / 2, wv + pitch / 2, pitch, 0.5, 41)
        small = _edge(np.hypot(ex, ey * (0.8 + 0.6 * c)) - pitch * (0.05 + 0.06 * c), 1.5)
        clear = _edge(size + pitch * 0.17 - radius, 2.0)
        return _mix(colours, np.array(dark), np.maximum(ring, small * clear) * (0.94 + 0.12 * fur))

    return texture


def zebra(light: Colour, dark: Colour, pitch: float = 42) -> Texture:
    """Stripes that wander, swell and fork."""

    def texture(u: Field, v: Field) -> Field:
        bend = 58 * (noise(u, v, 130, 51) - 0.5) + 26 * (noise(u, v, 55, 52) - 0.5)
        phase = (u * 0.32 + v + bend + 14 * np.sin(u / 60)) / pitch
        width = 0.08 + 0.55 * (noise(u * 0.7, v, 48, 53) - 0.5)
        stripes = _edge((np.abs(((phase % 1) - 0.5) * 2) - 0.5 - width * 0.5) * pitch / 2, 1.0)
        fur = 1 + 0.05 * (noise(u * 0.3, v, 2.5, 54) - 0.5)
        return _mix(_base(u, light), dark, stripes) * fur[..., None]

    return texture


def stripes(colours: tuple[Colour, ...], pitch: float = 34, degrees: float = 90, share: float = 0.5) -> Texture:
    """Straight stripes: the first colour, with each of the others in turn. 90 degrees: they run across."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def texture(u: Field, v: Field) -> Field:
        along = (u * cos + v * sin) / pitch
        which = np.floor(along).astype(np.int64) % (len(colours) - 1)
        inside = _edge((np.abs((along % 1) - 0.5) - share / 2) * pitch, 0.8)
        return _mix(_base(u, colours[0]), np.array(colours[1:])[which], inside)

    return texture


def dots(ground: Colour, dot: Colour, pitch: float = 40, size: float = 0.28) -> Texture:
    """Polka dots in staggered rows."""

    def texture(u: Field, v: Field) -> Field:
        dx, dy, _, _ = _spots(u, v, pitch, 0.0, 61)
        return _mix(_base(u, ground), dot, _edge(np.hypot(dx, dy) - pitch * size, 0.9))

    return texture


def plaid(ground: Colour, bands: tuple[Colour, Colour], thin: Colour, pitch: float = 110) -> Texture:
    """A tartan: the same bands across and along, half mixed where they cross, in a twill weave."""

    def cloth(t: Field) -> Field:
        t = (t / pitch) % 1
        colours = _base(t, ground)
        for middle, width, colour in (
            (0.25, 0.3, bands[0]),
            (0.72, 0.2, bands[1]),
            (0.25, 0.035, thin),
            (0.58, 0.025, thin),
            (0.86, 0.025, thin),
        ):
            colours = _mix(colours, colour, _edge((np.abs(t - middle) - width / 2) * pitch, 0.7))
        return colours

    def texture(u: Field, v: Field) -> Field:
        twill = 0.5 + 0.16 * np.sign(np.sin((u + v) * 1.25))
        return cloth(u) * twill[..., None] + cloth(v) * (1 - twill)[..., None]

    return texture


def gingham(ground: Colour, colour: Colour, pitch: float = 36) -> Texture:
    """Checks of two stripes that cross: light, half, full."""

    def texture(u: Field, v: Field) -> Field:
        across = _edge((np.abs((u / pitch % 1) - 0.5) - 0.25) * pitch, 0.7)
        along = _edge((np.abs((v / pitch % 1) - 0.5) - 0.25) * pitch, 0.7)
        return _mix(_base(u, ground), colour, (across + along) * 0.48)

    return texture


def floral(ground: Colour, petals: tuple[Colour, ...], leaf: Colour, pitch: float = 76) -> Texture:
    """Scattered five-petalled blossoms with leaves, and buds between."""

    def texture(u: Field, v: Field) -> Field:
        colours = _base(u, ground)
        for shift, seed, scale in ((0.0, 71, 1.0), (0.5, 81, 0.55)):
            dx, dy, a, b = _spots(u + shift * pitch, v + shift * pitch * 0.9, pitch, 0.55, seed)
            radius, angle = np.hypot(dx, dy), np.arctan2(dy, dx) + 6.283 * a
            size = pitch * (0.27 + 0.06 * b) * scale
            for turn in (0.5, 2.9, 4.6):
                cos, sin = np.cos(turn + a * 6), np.sin(turn + a * 6)
                lx, ly = dx * cos + dy * sin, dy * cos - dx * sin
                shape = np.hypot((lx - size * 1.15) / 1.9, ly * 1.25) - size * 0.3
                vein = 1 - 0.25 * _edge(np.abs(ly) - 0.5, 0.8)
                colours = _mix(colours, np.array(leaf) * vein[..., None], _edge(shape, 0.8))
            petal = np.abs(np.cos(2.5 * angle))
            outline = radius - size * (0.5 + 0.5 * petal**0.6)
            hue = np.array(petals)[(b * 97).astype(np.int64) % len(petals)]
            tone = 0.82 + 0.26 * np.clip(radius / size, 0, 1) - 0.1 * (1 - petal)
            colours = _mix(colours, hue * tone[..., None], _edge(outline, 0.9))
            colours = _mix(colours, hexa("#f4c542"), _edge(radius - size * 0.24, 0.9))
            colours = _mix(colours, hexa("#b9771f"), _edge(radius - size * 0.1, 0.9))
        return colours

    return texture


def camouflage(colours: tuple[Colour, ...], scale: float = 62) -> Texture:
    """Layers of blotches."""

    def texture(u: Field, v: Field) -> Field:
        result = _base(u, colours[0])
        for index, colour in enumerate(colours[1:]):
            field = 0.72 * noise(u, v * 1.5, scale, 91 + index) + 0.28 * noise(u, v * 1.4, scale / 3, 95 + index)
            result = _mix(result, colour, _edge((0.53 + 0.035 * index - field) * scale, 0.8))
        return result

    return texture


def marble(ground: Colour, vein: Colour, gold: Colour) -> Texture:
    """Polished stone: cloudy ground, dark veins, a little gold."""

    def texture(u: Field, v: Field) -> Field:
        wander = (
            90 * (noise(u, v, 110, 101) - 0.5) + 34 * (noise(u, v, 40, 102) - 0.5) + 9 * (noise(u, v, 12, 103) - 0.5)
        )
        ridge = np.abs(np.sin((u * 0.8 + v * 0.55 + wander) / 52))
        second = np.abs(np.sin((u * 0.35 - v * 0.75 + 1.3 * wander) / 83 + 1))
        cloud = 1 - 0.13 * noise(u + wander, v, 70, 104)
        colours = _base(u, ground) * cloud[..., None]
        colours = _mix(colours, vein, 0.75 * np.exp(-ridge * 16))
        colours = _mix(colours, vein, 0.35 * np.exp(-ridge * 4))
        return _mix(colours, gold, np.exp(-second * 42) * (noise(u, v, 60, 105) > 0.42))

    return texture


def hearts(ground: Colour, heart: Colour, pitch: float = 52) -> Texture:
    """Rows of hearts."""

    def texture(u: Field, v: Field) -> Field:
        dx, dy, _, _ = _spots(u, v, pitch, 0.0, 111)
        x, y = dx / (pitch * 0.26), -(dy - pitch * 0.03) / (pitch * 0.26)
        shape = x * x + (1.15 * y - 0.75 * np.sqrt(np.abs(x))) ** 2 - 1.0
        return _mix(_base(u, ground), heart, _edge(shape * pitch * 0.13, 0.8))

    return texture


def stars(ground: Colour, star: Colour, pitch: float = 54) -> Texture:
    """Scattered five-pointed stars of two sizes."""

    def texture(u: Field, v: Field) -> Field:
        dx, dy, a, b = _spots(u, v, pitch, 0.4, 121)
        angle = np.arctan2(dy, dx) + a * 6.283
        sector = np.abs(((angle / (2 * math.pi / 5)) % 1) - 0.5) * 2 * math.pi / 5
        radius = np.hypot(dx, dy)
        reach = pitch * (0.2 + 0.16 * b)
        x, y = radius * np.cos(sector), radius * np.sin(sector)
        nx, ny = reach * 0.42 * math.sin(math.pi / 5), reach * (1 - 0.42 * math.cos(math.pi / 5))
        distance = (nx * (x - reach) + ny * y) / np.hypot(nx, ny)
        return _mix(_base(u, ground), star, _edge(distance, 0.9))

    return texture


def ombre(top: Colour, bottom: Colour, start: float = 120, end: float = 500) -> Texture:
    """One colour that runs into another, downwards."""

    def texture(u: Field, v: Field) -> Field:
        t = np.clip((v - start) / (end - start), 0, 1)
        return _mix(_base(u, top), bottom, t * t * (3 - 2 * t))

    return texture
