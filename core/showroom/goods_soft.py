"""Products of cloth that is worn: T-shirt, dress, socks, scarf, cap, sneaker."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.showroom.canvas import XX, YY, Field, Point, blob, ellipse, hexa, line, polygon, relief, spline
from core.showroom.patterns import noise
from core.showroom.studio import INSIDE, PRINT, TRIM, Studio


def mirrored(half: list[Point]) -> list[Point]:
    """An outline from its right half, listed from the top centre down to the bottom centre."""
    return [*half, *[(600 - x, y) for x, y in reversed(half)]]


def folds(seed: int, strength: float = 0.16, lean: float = 0.25) -> Field:
    """Light on hanging cloth: long soft folds, a factor around 1."""
    drape = noise(XX + lean * YY, YY * 0.22, 62, seed) - 0.5
    fine = noise(XX - lean * YY, YY * 0.35, 26, seed + 1) - 0.5
    return 1.0 + strength * (drape + 0.45 * fine)


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


def socks(studio: Studio) -> None:
    """A pair of crew socks, one half over the other."""
    for dx, dy, dim in ((82, -26, 0.93), (-42, 22, 1.0)):
        outline = [
            (172, 92), (172, 92), (272, 92), (272, 92), (270, 230), (280, 318), (322, 350), (398, 372), (444, 402),
            (448, 446), (402, 470), (310, 468), (222, 446), (176, 396), (170, 320), (176, 200),
        ]  # fmt: skip
        moved = [(x + dx, y + dy) for x, y in outline]
        sock = blob(moved)
        studio.shadow(sock, (9, 12), 12, 0.28)
        studio.paint(sock, PRINT, dim * folds(19, 0.1) * relief(sock, 12, 0.95), u=XX - dx, v=YY - dy)
        for patch in (
            ellipse(180 + dx, 420 + dy, 58, 56),
            ellipse(452 + dx, 432 + dy, 62, 66),
            polygon([(150 + dx, 80 + dy), (300 + dx, 80 + dy), (300 + dx, 136 + dy), (150 + dx, 136 + dy)]),
        ):
            studio.paint(patch * sock, TRIM, dim * relief(sock, 12, 0.95))
        for x in range(178, 272, 8):
            studio.shade(line([(x + dx, 94 + dy), (x + dx, 133 + dy)], 1.5, smooth=False) * sock, 0.16)


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


def cap(studio: Studio) -> None:
    """A baseball cap, brim to the right."""
    studio.ground(330, 418, 220, 16)
    dome_points = [
        (112, 376), (112, 376), (116, 290), (160, 200), (246, 146), (336, 152), (408, 206), (440, 290), (444, 356),
        (444, 356), (390, 380), (300, 396), (200, 396),
    ]  # fmt: skip
    dome = blob(dome_points)
    brim = blob(
        [
            (270, 388),
            (340, 356),
            (444, 332),
            (444, 332),
            (510, 350),
            (558, 386),
            (566, 412),
            (566, 412),
            (500, 424),
            (400, 420),
            (310, 410),
        ]
    )
    studio.paint(blob([(300, 400), (420, 392), (566, 412), (500, 432), (400, 430)]), INSIDE)
    bulge = relief(dome, 30, 1.35)
    u = 276 + np.arcsin(np.clip((XX - 276) / 190, -0.98, 0.98)) * 175
    studio.paint(dome, PRINT, folds(41, 0.07) * bulge, u=u, v=YY)
    button = (282.0, 148.0)
    for curve in (
        [button, (214, 196), (176, 290), (172, 390)],
        [button, (290, 230), (292, 320), (286, 396)],
        [button, (366, 196), (404, 280), (410, 374)],
    ):
        seam = line(curve, 2.2)
        studio.shade(seam * dome, 0.3)
        studio.shade(np.roll(seam, 4, axis=1) * dome, 0.1)
    for x, y in ((222, 236), (338, 238)):
        studio.paint(ellipse(x, y, 6.5, 6.5), TRIM)
        studio.paint(ellipse(x, y, 3.0, 3.0), hexa("#15161a"))
    studio.shade(line([(114, 366), (200, 386), (300, 386), (390, 370), (440, 348)], 2.0) * dome, 0.25)
    studio.shade(np.clip(np.roll(brim, -10, axis=0), 0, 1) * dome, 0.28)
    studio.paint(brim, TRIM, relief(brim, 10, 1.2) * (1.06 - 0.14 * np.clip((YY - 350) / 70, 0, 1)))
    for inset in (10, 18, 26):
        stitch = line(
            [
                (290, 398 - inset * 0.5),
                (400, 410 - inset),
                (500, 414 - inset),
                (556 - inset, 402 - inset * 0.5),
                (500, 356 + inset * 0.4),
            ],
            1.3,
        )
        studio.shade(stitch * brim, 0.2)
    studio.paint(ellipse(*button, 15, 9), TRIM, relief(ellipse(*button, 15, 9), 4, 1.0))


def sneaker(studio: Studio) -> None:
    """A low sneaker from the side, toe to the right."""
    studio.ground(305, 474, 255, 17)
    white = hexa("#f7f6f3")
    upper = blob([
        (70, 420), (62, 350), (66, 288), (78, 244), (78, 244), (112, 252), (150, 274), (186, 282), (212, 268),
        (244, 226), (262, 208), (262, 208), (286, 222), (300, 240), (300, 240), (350, 292), (408, 330), (470, 350),
        (524, 378), (546, 420), (546, 440), (300, 446), (80, 440),
    ])  # fmt: skip
    lining = blob(
        [(84, 246), (84, 246), (130, 228), (190, 226), (246, 222), (212, 270), (186, 284), (150, 276), (112, 254)]
    )
    studio.paint(lining, TRIM, 0.5)
    studio.paint(upper, PRINT, folds(51, 0.06) * relief(upper, 20, 1.15))
    toe = blob(
        [(452, 340), (452, 340), (524, 374), (550, 420), (552, 452), (552, 452), (420, 452), (420, 452), (426, 390)]
    )
    studio.paint(toe * upper, white, relief(toe * upper, 14, 1.0))
    studio.shade(line([(452, 343), (428, 388), (420, 446)], 2.2) * upper, 0.3)
    heel = blob(
        [(60, 236), (60, 236), (104, 250), (104, 250), (112, 330), (128, 440), (128, 440), (50, 440), (50, 440)]
    )
    studio.paint(heel * upper, TRIM, relief(upper, 20, 1.15))
    panel = blob(
        [
            (250, 232),
            (250, 232),
            (300, 240),
            (300, 240),
            (356, 296),
            (424, 338),
            (424, 338),
            (396, 366),
            (396, 366),
            (318, 326),
            (262, 286),
            (232, 256),
        ]
    )
    studio.paint(panel * upper, TRIM, relief(panel, 6, 0.8))
    for k in range(5):
        t = k / 4
        x, y = 268 + 118 * t, 250 + 84 * t
        lace = line([(x - 22 + 6 * t, y + 26), (x + 6, y + 2), (x + 26, y - 12 + 8 * t)], 10)
        studio.shade(np.roll(lace, 4, axis=0) * upper, 0.3)
        studio.paint(lace, white, relief(lace, 3, 0.9))
    studio.shade(line([(128, 300), (180, 326), (250, 340), (330, 400), (340, 440)], 2.0) * upper, 0.24)
    sole = blob(
        [
            (52, 420),
            (52, 420),
            (54, 452),
            (66, 472),
            (66, 472),
            (300, 478),
            (530, 474),
            (560, 456),
            (564, 428),
            (552, 416),
            (540, 428),
            (420, 436),
            (300, 436),
            (160, 432),
        ]
    )
    studio.paint(sole, white, relief(sole, 9, 0.9))
    studio.paint(line([(58, 446), (300, 456), (480, 454), (562, 440)], 5) * sole, TRIM)
    studio.shade(line([(66, 471), (300, 477), (530, 472)], 5) * sole, 0.3)


def outline(points: Sequence[Point], width: float) -> Field:
    """A stroke all around the closed smooth curve through ``points``."""
    return line([*spline(points), points[0]], width, smooth=False)
