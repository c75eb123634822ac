"""Text in the form in which it is compared: without regard to case, width of spaces, or way of composing accents."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Equal for texts that people call the same: NFC, case-folded, runs of white space as one space.

    >>> fold("  Crème\\tBRÛLÉE ")
    'crème brûlée'
    """
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).split())


def whole(text: str) -> str:
    """The text without halves of characters, which no store and no encoder can carry: each becomes U+FFFD.

    They come from a shell's bytes that are not UTF-8, and from JSON in which somebody cut an emoji in two.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def unprintable(text: str) -> bool:
    """Whether the text holds control characters or lone surrogates: stores and filters can't carry those."""
    return any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)
