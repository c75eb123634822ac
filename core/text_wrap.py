"""Breaking text into lines of a given width, for scripts with and without blanks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

_ELLIPSIS = "…"
_HALVINGS = 6
"""Steps to the most even lines; 1/64 of the width is finer than anybody sees."""

_OPENING = r"「『（【〔〈《｛［“‘"
_CLOSING = r"、。，．・：；！？」』）】〕〉》｝］”’…‥ー〜々ゝヽぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%％℃"
_THAI = r"[\u0e40-\u0e44]?[\u0e00-\u0e7f][\u0e2f-\u0e3a\u0e45-\u0e4e]*"
_DIGITS = r"\uff10-\uff19"
_UNSPACED = r"\u0e00-\u0e7f\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_PIECES = re.compile(rf"[{_OPENING}]*(?:{_THAI}|[{_DIGITS}]+|[{_UNSPACED}])[{_CLOSING}]*|[^\s{_UNSPACED}]+|\s+")
"""What no line break parts: a word, a blank, or, of a script without blanks (Chinese, Japanese, Thai), a letter with
the marks around it or a number. Closing marks and small kana never begin a line and opening ones never end it
(JIS X 4051); a Thai vowel stays with its consonant."""


def wrap(text: str, across: float, most: int, measure: Callable[[str], float]) -> tuple[list[str], bool]:
    """Fill lines greedily.

    Args:
        text: one paragraph, in logical order.
        across: width of a line in the unit of ``measure``.
        most: how many lines may be returned, at least 1.
        measure: width of a string.

    Returns:
        The lines, and whether text had to be cut or a word broken. A cut last line ends in an ellipsis.
    """
    lines: list[str] = []
    line, broken = "", False
    for found in _PIECES.finditer(text):
        if len(lines) > most:
            break
        piece = found[0]
        if measure(line + piece) <= across or (piece.isspace() and line):
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = piece.lstrip()
        while len(line) > 1 and len(lines) <= most and measure(line) > across:
            end = _fitting(line, across, measure)
            lines.append(line[:end])
            line, broken = line[end:], True
    if line.strip():
        lines.append(line.rstrip())
    if len(lines) <= most:
        return lines or [""], broken
    last = lines[most - 1]
    while last and measure(last + _ELLIPSIS) > across:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + _ELLIPSIS], True


def balance(text: str, across: float, lines: Sequence[str], measure: Callable[[str], float]) -> list[str]:
    """The same number of lines, as even as they can be: the narrowest box that takes no line more."""
    narrow, wide = 0.0, across
    best = list(lines)
    for _ in range(_HALVINGS):
        middle = (narrow + wide) / 2
        tried, broken = wrap(text, middle, len(lines), measure)
        if broken:
            narrow = middle
        else:
            wide, best = middle, tried
    return best


def _fitting(word: str, across: float, measure: Callable[[str], float]) -> int:
    """How many letters of ``word`` fit, at least 1; a combining mark is never the first of a line."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(word[:middle]) <= across else (low, middle - 1)
    base = low
    while base and base < len(word) and unicodedata.combining(word[base]):
        base -= 1
    return base or low
