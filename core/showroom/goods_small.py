"""Cap, socks and sneakers."""

from __future__ import annotations

import numpy as np

from core.showroom.canvas import XX, YY, blob, ellipse, hexa, line, polygon, relief
from core.showroom.cloth import folds
from core.showroom.studio import INSIDE, PRINT, TRIM, Studio


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
