"""Components that are always within Discord's limits: https://docs.discord.com/developers/components/reference.

Arguments named ``markdown`` are markup of the bot's own, with foreign text escaped by :mod:`bot.discord.markup`;
arguments named ``text`` are plain.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import discord
from discord import ui

from bot.cutting import cut

Item = ui.Item[Any]

CHARACTERS = 4_000
"""Most characters of all texts of a message together."""
ALT = 1_024
LABEL = 100
BLUE, RED, GREY = 0x3B6EF5, 0xD64545, 0x8A8F98


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a message; ``alt`` is read aloud to who can't see it."""

    name: str
    data: bytes = field(repr=False)
    alt: str = ""

    @property
    def url(self) -> str:
        """How the message's components name it."""
        return f"attachment://{self.name}"

    def file(self) -> discord.File:
        """As discord.py sends it."""
        return discord.File(io.BytesIO(self.data), self.name, description=cut(self.alt, ALT) or None)


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: components, and the files that they show."""

    items: tuple[Item, ...]
    uploads: tuple[Upload, ...] = ()

    def view(self) -> ui.LayoutView:
        """As discord.py sends it. Its buttons are all dynamic, so nothing is kept in memory for it."""
        view = ui.LayoutView(timeout=None)
        for item in self.items:
            view.add_item(item)
        return view

    def files(self) -> list[discord.File]:
        """As discord.py sends them."""
        return [upload.file() for upload in self.uploads]


def mark(key: str) -> int:
    """A number that finds a request's message again after a restart: the id of its outermost component."""
    return zlib.crc32(key.encode()) & 0x3FFFFFFF | 0x40000000


def container(*items: Item, colour: int = BLUE, key: str = "") -> Item:
    """A box with a coloured edge. ``key`` is the request that it answers."""
    return ui.Container(*items, accent_colour=colour, id=mark(key) if key else None)


def text(markdown: str, key: str = "") -> Item:
    """A paragraph."""
    return ui.TextDisplay(markdown or "-", id=mark(key) if key else None)


def beside(markdown: str, picture: Upload) -> Item:
    """A paragraph with a small picture at its side, which opens large."""
    return ui.Section(
        ui.TextDisplay(markdown), accessory=ui.Thumbnail(picture.url, description=cut(picture.alt, ALT) or None)
    )


def picture(shown: Upload) -> Item:
    """A picture in full width."""
    gallery: ui.MediaGallery[Any] = ui.MediaGallery()
    gallery.add_item(media=shown.url, description=cut(shown.alt, ALT) or None)
    return gallery


def attached(upload: Upload) -> Item:
    """A file to download."""
    return ui.File(upload.url)


def row(*items: Item) -> Item:
    """Up to five buttons, or one select."""
    return ui.ActionRow(*items)


def lines(markdown: Iterable[str], room: int) -> tuple[str, int]:
    """As many whole lines as fit ``room`` characters, and how many do not."""
    kept: list[str] = []
    left = 0
    for line in markdown:
        room -= len(line) + 1
        if room >= 0 and not left:
            kept.append(line)
        else:
            left += 1
    return "\n".join(kept), left


def small(markdown: Sequence[str]) -> str:
    """Small print, one line each."""
    return "\n".join(f"-# {line}" for line in markdown)
