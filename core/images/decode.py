"""Safe decoding: caps first, then structure, then pixels.

The decoder is chosen from the bytes and called directly, never through ``Image.open``: no plugin beyond
the seven accepted formats can be reached, and Pillow's process-wide pixel limit and its warnings, which
threads would share, play no part.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable
from pathlib import Path

import structlog
from PIL import AvifImagePlugin, BmpImagePlugin, GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from pillow_heif import HeifImageFile

from core.errors import PictureError
from core.images.exif import orientation, swaps_sides, upright
from core.images.pixels import reduction, working_copy
from core.images.sniff import Kind, kind_of
from core.images.strip import Malformed, strip
from core.models import Picture
from core.settings import ImageSettings
from core.words import Sentence

_OPENERS: dict[Kind, Callable[[io.BytesIO], Image.Image]] = {
    Kind.JPEG: JpegImagePlugin.JpegImageFile,
    Kind.PNG: PngImagePlugin.PngImageFile,
    Kind.WEBP: WebPImagePlugin.WebPImageFile,
    Kind.GIF: GifImagePlugin.GifImageFile,
    Kind.BMP: BmpImagePlugin.BmpImageFile,
    Kind.HEIC: HeifImageFile,
    Kind.AVIF: AvifImagePlugin.AvifImageFile,
}

# What the wrappers of the decoders raise on damaged bytes, as seen in fuzzing and in their sources.
_BROKEN = (
    Malformed,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    RuntimeError,
    MemoryError,
)
_STORED = ImageSettings(max_bytes=1 << 31, max_pixels=1 << 28)
_DAMAGED = Sentence("picture.damaged_advice")
_SMALLER = Sentence("picture.smaller_advice")
_SHOWN_NAME = 80


def decode(data: bytes, limits: ImageSettings, name: str = "") -> Picture:
    """Decode one picture. Safe in threads; GIF, WebP, AVIF and HEIC sequences give their first picture.

    Args:
        data: the file's bytes.
        limits: caps on bytes and pixels, checked before anything is decoded.
        name: how the file is called in the reason; empty: "This".

    Raises:
        PictureError: no usable picture; reason and advice are fit to be shown.
    """
    subject = _subject(name)
    if not data:
        raise PictureError(Sentence("picture.empty", file=subject), Sentence("picture.empty_advice"))
    _check_bytes(len(data), limits, subject)
    kind = kind_of(data, subject)
    try:
        size, image = _decode(data, kind, limits, subject)
    except Image.DecompressionBombError as error:
        most = _mega(limits.max_pixels)
        raise PictureError(Sentence("picture.far_too_many_pixels", file=subject, most=most), _SMALLER) from error
    except _BROKEN as error:
        structlog.get_logger(__name__).info("picture_broken", kind=kind.name, error=type(error).__name__)
        raise PictureError(Sentence("picture.damaged", file=subject, format=kind.name), _DAMAGED) from error
    return Picture(content_hash(data), data, kind.value, size, image)


def decode_stored(data: bytes) -> Picture:
    """Decode a picture of our own store: it passed the limits when it came, which may have been lowered since.

    Raises:
        PictureError: it cannot be decoded (any more).
    """
    return decode(data, _STORED)


def _decode(data: bytes, kind: Kind, limits: ImageSettings, subject: str) -> tuple[tuple[int, int], Image.Image]:
    stripped = strip(data, kind)
    with _OPENERS[kind](io.BytesIO(stripped.data)) as image:
        _check_pixels(image.size, limits, subject)
        turn = orientation(stripped.exif or _exif(image))
        width, height = image.size
        factor = reduction(width, height)
        if kind is Kind.JPEG and factor > 1:
            image.draft(None, (max(1, width // factor), max(1, height // factor)))
        image.load()
        _check_pixels(image.size, limits, subject)
        copy = upright(working_copy(image), turn)
    return ((height, width) if swaps_sides(turn) else (width, height)), _plain(copy)


def _exif(image: Image.Image) -> bytes:
    block = image.info.get("exif")
    return block if isinstance(block, bytes) else b""


def _plain(image: Image.Image) -> Image.Image:
    """Pixels alone: no file, profile or other side matter."""
    plain = image if type(image) is Image.Image else image.crop((0, 0, *image.size))
    plain.info = {}
    return plain


def _check_bytes(count: int, limits: ImageSettings, subject: str) -> None:
    if count > limits.max_bytes:
        size, most = _mega(count), _mega(limits.max_bytes)
        raise PictureError(Sentence("picture.too_many_bytes", file=subject, size=size, most=most), _SMALLER)


def _check_pixels(size: tuple[int, int], limits: ImageSettings, subject: str) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise PictureError(Sentence("picture.no_pixels", file=subject), _DAMAGED)
    if width * height > limits.max_pixels:
        reason = Sentence(
            "picture.too_many_pixels",
            file=subject,
            width=float(width),
            height=float(height),
            size=_mega(width * height),
            most=_mega(limits.max_pixels),
        )
        raise PictureError(reason, _SMALLER)


def _mega(count: int) -> float:
    return count / 1_000_000


def _subject(name: str) -> Sentence:
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter for letter in base if letter.isprintable())
    if len(shown) > _SHOWN_NAME:
        shown = shown[: _SHOWN_NAME - 1] + "…"
    return Sentence("picture.named", name=shown) if shown.strip() else Sentence("picture.this")


def read(path: Path, limits: ImageSettings) -> Picture:
    """Read and decode a file; never more than the cap on bytes is read.

    Raises:
        PictureError: no such file, not readable, or no usable picture.
    """
    subject = _subject(path.name)
    try:
        if path.is_dir():
            raise PictureError(f"{subject} is a folder, not a picture.", "Name a file in it.")
        if path.exists() and not path.is_file():
            raise PictureError(f"{subject} is a device or pipe, not a picture file.", "Name a picture file.")
        with path.open("rb") as file:
            _check_bytes(path.stat().st_size, limits, subject)
            data = file.read(limits.max_bytes + 1)
    except FileNotFoundError as error:
        raise PictureError(f"{subject} does not exist.", "Check the name and the folder.") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "the name is not usable"
        raise PictureError(f"{subject} cannot be read: {why}.", "Check its name and permissions.") from error
    return decode(data, limits, path.name)


def thumbnail(image: Image.Image, size: int) -> bytes:
    """A small JPEG of ``image`` (RGB) whose long side is at most ``size`` pixels; aspect kept, never enlarged."""
    small = image.copy()
    small.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=82)
    return out.getvalue()


def content_hash(data: bytes) -> str:
    """SHA-256 of the bytes, 64 lower-case hex digits: a picture's name everywhere."""
    return hashlib.sha256(data).hexdigest()
