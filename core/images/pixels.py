"""Decoded pixels of any mode → a small RGB working copy, in strips so that memory stays flat."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops

SHORT_SIDE = 480
"""A working copy's short side is reduced to at least this and less than twice this: more than twice the
224 pixels that the encoders see, from where on the resulting vectors no longer change."""

LONG_SIDE = 4096
"""Extreme strips (10×1,000,000) are reduced until their long side fits this."""

_STRIP_PIXELS = 1_000_000
_DEEP = {"I", "F", "I;16", "I;16L", "I;16B", "I;16N"}


def reduction(width: int, height: int) -> int:
    """By which integer factor a picture can be reduced for its working copy; at least 1."""
    return max(1, min(width, height) // SHORT_SIDE, -(-max(width, height) // LONG_SIDE))


def working_copy(image: Image.Image) -> Image.Image:
    """RGB, alpha composited on white, reduced by :func:`reduction`.

    Converting a whole 50-megapixel RGBA picture would hold three copies of it at once; strip by strip,
    only the decoded picture itself is ever large.
    """
    factor = reduction(*image.size)
    if factor == 1:
        return to_rgb(image)
    width, height = image.size
    result = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    levels = _levels(image)
    step = max(1, _STRIP_PIXELS // (width * factor)) * factor
    for top in range(0, height, step):
        strip = image.crop((0, top, width, min(top + step, height)))
        result.paste(to_rgb(strip, levels).reduce(factor), (0, top // factor))
    return result


def to_rgb(image: Image.Image, levels: tuple[float, float] | None = None) -> Image.Image:
    """Any Pillow mode as RGB.

    Args:
        image: any mode, with ``info["transparency"]`` understood (palettes, colour keys).
        levels: black and white point of modes deeper than 8 bits; by default taken from the picture.
    """
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode in _DEEP:
        return _from_deep(image, levels or _levels(image) or (0.0, 255.0))
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        white = Image.new("RGB", rgba.size, "white")
        white.paste(rgba, mask=rgba.getchannel("A"))
        return white
    if image.mode == "CMYK" and image.format == "JPEG" and "adobe" not in image.info:
        # Pillow inverts every CMYK JPEG as Adobe's are; without Adobe's marker the values are plain.
        image = ImageChops.invert(image)
    return image.convert("RGB")


def _levels(image: Image.Image) -> tuple[float, float] | None:
    """Black and white point of deep modes: the full 16-bit range for 16-bit, what occurs for the rest."""
    if image.mode not in _DEEP:
        return None
    if image.mode.startswith("I;16"):
        return (0.0, 65535.0)
    values = np.asarray(image, dtype=np.float32)
    finite = values[np.isfinite(values)]
    if not finite.size:
        return (0.0, 255.0)
    low, high = float(finite.min()), float(finite.max())
    if low >= 0 and high <= 255:
        return (0.0, 255.0)
    return (0.0, 65535.0) if low >= 0 and high <= 65535 and image.mode == "I" else (low, high)


def _from_deep(image: Image.Image, levels: tuple[float, float]) -> Image.Image:
    low, high = levels
    values = np.nan_to_num(np.asarray(image, dtype=np.float32), nan=low, posinf=high, neginf=low)
    scaled = (values - low) * (255.0 / max(high - low, 1e-6))
    return Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8)).convert("RGB")
