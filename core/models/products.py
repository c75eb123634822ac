"""What a catalogue holds: tenants, pictures, items."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from PIL import Image


@dataclass(frozen=True, slots=True)
class Tenant:
    """Who owns a catalogue: one Slack workspace, one Discord guild, or the local installation.

    ``key`` is what the stores see: hashed, so that no name from outside reaches a filter expression,
    a collection's name or a path.
    """

    platform: str
    workspace: str

    @property
    def key(self) -> str:
        """16 lower-case hex digits, equal for equal tenants on every machine."""
        text = f"{self.platform}\x1f{self.workspace}".encode()
        return hashlib.blake2b(text, digest_size=8).hexdigest()

    def __str__(self) -> str:
        return f"{self.platform}:{self.workspace}"


LOCAL = Tenant("local", "default")
"""The tenant of the command line and the web workbench."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture that was decoded safely (see :mod:`core.images`).

    Attributes:
        hash: SHA-256 of ``data``, 64 lower-case hex digits: the picture's name everywhere.
        data: the bytes as they came.
        media_type: sniffed from the bytes, such as ``image/jpeg``; never taken from a name or header.
        size: (width, height) in pixels after the EXIF orientation was applied.
        image: upright RGB working copy, alpha on white; may be smaller than ``size``.
    """

    hash: str
    data: bytes = field(repr=False)
    media_type: str
    size: tuple[int, int]
    image: Image.Image = field(repr=False)


@dataclass(frozen=True, slots=True)
class Item:
    """A product in a tenant's catalogue. ``id`` is its picture's hash, so the same picture is one item."""

    tenant: Tenant
    id: str
    title: str = ""
    price: float | None = None
    currency: str = ""
    category: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    media_type: str = "image/jpeg"
    size: tuple[int, int] = (0, 0)
    added_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def key(self) -> str:
        """``tenant:content-hash``, the primary key in every store."""
        return f"{self.tenant.key}:{self.id}"
