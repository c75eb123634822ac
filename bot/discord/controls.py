"""Buttons and selects. What they stand for is in their ids, so they work after a restart, too."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.cutting import cut
from bot.request import ListProducts, MoreLike, NextPage, Vote

if TYPE_CHECKING:
    from bot.discord.desk import Desk

Interaction = discord.Interaction[Any]

_ASK = r"(?P<ask>[\w-]{1,64})"
OF_ANSWER = re.compile(rf"find\.\w+:{_ASK}")
"""Ids of everything that belongs to an answer."""

_TEXT = 60


class More(ui.DynamicItem[ui.Select[Any]], template=rf"find\.more:{_ASK}"):
    """ "More like…": a select of an answer's candidates."""

    def __init__(self, ask: str, placeholder: str = "", options: Sequence[tuple[str, str]] = ()) -> None:
        self.ask = ask
        shown = [discord.SelectOption(label=cut(label, 100), value=item) for label, item in options[:25]]
        super().__init__(
            ui.Select(custom_id=f"find.more:{ask}", placeholder=cut(placeholder, 150) or None, options=shown)
        )

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """The select that was used."""
        return cls(match["ask"])

    async def callback(self, interaction: Interaction) -> None:
        """Search."""
        assert interaction.data is not None
        chosen: list[str] = interaction.data.get("values", [])  # type: ignore[assignment]
        await answered(interaction, desk(interaction).press(interaction, MoreLike(self.ask, chosen[0])))


class Next(ui.DynamicItem[ui.Button[Any]], template=rf"find\.next:{_ASK}"):
    """ "Next 9"."""

    def __init__(self, ask: str, label: str = "-") -> None:
        self.ask = ask
        super().__init__(_button(label, f"find.next:{ask}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """The button that was pressed."""
        return cls(match["ask"])

    async def callback(self, interaction: Interaction) -> None:
        """Search."""
        await answered(interaction, desk(interaction).press(interaction, NextPage(self.ask)))


class Refine(ui.DynamicItem[ui.Button[Any]], template=rf"find\.refine:{_ASK}"):
    """ "Refine": opens a form for other words."""

    def __init__(self, ask: str, label: str = "-") -> None:
        self.ask = ask
        super().__init__(_button(label, f"find.refine:{ask}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """The button that was pressed."""
        return cls(match["ask"])

    async def callback(self, interaction: Interaction) -> None:
        """Open the form."""
        await answered(interaction, desk(interaction).refine(interaction, self.ask))


class Thumb(ui.DynamicItem[ui.Button[Any]], template=rf"find\.(?P<way>up|down):{_ASK}"):
    """👍 or 👎."""

    def __init__(self, ask: str, *, up: bool) -> None:
        self.ask = ask
        self.up = up
        super().__init__(ui.Button(emoji="👍" if up else "👎", custom_id=f"find.{'up' if up else 'down'}:{ask}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """The button that was pressed."""
        return cls(match["ask"], up=match["way"] == "up")

    async def callback(self, interaction: Interaction) -> None:
        """Note it, and thank privately."""
        await answered(interaction, desk(interaction).whisper(interaction, Vote(self.ask, self.up)))


class Page(ui.DynamicItem[ui.Button[Any]], template=r"catalogue\.page:(?P<offset>\d{1,9}):(?P<text>(?s:.*))"):
    """Another page of the catalogue, in place of the one that is shown."""

    def __init__(self, offset: int, text: str, label: str = "-") -> None:
        self.offset = offset
        self.text = text[:_TEXT]
        super().__init__(_button(label, f"catalogue.page:{offset}:{self.text}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """The button that was pressed."""
        return cls(int(match["offset"]), match["text"])

    async def callback(self, interaction: Interaction) -> None:
        """Turn the page."""
        page = ListProducts(offset=self.offset, text=self.text)
        await answered(interaction, desk(interaction).turn(interaction, page))


ALL: tuple[type[ui.DynamicItem[Any]], ...] = (More, Next, Refine, Thumb, Page)


def desk(interaction: Interaction) -> Desk:
    """Where interactions of this bot arrive."""
    found: Desk = interaction.client.desk
    return found


async def answered(interaction: Interaction, work: Awaitable[None]) -> None:
    """Do what a button, select or form asks for. discord.py only logs what breaks on the way; the asker hears of it."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - see above
        await desk(interaction).fail(interaction, error)


def _button(label: str, custom_id: str) -> ui.Button[Any]:
    return ui.Button(label=cut(label, 80), custom_id=custom_id)
