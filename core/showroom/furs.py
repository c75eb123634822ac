"""Animal prints."""

from __future__ import annotations

import numpy as np

from core.showroom.canvas import Colour, Field, Texture
from core.showroom.fields import edge, ground_of, mix, noise, scattered


def leopard(base: Colour, inner: Colour, dark: Colour, pitch: float = 46) -> Texture:
    """Fur with rosettes: broken dark rings around a darker ground, and small solid spots between them."""

    def texture(u: Field, v: Field) -> Field:
        wu = u + 9 * (noise(u, v, 34, 21) - 0.5)
        wv = v + 9 * (noise(u, v, 34, 22) - 0.5)
        fur = noise(u * 0.9 + 0.5 * v, v * 0.22, 3.0, 23) - 0.5
        ground = ground_of(u, base) * (1 + 0.16 * fur + 0.3 * (noise(u, v, 150, 24) - 0.5))[..., None]
        dx, dy, a, b = scattered(wu, wv, pitch, 0.62, 31)
        angle = np.arctan2(dy, dx * (0.85 + 0.3 * a)) + 6.283 * a
        radius = np.hypot(dx * (0.9 + 0.25 * b), dy) + 3.0 * (noise(u, v, 9, 25) - 0.5)
        size = pitch * (0.25 + 0.08 * b)
        thick = pitch * (0.085 + 0.05 * np.sin(3 * angle + 9 * b) + 0.03 * np.sin(5 * angle + 17 * a))
        colours = mix(ground, np.array(inner), 0.85 * edge(radius - size, 3.0))
        ring = edge(np.abs(radius - size) - thick, 1.3) * (thick > pitch * 0.02)
        ring = np.where(a > 0.85, edge(radius - size * 0.75, 1.5), ring)
        ex, ey, c, _ = scattered(wu + pitch / 2, wv + pitch / 2, pitch, 0.5, 41)
        small = edge(np.hypot(ex, ey * (0.8 + 0.6 * c)) - pitch * (0.05 + 0.06 * c), 1.5)
        clear = edge(size + pitch * 0.17 - radius, 2.0)
        return mix(colours, np.array(dark), np.maximum(ring, small * clear) * (0.94 + 0.12 * fur))

    return texture


def zebra(light: Colour, dark: Colour, pitch: float = 42) -> Texture:
    """Stripes that wander, swell and fork."""

    def texture(u: Field, v: Field) -> Field:
        bend = 58 * (noise(u, v, 130, 51) - 0.5) + 26 * (noise(u, v, 55, 52) - 0.5)
        phase = (u * 0.32 + v + bend + 14 * np.sin(u / 60)) / pitch
        width = 0.08 + 0.55 * (noise(u * 0.7, v, 48, 53) - 0.5)
        stripes = edge((np.abs(((phase % 1) - 0.5) * 2) - 0.5 - width * 0.5) * pitch / 2, 1.0)
        fur = 1 + 0.05 * (noise(u * 0.3, v, 2.5, 54) - 0.5)
        return mix(ground_of(u, light), dark, stripes) * fur[..., None]

    return texture
