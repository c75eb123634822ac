"""Text from outside: which encoding its bytes are in, and what is taken out of it before it is stored."""

from __future__ import annotations

import codecs
import math
import re
from typing import Any

from core.errors import UserError
from core.words import Sentence

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
LEGACY = "Windows-1252"


def decode(data: bytes, name: str) -> tuple[str, str]:
    """The text and the name of its encoding.

    A byte order mark decides; then many NUL bytes, which only UTF-16 text has; then whether it is valid UTF-8.
    What is none of these is taken for Windows-1252, which Excel writes in western Europe.

    Raises:
        UserError: the bytes are no text in any of these.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], encoding, name), encoding
    sample = data[:4096]
    if sample.count(0) > len(sample) // 5:
        little = sample[1::2].count(0) >= sample[::2].count(0)
        encoding = "utf-16-le" if little else "utf-16-be"
        return _strict(data, encoding, name), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _strict(data, LEGACY, name), LEGACY


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UserError(
            Sentence("entry.not_text", name=name, encoding=LEGACY), Sentence("entry.not_text_advice")
        ) from error


def line(text: str) -> str:
    """One tidy line: runs of blanks become one, and characters that no database or terminal wants are dropped."""
    return " ".join(_CONTROLS.sub("", text).split())


def value(found: Any) -> Any:
    """A JSON value as every store takes it: no control characters, no lone surrogates, no NaN or infinity."""
    if isinstance(found, str):
        return _CONTROLS.sub("", found).strip()
    if isinstance(found, dict):
        return {line(str(key)): value(inner) for key, inner in found.items()}
    if isinstance(found, list):
        return [value(inner) for inner in found]
    if isinstance(found, float) and not math.isfinite(found):
        return None
    return found
