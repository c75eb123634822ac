"""The one EXIF field that matters here: which way is up."""

from __future__ import annotations

import struct

from PIL import Image

_ORIENTATION = 0x0112
_SHORT = 3
_TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def orientation(exif: bytes) -> int:
    """Read the orientation, 1 to 8; 1 (upright) when absent or unreadable.

    Pillow's own reader copies and warns about every field before one can be asked for, and raises on some
    damage. This one looks at the first directory alone (TIFF 6.0, section 2), so that a good picture with
    broken EXIF stays a good picture.
    """
    block = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return 1
    try:
        (directory,) = struct.unpack_from(order + "I", block, 4)
        (count,) = struct.unpack_from(order + "H", block, directory)
        for entry in range(directory + 2, directory + 2 + 12 * count, 12):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", block, entry)
            if tag == _ORIENTATION:
                return value if kind == _SHORT and 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def swaps_sides(turn: int) -> bool:
    """Whether orientation ``turn`` exchanges width and height."""
    return turn >= 5


def upright(image: Image.Image, turn: int) -> Image.Image:
    """Turn ``image`` as orientation ``turn`` asks."""
    return image.transpose(_TURN[turn]) if turn in _TURN else image
