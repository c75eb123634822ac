"""Clothes: T-shirt, dress, scarf."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.showroom.canvas import XX, YY, Field, Point, blob, line, polygon, relief
from core.showroom.cloth import folds, mirrored
from core.showroom.studio import INSIDE, PRINT, TRIM, Studio


def t_shirt(studio: Studio) -> None:
    """A crew-neck T-shirt, laid flat."""
    half: list[Point] = [
        (300, 150), (334, 138), (352, 104), (352, 104), (392, 117), (438, 136), (470, 176), (522, 268), (522, 268),
        (484, 292), (446, 306), (446, 306), (428, 262), (415, 236), (415, 236), (412, 330), (416, 430), (420, 512),
        (420, 512), (360, 520), (300, 521),
    ]  # fmt: skip
    shirt = blob(mirrored(half))
    studio.shadow(shirt, (8, 12), 14, 0.28)
    back = blob([(248, 104), (248, 104), (300, 118), (352, 104), (352, 104), (336, 140), (300, 154), (264, 140)])
    studio.paint(back, INSIDE, 1.2)
    studio.paint(shirt, PRINT, folds(11) * relief(shirt, 9, 0.95))
    for side in (1, -1):
        seam = line([(300 + side * 114, 238), (300 + side * 108, 190), (300 + side * 122, 130)], 2.0)
        studio.shade(seam * shirt, 0.22)
        studio.shade(np.clip(line([(300 + side * 112, 246), (300 + side * 84, 290)], 9), 0, 1) * shirt, 0.1)
        studio.shade(line([(300 + side * 141, 298), (300 + side * 217, 258)], 1.6) * shirt, 0.22)
    collar = line([(248, 106), (264, 138), (300, 154), (336, 138), (352, 106)], 13)
    studio.shade(line([(249, 112), (266, 146), (300, 162), (334, 146), (351, 112)], 8) * shirt, 0.16)
    studio.paint(collar, TRIM, relief(collar, 3, 0.7))
    studio.shade(line([(181, 500), (300, 509), (419, 500)], 1.6) * shirt, 0.22)


def dress(studio: Studio) -> None:
    """A sleeveless A-line dress with a belt."""
    half: list[Point] = [
        (300, 158), (326, 140), (336, 78), (336, 78), (362, 80), (362, 80), (362, 140), (384, 184), (384, 184),
        (370, 236), (358, 284), (358, 284), (392, 380), (436, 470), (462, 532), (462, 532), (386, 550), (300, 553),
    ]  # fmt: skip
    shape = blob(mirrored(half))
    studio.shadow(shape, (9, 12), 14, 0.28)
    studio.paint(
        blob([(264, 79), (264, 79), (300, 120), (336, 79), (336, 79), (328, 142), (300, 160), (272, 142)]), INSIDE, 1.1
    )
    fan = (XX - 300) / np.maximum(YY - 150, 60)
    pleats = np.where(YY > 284, 0.1 * np.sin(fan * 46) * np.clip((YY - 284) / 120, 0, 1), 0.0)
    flare = np.where(YY > 284, 1 + (YY - 284) / 460, 1.0)
    studio.paint(
        shape,
        PRINT,
        (folds(15, 0.1) + pleats) * relief(shape, 8, 1.0),
        u=300 + (XX - 300) / flare,
        v=YY,
    )
    belt = polygon([(241, 277), (359, 277), (360, 297), (240, 297)])
    studio.paint(belt, TRIM, 1 - 0.18 * np.abs(XX - 290) / 60)
    studio.shade(line([(138, 520), (300, 541), (462, 520)], 1.6) * shape, 0.2)


def scarf(studio: Studio) -> None:
    """A scarf as it is worn: slung around, both ends hanging, with fringes."""
    ring = blob([(300, 66), (390, 78), (438, 126), (416, 196), (300, 236), (184, 196), (162, 126), (210, 78)])
    hole = blob([(300, 84), (376, 94), (408, 122), (372, 154), (300, 166), (228, 154), (192, 122), (224, 94)])
    loop = ring * (1 - hole)
    ends = (
        _ScarfEnd((276, 206), (356, 196), (412, 494), (322, 512), -9.0),
        _ScarfEnd((214, 200), (306, 214), (290, 530), (196, 520), 5.0),
    )
    studio.shadow(np.maximum.reduce([loop, *(end.mask() for end in ends)]), (9, 13), 14, 0.28)
    studio.paint(hole, INSIDE, 0.75 + 0.5 * np.clip((YY - 96) / 90, 0, 1))
    for end, dim in zip(ends, (0.88, 1.0), strict=True):
        end.draw(studio, dim)
    angle = np.arctan2((YY - 128) * 1.7, XX - 300)
    reach = np.hypot(XX - 300, (YY - 128) * 1.7)
    creases = 1 + 0.13 * np.sin(reach / 7 + 2.2 * np.sin(angle * 2 + 0.6)) * np.clip((YY - 70) / 70, 0, 1)
    hanging = np.maximum(*(end.mask() for end in ends))
    studio.shade(np.clip(np.roll(loop, 9, axis=0) - loop, 0, 1) * hanging, 0.35)
    studio.paint(loop, PRINT, creases * relief(loop, 11, 0.9), u=angle * 130, v=reach)


@dataclass(frozen=True, slots=True)
class _ScarfEnd:
    """One hanging end: its corners, and by how many degrees it leans."""

    top_left: Point
    top_right: Point
    bottom_right: Point
    bottom_left: Point
    lean: float

    def mask(self) -> Field:
        (x1, y1), (x2, y2) = self.top_right, self.bottom_right
        (x3, y3), (x4, y4) = self.bottom_left, self.top_left
        right, left = ((x1 + x2) / 2 + 5, (y1 + y2) / 2), ((x3 + x4) / 2 - 5, (y3 + y4) / 2)
        corners = [self.top_left, self.top_right, right, self.bottom_right, self.bottom_left, left]
        return blob([point for point in corners for _ in range(1 if point in (right, left) else 2)])

    def draw(self, studio: Studio, dim: float) -> None:
        (left, left_y), (right, right_y) = self.bottom_left, self.bottom_right
        for k in range(14):
            x, y = left + 2 + (right - left - 4) * k / 13, left_y + (right_y - left_y) * k / 13 - 5
            sway = 4 * math.sin(k * 2.3)
            strand = line(
                [(x, y), (x - self.lean * 0.2 + sway, y + 22), (x - self.lean * 0.4 - sway * 0.5, y + 46)], 3.6
            )
            studio.paint(strand, TRIM, dim * (0.84 + 0.06 * (k % 4)))
        end = self.mask()
        cos, sin = math.cos(math.radians(self.lean)), math.sin(math.radians(self.lean))
        studio.paint(
            end,
            PRINT,
            dim * folds(27, 0.2, self.lean / 40) * relief(end, 9, 0.9),
            u=XX * cos + YY * sin,
            v=YY * cos - XX * sin,
        )
