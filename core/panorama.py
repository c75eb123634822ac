"""The numbered picture of everything that was considered, with the query beside it.

The look is the tutorial's (milvus-io/bootcamp, multimodal RAG): 3×3 cells of 300 pixels, red numbers on
white, the query in a column of its own with a blue border of 10 pixels. It is read by a ranking model
and by people in a chat, where it is shown 360 to 480 pixels wide: numbers grow with the grid.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from core.fonts import Style, draw_centred, draw_line, layout, width

MOST = 25
_BORDER = 10
_GAP = 10
_PAPER, _CARD, _LINE = "#eceef2", "white", "#d3d7de"
_BLUE, _RED, _INK = "#1f5fe0", "#d8121c", "#1c2430"
_MOST_BYTES = 1_000_000
_QUALITIES = (87, 75, 60, 40)


def draw(
    images: Sequence[Image.Image], query: Sequence[Image.Image], text: str, *, cell: int = 300, caption: str = "query"
) -> bytes:
    """Draw the panorama.

    Args:
        images: 1 to 25 candidates, RGB, in the order of their numbers.
        query: the query's pictures, RGB; several are views of one wish. Empty: ``text`` is drawn instead.
        text: the query's words, any script.
        cell: side of a candidate's square in pixels.
        caption: the word on the query's label.

    Returns:
        An RGB JPEG of less than 1 MB.

    Raises:
        ValueError: no candidates, or more than 25.
    """
    if not 1 <= len(images) <= MOST:
        raise ValueError(f"a panorama shows 1 to {MOST} candidates, not {len(images)}")
    columns, rows = grid(len(images))
    pitch = cell + _GAP
    size = (_GAP + (columns + 1) * pitch + _GAP, _GAP + rows * pitch)
    canvas = Image.new("RGB", size, _PAPER)
    pen = _Pen(canvas, ImageDraw.Draw(canvas))
    label = _label_size(columns, cell)
    _draw_query(pen, _Column(_GAP, _GAP, _GAP + cell, size[1] - _GAP, label), query, text, caption)
    for index, image in enumerate(images):
        left = 2 * _GAP + (index % columns + 1) * pitch
        top = _GAP + (index // columns) * pitch
        pen.place(image, (left, top, left + cell, top + cell))
        canvas.paste(_badge(index + 1, label), (left, top))
    return _jpeg(canvas)


def grid(count: int) -> tuple[int, int]:
    """(columns, rows) for ``count`` candidates: nearly square, never higher than wide."""
    columns = math.ceil(math.sqrt(count))
    return columns, math.ceil(count / columns)


def _label_size(columns: int, cell: int) -> int:
    """Height of letters such that they stay readable when the whole is shown 400 pixels wide."""
    return round(cell * min(0.24, 0.052 + 0.028 * (columns + 1)))


@dataclass(frozen=True, slots=True)
class _Pen:
    """A canvas and what draws on it."""

    canvas: Image.Image
    draw: ImageDraw.ImageDraw

    def place(self, image: Image.Image, box: tuple[int, int, int, int]) -> None:
        """Fit ``image`` into ``box`` (left, top, right, bottom) on a white card; aspect kept."""
        left, top, right, bottom = box
        self.draw.rectangle((left, top, right - 1, bottom - 1), fill=_CARD, outline=_LINE)
        across, down = right - left - 2, bottom - top - 2
        scale = min(across / image.width, down / image.height)
        fitted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        method = Image.Resampling.HAMMING if scale < 1 else Image.Resampling.BICUBIC
        small = image.resize(fitted, method, reducing_gap=2.0) if fitted != image.size else image
        self.canvas.paste(small, (left + 1 + (across - fitted[0]) // 2, top + 1 + (down - fitted[1]) // 2))


@lru_cache(maxsize=256)
def _badge(number: int, height: int) -> Image.Image:
    """A red number on a white plate."""
    style, digits = Style(height, 700), str(number)
    across = round(width(digits, style))
    pad = round(height * 0.26)
    plate = Image.new("RGB", (across + 2 * pad, round(height * 1.16)), _LINE)
    pen = ImageDraw.Draw(plate)
    pen.rectangle((1, 1, plate.width - 3, plate.height - 3), fill=_CARD)
    draw_line(pen, (pad - 1, plate.height * 0.5 + height * 0.345), digits, style, _RED)
    return plate


@dataclass(frozen=True, slots=True)
class _Column:
    """Where the query stands: a box (left, top, right, bottom) in pixels, and the height of its label's letters."""

    left: int
    top: int
    right: int
    bottom: int
    letters: int

    @property
    def side(self) -> int:
        return self.right - self.left


def _draw_query(pen: _Pen, column: _Column, query: Sequence[Image.Image], text: str, caption: str) -> None:
    """The label, and under it the query's pictures or words in a blue frame."""
    left, right, side = column.left, column.right, column.side
    style, lines = layout(caption, (side - 2 * _BORDER, column.letters * 2), range(column.letters, 9, -2), 700)
    top = column.top + round(style.line_height * 1.12)
    room = column.bottom - top
    across, wide, high = _view_boxes(max(1, len(query)), side, room)
    if not query:
        high = max(high, min(room - _BORDER, high * 4 // 3))
    down = math.ceil(max(1, len(query)) / across)
    bottom = top + down * (high + _BORDER)
    pen.draw.rectangle((left, column.top, right - 1, bottom - 1), fill=_BLUE)
    draw_centred(pen.draw, (left, column.top, right, top), lines[:1], style, "white")
    if not query:
        _draw_words(pen.draw, (left + _BORDER, top, right - _BORDER, bottom - _BORDER), text)
    for index, image in enumerate(query):
        x = left + _BORDER + (index % across) * (wide + _BORDER)
        y = top + (index // across) * (high + _BORDER)
        pen.place(image, (x, y, x + wide, y + high))


def _view_boxes(views: int, side: int, room: int) -> tuple[int, int, int]:
    """(views in a row, width, height) of the boxes in which ``views`` pictures are largest."""

    def boxes(across: int) -> tuple[int, int, int]:
        down = math.ceil(views / across)
        wide = max(8, (side - _BORDER) // across - _BORDER)
        return across, wide, max(8, min(wide, room // down - _BORDER))

    return max(map(boxes, range(1, views + 1)), key=lambda box: (min(box[1:]), -box[0]))


def _draw_words(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], text: str) -> None:
    left, top, right, bottom = box
    draw.rectangle((left, top, right - 1, bottom - 1), fill=_CARD)
    pad = (right - left) // 16
    room = (right - left - 2 * pad, bottom - top - 2 * pad)
    style, lines = layout(text, room, range(room[0] // 5, 13, -3), 500)
    draw_centred(draw, box, lines, style, _INK)


def _jpeg(canvas: Image.Image) -> bytes:
    data = b""
    for quality in _QUALITIES:
        out = io.BytesIO()
        canvas.save(out, "JPEG", quality=quality)
        data = out.getvalue()
        if len(data) < _MOST_BYTES:
            break
    return data
