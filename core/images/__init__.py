"""Bytes → picture, safely: what a stranger uploads becomes an upright RGB working copy or a clear reason."""

from __future__ import annotations

from core.images.decode import content_hash, decode, decode_stored, read, thumbnail

__all__ = ["content_hash", "decode", "decode_stored", "read", "thumbnail"]
