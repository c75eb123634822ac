"""Breaking text into lines of a given width, for scripts with and without blanks."""

from __future__ import annotations

import re
from collections.abc import Callable

_ELLIPSIS = "…"
_PIECES = re.compile(
    r"[\u0e00-\u0e7f\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
    r"|[^\s\u0e00-\u0e7f\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+|\s+"
)
"""A word, a blank, or one letter of a script that breaks between letters (Chinese, Japanese, Thai)."""


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
    lines, line, broken = [], "", False
    for piece in _PIECES.findall(text):
        if measure(line + piece) <= across or (piece.isspace() and line):
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = piece.lstrip()
        while measure(line) > across and len(line) > 1:
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


def _fitting(word: str, across: float, measure: Callable[[str], float]) -> int:
    """How many letters of ``word`` fit, at least 1; a combining mark is never the first of a line."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(word[:middle]) <= across else (low, middle - 1)
    return low
