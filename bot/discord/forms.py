"""The two forms (modals): other words for a search, and files for the catalogue.

discord.py tells forms apart by their ids, so each opened one has an id of its own: several people fill in at a time.
"""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.cutting import cut
from bot.discord.controls import answered, desk
from core.words import Words

Interaction = discord.Interaction[Any]

_OPEN = 900.0
"""Seconds for which a form that nobody sends is remembered."""
_WORDS = 1_000
_TITLE, _LABEL = 45, 45


class Refine(ui.Modal):
    """The same pictures with other words."""

    def __init__(self, ask: str, text: str, words: Words) -> None:
        super().__init__(title=cut(words("chat.refine_title"), _TITLE), timeout=_OPEN)
        self._ask = ask
        self._words: ui.TextInput[Any] = ui.TextInput(
            style=discord.TextStyle.paragraph, default=cut(text, _WORDS) or None, max_length=_WORDS, custom_id="words"
        )
        hint = cut(words("chat.refine_hint"), 100)
        self.add_item(ui.Label(text=cut(words("chat.words"), _LABEL), component=self._words, description=hint))

    async def on_submit(self, interaction: Interaction) -> None:
        """Search."""
        await answered(interaction, desk(interaction).reword(interaction, self._ask, self._words.value))


class Add(ui.Modal):
    """Files that become products; the details are for single pictures."""

    def __init__(self, words: Words) -> None:
        super().__init__(title=cut(words("chat.add_title"), _TITLE), timeout=_OPEN)
        self._files: ui.FileUpload[Any] = ui.FileUpload(max_values=10, required=True, custom_id="files")
        hint = cut(words("chat.files_hint"), 100)
        self.add_item(ui.Label(text=cut(words("chat.files"), _LABEL), component=self._files, description=hint))
        self._title = self._field(words("chat.title"), "title", 300)
        self._price = self._field(words("chat.price"), "price", 40, "12.99 EUR")
        self._category = self._field(words("chat.category"), "category", 100)
        self._link = self._field(words("chat.link"), "link", 1_000, "https://")

    async def on_submit(self, interaction: Interaction) -> None:
        """Add."""
        said = (self._title.value, self._price.value, self._category.value, self._link.value)
        await answered(interaction, desk(interaction).add(interaction, self._files.values, said))

    def _field(self, label: str, name: str, longest: int, example: str = "") -> ui.TextInput[Any]:
        element: ui.TextInput[Any] = ui.TextInput(
            custom_id=name, max_length=longest, required=False, placeholder=example or None
        )
        self.add_item(ui.Label(text=cut(label, _LABEL), component=element))
        return element
