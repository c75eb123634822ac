"""Fabrics and prints as functions of position: each maps (u, v) in units to colours."""

from __future__ import annotations

import math

import numpy as np

from core.showroom.canvas import Colour, Field, Texture, hexa
from core.showroom.fields import edge, ground_of, mix, noise, scattered


def plain(colour: Colour) -> Texture:
    """One colour with a hint of weave."""

    def texture(u: Field, v: Field) -> Field:
        weave = 1 + 0.018 * (noise(u, v, 2.2, 5) - 0.5) + 0.05 * (noise(u, v, 120, 9) - 0.5)
        return ground_of(u, colour) * weave[..., None]

    return texture


def stripes(colours: tuple[Colour, ...], pitch: float = 34, degrees: float = 90, share: float = 0.5) -> Texture:
    """Straight stripes: the first colour, with each of the others in turn. 90 degrees: they run across."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def texture(u: Field, v: Field) -> Field:
        along = (u * cos + v * sin) / pitch
        which = np.floor(along).astype(np.int64) % (len(colours) - 1)
        inside = edge((np.abs((along % 1) - 0.5) - share / 2) * pitch, 0.8)
        return mix(ground_of(u, colours[0]), np.array(colours[1:])[which], inside)

    return texture


def dots(ground: Colour, dot: Colour, pitch: float = 40, size: float = 0.28) -> Texture:
    """Polka dots in staggered rows."""

    def texture(u: Field, v: Field) -> Field:
        dx, dy, _, _ = scattered(u, v, pitch, 0.0, 61)
        return mix(ground_of(u, ground), dot, edge(np.hypot(dx, dy) - pitch * size, 0.9))

    return texture


def plaid(ground: Colour, bands: tuple[Colour, Colour], thin: Colour, pitch: float = 110) -> Texture:
    """A tartan: the same bands across and along, half mixed where they cross, in a twill weave."""

    def cloth(t: Field) -> Field:
        t = (t / pitch) % 1
        colours = ground_of(t, ground)
        for middle, width, colour in (
            (0.25, 0.3, bands[0]),
            (0.72, 0.2, bands[1]),
            (0.25, 0.035, thin),
            (0.58, 0.025, thin),
            (0.86, 0.025, thin),
        ):
            colours = mix(colours, colour, edge((np.abs(t - middle) - width / 2) * pitch, 0.7))
        return colours

    def texture(u: Field, v: Field) -> Field:
        twill = 0.5 + 0.16 * np.sign(np.sin((u + v) * 1.25))
        return cloth(u) * twill[..., None] + cloth(v) * (1 - twill)[..., None]

    return texture


def gingham(ground: Colour, colour: Colour, pitch: float = 36) -> Texture:
    """Checks of two stripes that cross: light, half, full."""

    def texture(u: Field, v: Field) -> Field:
        across = edge((np.abs((u / pitch % 1) - 0.5) - 0.25) * pitch, 0.7)
        along = edge((np.abs((v / pitch % 1) - 0.5) - 0.25) * pitch, 0.7)
        return mix(ground_of(u, ground), colour, (across + along) * 0.48)

    return texture


def floral(ground: Colour, petals: tuple[Colour, ...], leaf: Colour, pitch: float = 76) -> Texture:
    """Scattered five-petalled blossoms with leaves, and buds between."""

    def texture(u: Field, v: Field) -> Field:
        colours = ground_of(u, ground)
        for shift, seed, scale in ((0.0, 71, 1.0), (0.5, 81, 0.55)):
            dx, dy, a, b = scattered(u + shift * pitch, v + shift * pitch * 0.9, pitch, 0.55, seed)
            radius, angle = np.hypot(dx, dy), np.arctan2(dy, dx) + 6.283 * a
            size = pitch * (0.27 + 0.06 * b) * scale
            for turn in (0.5, 2.9, 4.6):
                cos, sin = np.cos(turn + a * 6), np.sin(turn + a * 6)
                lx, ly = dx * cos + dy * sin, dy * cos - dx * sin
                shape = np.hypot((lx - size * 1.15) / 1.9, ly * 1.25) - size * 0.3
                vein = 1 - 0.25 * edge(np.abs(ly) - 0.5, 0.8)
                colours = mix(colours, np.array(leaf) * vein[..., None], edge(shape, 0.8))
            petal = np.abs(np.cos(2.5 * angle))
            outline = radius - size * (0.5 + 0.5 * petal**0.6)
            hue = np.array(petals)[(b * 97).astype(np.int64) % len(petals)]
            tone = 0.82 + 0.26 * np.clip(radius / size, 0, 1) - 0.1 * (1 - petal)
            colours = mix(colours, hue * tone[..., None], edge(outline, 0.9))
            colours = mix(colours, hexa("#f4c542"), edge(radius - size * 0.24, 0.9))
            colours = mix(colours, hexa("#b9771f"), edge(radius - size * 0.1, 0.9))
        return colours

    return texture


def camouflage(colours: tuple[Colour, ...], scale: float = 62) -> Texture:
    """Layers of blotches."""

    def texture(u: Field, v: Field) -> Field:
        result = ground_of(u, colours[0])
        for index, colour in enumerate(colours[1:]):
            field = 0.72 * noise(u, v * 1.5, scale, 91 + index) + 0.28 * noise(u, v * 1.4, scale / 3, 95 + index)
            result = mix(result, colour, edge((0.53 + 0.035 * index - field) * scale, 0.8))
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
        colours = ground_of(u, ground) * cloud[..., None]
        colours = mix(colours, vein, 0.75 * np.exp(-ridge * 16))
        colours = mix(colours, vein, 0.35 * np.exp(-ridge * 4))
        return mix(colours, gold, np.exp(-second * 42) * (noise(u, v, 60, 105) > 0.42))

    return texture


def hearts(ground: Colour, heart: Colour, pitch: float = 52) -> Texture:
    """Rows of hearts."""

    def texture(u: Field, v: Field) -> Field:
        dx, dy, _, _ = scattered(u, v, pitch, 0.0, 111)
        x, y = dx / (pitch * 0.26), -(dy - pitch * 0.03) / (pitch * 0.26)
        shape = x * x + (1.15 * y - 0.75 * np.sqrt(np.abs(x))) ** 2 - 1.0
        return mix(ground_of(u, ground), heart, edge(shape * pitch * 0.13, 0.8))

    return texture


def stars(ground: Colour, star: Colour, pitch: float = 54) -> Texture:
    """Scattered five-pointed stars of two sizes."""

    def texture(u: Field, v: Field) -> Field:
        dx, dy, a, b = scattered(u, v, pitch, 0.4, 121)
        angle = np.arctan2(dy, dx) + a * 6.283
        sector = np.abs(((angle / (2 * math.pi / 5)) % 1) - 0.5) * 2 * math.pi / 5
        radius = np.hypot(dx, dy)
        reach = pitch * (0.2 + 0.16 * b)
        x, y = radius * np.cos(sector), radius * np.sin(sector)
        nx, ny = reach * 0.42 * math.sin(math.pi / 5), reach * (1 - 0.42 * math.cos(math.pi / 5))
        distance = (nx * (x - reach) + ny * y) / np.hypot(nx, ny)
        return mix(ground_of(u, ground), star, edge(distance, 0.9))

    return texture


def ombre(top: Colour, bottom: Colour, start: float = 120, end: float = 500) -> Texture:
    """One colour that runs into another, downwards."""

    def texture(u: Field, v: Field) -> Field:
        t = np.clip((v - start) / (end - start), 0, 1)
        return mix(ground_of(u, top), bottom, t * t * (3 - 2 * t))

    return texture
