"""Words as pixels, in any common script, on a machine without fonts.

The fonts come with pip (Noto Sans, Noto Sans Arabic, Noto Sans Thai, Noto Sans CJK, Rubik for Hebrew; all
under the SIL Open Font License). Pillow shapes and orders right-to-left text only where it finds the
system's fribidi library; here joining and ordering are done before (Unicode bidirectional algorithm,
UAX #9, with mirrored brackets, which python-bidi's quicker half leaves out), so that every machine draws the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import as_file, files
from itertools import groupby

from arabic_reshaper import reshape
from bidi.algorithm import get_display
from PIL import ImageDraw, ImageFont

from core.text_wrap import balance, wrap

_LINE_HEIGHT = 1.35
_MEASURED = 64

_LATIN = ("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf")
_HEBREW = ("fontpkg_rubik", "files/Rubik[wght].ttf")
_ARABIC = ("fontpkg_noto_sans_arabic", "files/NotoSansArabic[wdth,wght].ttf")
_THAI = ("fontpkg_noto_sans_thai", "files/NotoSansThai[wdth,wght].ttf")
_CJK = ("noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf")
_BLOCKS: tuple[tuple[int, int, tuple[str, str]], ...] = (
    (0x0590, 0x05FF, _HEBREW),
    (0x0600, 0x06FF, _ARABIC),
    (0x0750, 0x077F, _ARABIC),
    (0x08A0, 0x08FF, _ARABIC),
    (0x0E00, 0x0E7F, _THAI),
    (0x1100, 0x11FF, _CJK),
    (0x2E80, 0x9FFF, _CJK),
    (0xA960, 0xA97F, _CJK),
    (0xAC00, 0xD7FF, _CJK),
    (0xF900, 0xFAFF, _CJK),
    (0xFB1D, 0xFB4F, _HEBREW),
    (0xFB50, 0xFDFF, _ARABIC),
    (0xFE30, 0xFE4F, _CJK),
    (0xFE70, 0xFEFC, _ARABIC),
    (0xFF00, 0xFFEF, _CJK),
    (0x20000, 0x3FFFF, _CJK),
)
_EMOJI = range(0x1F000, 0x20000)


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks. ``weight`` is 400 (regular) to 700 (bold), for fonts that can vary."""

    size: int
    weight: int = 400

    @property
    def line_height(self) -> int:
        """Pixels from one baseline to the next."""
        return round(self.size * _LINE_HEIGHT)


@lru_cache(maxsize=64)
def _font(source: tuple[str, str], style: Style) -> ImageFont.FreeTypeFont:
    package, name = source
    with as_file(files(package) / name) as path:
        font = ImageFont.truetype(path, style.size, layout_engine=ImageFont.Layout.BASIC)
    if "[" in name:
        axes = font.get_variation_axes()
        font.set_variation_by_axes(
            [style.weight if axis["name"] == b"Weight" else axis["default"] or 0 for axis in axes]
        )
    return font


def _source(letter: str) -> tuple[str, str]:
    code = ord(letter)
    return next((source for first, last, source in _BLOCKS if first <= code <= last), _LATIN)


def _runs(line: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Stretches of one font. Blanks stay with the stretch before them."""
    last = _LATIN

    def source(letter: str) -> tuple[str, str]:
        nonlocal last
        last = last if letter.isspace() or unicodedata.combining(letter) else _source(letter)
        return last

    for font, letters in groupby(line, key=source):
        yield font, "".join(letters)


def _drawable(text: str) -> str:
    """Without control characters and emoji, which no font here has; blanks made one."""
    kept = (
        " " if letter.isspace() else letter
        for letter in unicodedata.normalize("NFC", text)
        if letter.isspace()
        or (unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"} and ord(letter) not in _EMOJI)
    )
    return " ".join("".join(letter for letter in kept if not 0xFE00 <= ord(letter) <= 0xFE0F).split())


@lru_cache(maxsize=4096)
def _advance(letter: str, weight: int) -> float:
    """How far ``letter`` moves the pen, as a part of the font's size: what wrapping measures with, often."""
    return _font(_source(letter), Style(_MEASURED, weight)).getlength(letter) / _MEASURED


def width(line: str, style: Style) -> float:
    """Pixels that ``line`` takes; order of letters does not matter."""
    return sum(_font(source, style).getlength(run) for source, run in _runs(line))


def _estimate(line: str, style: Style) -> float:
    return style.size * sum(_advance(letter, style.weight) for letter in line)


_MOST_LETTERS = 5_000
"""More than the largest box takes in the smallest size; what follows costs no time."""


def layout(text: str, box: tuple[int, int], sizes: Iterable[int], weight: int = 400) -> tuple[Style, list[str]]:
    """Wrap ``text`` in the largest of ``sizes`` in which it fits ``box`` (width, height).

    Returns:
        The style and the lines in drawing order (left to right as seen); where not even the smallest size
        fits, the text is cut and ends in an ellipsis.
    """
    clean = _drawable(text[:_MOST_LETTERS])
    right_to_left = next(
        (d in {"R", "AL"} for d in map(unicodedata.bidirectional, clean) if d in {"L", "R", "AL"}), False
    )
    joined = reshape(clean)
    across, down = box
    style, lines, cut = Style(1, weight), [""], True
    for size in sizes:
        style = Style(size, weight)
        most = max(1, down // style.line_height)
        measure = partial(_estimate, style=style)
        lines, cut = wrap(joined, across, most, measure)
        if not cut:
            lines = balance(joined, across, lines, measure)
            break
    return style, [get_display(line, base_dir="R" if right_to_left else "L") for line in lines]


def draw_line(draw: ImageDraw.ImageDraw, at: tuple[float, float], line: str, style: Style, fill: str) -> None:
    """Draw one laid-out line with its baseline starting at ``at``."""
    x, y = at
    for source, run in _runs(line):
        font = _font(source, style)
        draw.text((x, y), run, font=font, fill=fill, anchor="ls")
        x += font.getlength(run)


def draw_centred(
    draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], lines: list[str], style: Style, fill: str
) -> None:
    """Draw laid-out lines in the middle of ``box`` (left, top, right, bottom)."""
    left, top, right, bottom = box
    y = (top + bottom - len(lines) * style.line_height) / 2 + style.size * 1.02
    for line in lines:
        draw_line(draw, ((left + right - width(line, style)) / 2, y), line, style, fill)
        y += style.line_height
