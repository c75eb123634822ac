"""A leopard in the grass, drawn: the picture with which the tutorial asks for a phone case.

An ImageNet network takes it for a cheetah, leopard or jaguar, which a piece of fur alone does not reach.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image

from core.showroom.canvas import XX, YY, Field, Point, Texture, blob, ellipse, hexa, line, relief, soft
from core.showroom.fields import noise
from core.showroom.furs import leopard
from core.showroom.studio import MAIN, PRINT, TRIM, Fabric, Studio

_GOLD, _BROWN, _DARK = hexa("#d3a258"), hexa("#a9702f"), hexa("#1d120b")
_CREAM, _ROSE, _AMBER, _WHITE = hexa("#efe0c4"), hexa("#8a4a42"), hexa("#c9a63a"), hexa("#fbf6ea")
_STRAW = (hexa("#b59a55"), hexa("#8f7a3e"), hexa("#cdb26b"))
_FACE = (118.0, 206.0)


def leopard_in_grass() -> Image.Image:
    """480×480, RGB: from the side, looking at the viewer."""
    studio = Studio([Fabric(leopard(_GOLD, _BROWN, _DARK, 25), _GOLD, _DARK)], ("#ffffff",))
    studio.paint(np.ones_like(XX), lambda _: _savanna)
    studio.ground(320, 500, 205, 14, 0.5)
    _tail(studio)
    for path in ([(240, 320), (256, 400), (246, 450), (250, 486)], [(424, 320), (408, 400), (430, 446), (424, 486)]):
        _leg(studio, path, 40, 0.72)
    _trunk(studio)
    for path in ([(196, 306), (182, 390), (190, 450), (182, 492)], [(462, 300), (486, 380), (468, 440), (478, 492)]):
        _leg(studio, path, 48, 1.0)
    _head(studio)
    _grass(studio)
    return studio.images()[0]


def _savanna(u: Field, v: Field) -> Field:
    far = np.array(hexa("#b9b08a")) * (0.85 + 0.3 * noise(u, v * 2, 60, 201))[..., None]
    blades = 0.6 + 0.5 * noise(u, v * 0.25, 9, 202) + 0.2 * noise(u, v * 0.2, 3, 203)
    near = np.array(hexa("#a58d4e")) * blades[..., None]
    depth = np.clip((v - 250) / 120, 0, 1)[..., None]
    return np.asarray(far * (1 - depth) + near * depth, dtype=np.float64)


def _tail(studio: Studio) -> None:
    tail = line([(490, 252), (536, 268), (564, 328), (570, 390), (556, 428), (564, 450)], 21)
    studio.paint(tail, PRINT, relief(tail, 8, 1.1))
    studio.paint(ellipse(563, 446, 12, 17), TRIM)


def _leg(studio: Studio, path: Sequence[Point], width: float, dim: float) -> None:
    leg, (x, y) = line(path, width), path[-1]
    studio.paint(leg, PRINT, dim * relief(leg, 10, 1.0))
    paw = ellipse(x - 9, y + 3, width * 0.68, width * 0.36)
    studio.paint(paw, PRINT, dim * relief(paw, 6, 1.0))


def _trunk(studio: Studio) -> None:
    trunk = blob([
        (150, 250), (190, 220), (260, 214), (340, 222), (420, 212), (480, 230), (508, 276), (502, 330), (452, 352),
        (380, 362), (300, 366), (230, 358), (180, 340), (150, 300),
    ])  # fmt: skip
    shade = 1.05 - 0.3 * np.clip((YY - 300) / 70, 0, 1)
    studio.paint(trunk, PRINT, relief(trunk, 34, 1.2) * shade)
    for muscle in (ellipse(456, 284, 52, 64), ellipse(198, 284, 50, 62)):
        studio.paint(soft(muscle, 7) * trunk, PRINT, relief(muscle, 30, 1.0))
    neck = blob([(112, 214), (165, 200), (222, 222), (226, 300), (176, 316), (124, 284)])
    studio.paint(neck, PRINT, relief(neck, 26, 0.9))


def _head(studio: Studio) -> None:
    for x, y in ((86, 154), (150, 148)):
        ear = ellipse(x, y, 21, 22)
        studio.paint(ear, TRIM, relief(ear, 6, 1.0), shine=0.06)
        studio.paint(ellipse(x + 2, y + 5, 12, 13), MAIN)
    head = blob([
        (70, 190), (82, 154), (118, 140), (156, 152), (174, 190), (170, 230), (150, 260), (120, 272), (90, 260),
        (72, 230),
    ])  # fmt: skip
    fine: Texture = leopard(_GOLD, _BROWN, _DARK, 16)
    studio.paint(head, lambda _: fine, relief(head, 22, 1.2))
    muzzle = blob([(94, 228), (118, 220), (146, 228), (152, 250), (138, 268), (119, 274), (100, 268), (88, 250)])
    studio.paint(soft(muzzle, 4) * head, _CREAM, relief(muzzle, 12, 1.0))
    studio.paint(blob([(104, 223), (119, 220), (134, 223), (127, 236), (119, 240), (111, 236)]), _ROSE)
    studio.paint(line([(119, 240), (119, 252)], 3, smooth=False), TRIM)
    studio.paint(line([(101, 258), (110, 257), (119, 251), (128, 257), (138, 258)], 3.4), TRIM)
    for side in (-1, 1):
        _eye(studio, _FACE[0] + side * 25, 196)
        for k in range(4):
            studio.paint(ellipse(_FACE[0] + side * (13 + k * 6), 245 + k % 2 * 7, 1.7, 1.7), TRIM)
        for k in range(3):
            reach = [(_FACE[0] + side * x, y) for x, y in ((18, 246 + k * 6), (50, 241 + k * 9), (72, 245 + k * 13))]
            studio.paint(line(reach, 1.2), _WHITE)


def _eye(studio: Studio, x: float, y: float) -> None:
    studio.paint(line([(x - 15, y + 1), (x, y - 10), (x + 15, y - 1), (x, y + 10), (x - 15, y + 1)], 5), TRIM)
    studio.paint(blob([(x - 13, y), (x, y - 9), (x + 13, y - 2), (x, y + 8)]), _AMBER)
    studio.paint(ellipse(x, y, 4.5, 6.5), TRIM)
    studio.paint(ellipse(x - 2, y - 3, 1.8, 1.8), _WHITE)


def _grass(studio: Studio) -> None:
    for k in range(130):
        x, y = k * 47.3 % 600, 508 + k * 31 % 95
        tip = (x + 16 * math.sin(k * 1.7), y - 40 - 14 * math.sin(k * 2.2))
        studio.paint(line([(x, y), (x + 6 * math.sin(k), y - 26), tip], 2.6), _STRAW[k % 3])
