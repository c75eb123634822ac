"""How much text the index takes."""

TEXT = 200
"""Longest category or tag, in characters after folding."""

TEXT_BYTES = 1024
"""The same in bytes of UTF-8, with room to spare."""

TAGS = 100
"""Most tags of an item."""
