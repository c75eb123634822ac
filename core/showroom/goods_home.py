"""Products to carry and to live with: tote bag, backpack, cushion."""

from __future__ import annotations

import numpy as np

from core.showroom.canvas import XX, YY, blob, box_points, hexa, line, polygon, relief
from core.showroom.cloth import folds, outline
from core.showroom.studio import PRINT, TRIM, Studio

_ZIP, _LEATHER = hexa("#2b2d33"), hexa("#7d5233")


def tote_bag(studio: Studio) -> None:
    """A canvas shopper with two handles."""
    studio.ground(300, 538, 175, 14, 0.3)
    behind = line([(218, 236), (222, 150), (262, 92), (338, 92), (378, 150), (382, 236)], 17)
    studio.paint(behind, TRIM, 0.72)
    bag = blob([
        (148, 224), (148, 224), (300, 230), (452, 224), (452, 224), (462, 380), (468, 520), (468, 520), (456, 536),
        (300, 541), (144, 536), (132, 520), (132, 520), (138, 380),
    ])  # fmt: skip
    studio.shadow(bag, (8, 8), 14, 0.18)
    studio.paint(bag, PRINT, folds(61, 0.13) * relief(bag, 14, 1.0) * (1.02 - 0.1 * np.clip((YY - 440) / 100, 0, 1)))
    studio.shade(line([(150, 258), (300, 264), (450, 258)], 2.0) * bag, 0.26)
    front = line([(206, 282), (206, 232), (212, 172), (256, 112), (344, 112), (388, 172), (394, 232), (394, 282)], 18)
    studio.shade(np.roll(front, (7, 5), axis=(0, 1)) * bag, 0.22)
    studio.paint(front, TRIM, relief(front, 4, 0.8))
    for x in (206, 394):
        for a, b in (((-7, 262), (7, 282)), ((7, 262), (-7, 282))):
            studio.shade(line([(x + a[0], a[1]), (x + b[0], b[1])], 1.6, smooth=False), 0.3)


def backpack(studio: Studio) -> None:
    """A daypack from the front."""
    studio.ground(300, 540, 158, 15)
    for side in (1, -1):
        strap = line(
            [(300 + side * 96, 150), (300 + side * 168, 250), (300 + side * 172, 380), (300 + side * 128, 500)], 24
        )
        studio.paint(strap, TRIM, 0.85 * relief(strap, 6, 0.8))
    grip = line([(262, 116), (266, 72), (300, 60), (334, 72), (338, 116)], 15)
    studio.paint(grip, TRIM, relief(grip, 4, 0.9))
    body = blob([
        (300, 92), (374, 104), (424, 158), (442, 250), (446, 400), (440, 500), (412, 536), (300, 542), (188, 536),
        (160, 500), (154, 400), (158, 250), (176, 158), (226, 104),
    ])  # fmt: skip
    studio.shadow(body, (6, 8), 14, 0.2)
    studio.paint(body, PRINT, folds(71, 0.07) * relief(body, 26, 1.3))
    arc = [(172, 300), (178, 214), (216, 150), (300, 130), (384, 150), (422, 214), (428, 300)]
    studio.paint(line(arc, 7), _ZIP)
    studio.paint(line(arc, 2.2), hexa("#8d9098"))
    studio.paint(line([(428, 296), (430, 326)], 6, smooth=False), TRIM, 0.9)
    pocket_points = box_points((186, 344, 414, 522), 42)
    pocket = polygon(pocket_points)
    studio.shade(np.clip(polygon(box_points((182, 338, 418, 528), 46)) - pocket, 0, 1), 0.22)
    studio.paint(pocket, PRINT, relief(pocket, 18, 1.25), u=XX + 31, v=YY + 17)
    studio.paint(line([(204, 384), (300, 390), (396, 384)], 7), _ZIP)
    studio.paint(line([(204, 384), (300, 390), (396, 384)], 2.2), hexa("#8d9098"))
    studio.paint(line([(392, 386), (396, 414)], 6, smooth=False), TRIM, 0.95)
    patch = polygon(box_points((262, 216, 338, 262), 7))
    studio.shade(np.roll(patch, 3, axis=0) * body, 0.3)
    studio.paint(patch, _LEATHER, relief(patch, 4, 0.8))
    studio.shade(line([(276, 239), (324, 239)], 3, smooth=False), 0.35)


def cushion(studio: Studio) -> None:
    """A square cushion with piping."""
    edge = [
        (86, 92), (86, 92), (190, 116), (300, 122), (410, 116), (514, 92), (514, 92), (488, 192), (482, 300),
        (488, 408), (514, 516), (514, 516), (410, 488), (300, 482), (190, 488), (86, 516), (86, 516), (112, 408),
        (118, 300), (112, 192),
    ]  # fmt: skip
    shape = blob(edge)
    studio.shadow(shape, (12, 20), 20, 0.34)
    far = ((XX - 300) ** 2 + (YY - 300) ** 2) / 300**2
    creases = folds(81, 0.1, 0.6) - 1
    corner = np.clip(far - 0.55, 0, 1)
    studio.paint(
        shape,
        PRINT,
        (1 + creases * (0.4 + 2.2 * corner)) * relief(shape, 44, 1.15),
        u=300 + (XX - 300) * (1 + 0.12 * far),
        v=300 + (YY - 300) * (1 + 0.12 * far),
    )
    piping = outline(edge, 8)
    studio.paint(piping, TRIM, relief(piping, 3, 1.0))
