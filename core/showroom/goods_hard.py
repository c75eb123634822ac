"""Products of hard stuff: phone case, mug, water bottle, notebook, umbrella."""

from __future__ import annotations

import math

import numpy as np

from core.showroom.canvas import (
    XX,
    YY,
    Field,
    box_points,
    cylinder,
    ellipse,
    hexa,
    line,
    polygon,
    relief,
    spline,
    turned,
)
from core.showroom.studio import INSIDE, MAIN, PRINT, TRIM, Studio

_GLASS, _STEEL, _PAPER = hexa("#17191e"), hexa("#c9ccd2"), hexa("#faf7f0")


def _turned_uv(degrees: float) -> tuple[Field, Field]:
    """Coordinates that turn with a thing that lies turned by ``degrees``."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return 300 + (XX - 300) * cos + (YY - 300) * sin, 300 - (XX - 300) * sin + (YY - 300) * cos


def phone_case(studio: Studio) -> None:
    """The back of a phone in its case, lying slightly turned."""
    turn = 9.0
    u, v = _turned_uv(turn)

    def part(left: float, top: float, right: float, bottom: float, radius: float) -> Field:
        return polygon(turned(box_points((left, top, right, bottom), radius), turn))

    case = part(182, 62, 418, 538, 44)
    studio.shadow(case, (12, 16), 16, 0.34)
    studio.paint(case, TRIM, relief(case, 5, 1.1))
    face = part(188, 68, 412, 532, 39)
    gloss = 0.13 * np.exp(-(((u * 0.8 - v * 0.5 - 20) / 46) ** 2))
    studio.paint(face, PRINT, relief(face, 9, 0.9), u=u, v=v, shine=gloss)
    studio.shade(part(200, 82, 306, 192, 31), 0.35)
    island = part(203, 85, 303, 189, 28)
    studio.paint(island, _GLASS, 1.0, shine=0.1 * np.exp(-(((u - v - 110) / 20) ** 2)))
    for x, y, size in ((231, 113, 21), (231, 161, 21), (276, 137, 21)):
        ((cx, cy),) = turned([(x, y)], turn)
        studio.paint(ellipse(cx, cy, size, size), hexa("#50545d"), relief(ellipse(cx, cy, size, size), 4, 1.2))
        studio.paint(ellipse(cx, cy, size * 0.8, size * 0.8), hexa("#08090c"))
        studio.paint(ellipse(cx, cy, size * 0.42, size * 0.42), hexa("#27324f"))
        studio.paint(ellipse(cx - 5, cy - 6, 3.6, 3.6), hexa("#c8d4ee"))
    ((fx, fy),) = turned([(277, 101)], turn)
    studio.paint(ellipse(fx, fy, 6, 6), hexa("#f3e7c2"))


def mug(studio: Studio) -> None:
    """A straight mug with its handle to the right, seen a little from above."""
    studio.ground(300, 462, 150, 20)
    ring = ellipse(409, 310, 76, 92) * (1 - ellipse(405, 308, 47, 62)) * (XX > 370)
    studio.paint(ring, MAIN, relief(ring, 6, 1.2))
    rim, base = ellipse(275, 165, 125, 27), ellipse(275, 452, 119, 25)
    body = np.maximum(np.maximum(polygon([(150, 165), (400, 165), (394, 452), (156, 452)]), base), rim)
    u, light = cylinder(150, 400)
    bow = 25 * np.sqrt(np.clip(1 - ((XX - 275) / 125) ** 2, 0, 1))
    studio.paint(body, PRINT, light * (1 - 0.12 * np.clip((YY - 430) / 40, 0, 1)), u=u + 275, v=YY - bow)
    studio.paint(rim, hexa("#fdfcfa"))
    well = ellipse(275, 167, 116, 21.5)
    studio.paint(well, hexa("#efe9e1"), 0.62 + 0.42 * np.clip((XX - 160) / 230, 0, 1))
    studio.paint(ellipse(275, 176, 104, 13) * well, hexa("#5b3a24"), 1.0, shine=0.12 * np.clip((250 - XX) / 4, 0, 1))


def water_bottle(studio: Studio) -> None:
    """An insulated bottle with a screw cap and a loop."""
    studio.ground(300, 536, 92, 15)
    half = [(0, 172), (30, 172), (44, 186), (74, 218), (80, 250), (80, 250), (80, 500), (80, 500), (76, 526), (60, 534)]
    right = [(300 + x, y) for x, y in half]
    body = polygon(spline([*right, *[(600 - x, y) for x, y in reversed(right)]]))
    u, light = cylinder(220, 380)
    bow = 9 * np.sqrt(np.clip(1 - ((XX - 300) / 80) ** 2, 0, 1))
    studio.paint(body, PRINT, light, u=u + 300, v=YY - bow)
    _, narrow = cylinder(256, 344)
    studio.paint(polygon(box_points((258, 158, 342, 176), 5)), _STEEL, narrow * 1.05)
    loop = ellipse(300, 92, 36, 32) * (1 - ellipse(300, 94, 22, 19)) * (YY < 110)
    studio.paint(loop, TRIM, relief(loop, 4, 1.0))
    cap = polygon(box_points((254, 100, 346, 162), 11))
    studio.paint(cap, TRIM, narrow)
    for x in range(266, 340, 9):
        studio.shade(polygon([(x, 112), (x + 2.4, 112), (x + 2.4, 156), (x, 156)]), 0.25)


def notebook(studio: Studio) -> None:
    """A hardcover notebook with an elastic band and a ribbon."""
    turn = -7.0
    u, v = _turned_uv(turn)

    def part(left: float, top: float, right: float, bottom: float, radius: float = 2) -> Field:
        return polygon(turned(box_points((left, top, right, bottom), radius), turn))

    studio.shadow(part(150, 84, 452, 522, 14), (12, 15), 15, 0.36)
    ribbon = part(292, 500, 306, 562)
    studio.paint(ribbon, TRIM, 0.9)
    studio.paint(part(152, 86, 454, 524, 14), MAIN, 0.5)
    studio.paint(part(158, 90, 450, 518, 8), _PAPER, 0.93 + 0.05 * np.sin(u * 2.6))
    cover = part(148, 80, 444, 512, 15)
    studio.paint(cover, PRINT, relief(cover, 6, 0.7) * (1.03 - 0.08 * v / 600), u=u, v=v)
    studio.shade(part(174, 81, 179, 511), 0.3)
    studio.paint(part(179, 81, 181, 511), (1.0, 1.0, 1.0), 1.0, shine=0.0)
    studio.shade(part(179, 81, 181, 511), 0.45)
    studio.shade(part(402, 80, 416, 512), 0.3)
    studio.paint(part(400, 79, 412, 513), TRIM, 1.0)


def umbrella(studio: Studio) -> None:
    """An open umbrella with a wooden handle."""
    studio.ground(300, 566, 150, 10, 0.2)
    top = (300.0, 96.0)
    ends = [(72, 336), (184, 326), (300, 322), (416, 326), (528, 336)]
    dome = spline(
        [(72, 336), (72, 336), (112, 216), (196, 128), (300, 96), (404, 128), (488, 216), (528, 336), (528, 336)]
    )
    hem: list[tuple[float, float]] = []
    for (x1, y1), (x2, y2) in zip(ends[::-1][:-1], ends[::-1][1:], strict=True):
        hem += spline(
            [(x1, y1), ((x1 * 3 + x2) / 4, y1 - 17), ((x1 + x2) / 2, y1 - 24), ((x1 + x2 * 3) / 4, y2 - 17), (x2, y2)],
            closed=False,
        )
    dome_only = [p for p in dome if p[1] <= 336.5]
    canopy = polygon([*dome_only, *hem])
    shaft = line([(300, 300), (300, 500)], 9, smooth=False)
    studio.paint(shaft, hexa("#3a3d44"), 0.85 + 0.5 * np.exp(-(((XX - 298) / 2) ** 2)))
    hook = line([(300, 478), (300, 520), (308, 548), (330, 556), (350, 544), (354, 522)], 17)
    studio.paint(hook, hexa("#8a5a33"), relief(hook, 4, 1.1))
    studio.paint(line([(300, 78), (300, 104)], 8, smooth=False), hexa("#3a3d44"))
    under = polygon([(74, 335), (98, 298), (502, 298), (526, 335), (410, 346), (300, 350), (190, 346)])
    studio.paint(under, INSIDE)
    fan = np.arctan2(XX - top[0], YY - top[1] + 60)
    tone = 1.02 - 0.2 * np.sin(np.clip(fan, -1.3, 1.3)) - 0.1 * np.abs(np.sin(fan * 3.0 + 1.57)) ** 3
    studio.paint(canopy, PRINT, tone * relief(canopy, 16, 0.7))
    for x, y in ends[1:-1]:
        rib = line([top, ((top[0] + x) / 2 + (x - 300) * 0.16, (top[1] + y) / 2 - 12), (x, y)], 2.2)
        studio.shade(rib * canopy, 0.32)
