"""Where interactions arrive: each is acknowledged first, then answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import discord
import structlog

from bot.details import Mistakes, details
from bot.discord import forms, inbound, render
from bot.discord.errors import told
from bot.discord.payloads import Inbound
from bot.discord.requests import tenant
from bot.discord.service import Service
from bot.failures import explain
from bot.request import MANAGING, AddProducts, Find, Intent, ListProducts, Reword, ShowHelp
from core.catalog import Catalog
from core.errors import LookalikeError, UserError
from core.history import History
from core.models import Filters
from core.words import Sentence, Words

Files = Sequence[discord.Attachment]


@dataclass(frozen=True, slots=True)
class Desk:
    """What people press, choose, fill in and command."""

    service: Service
    history: History
    catalog: Catalog

    async def find(self, interaction: discord.Interaction, photos: Files, text: str, filters: Filters) -> None:
        """``/find``."""
        asked = self._used(interaction, Find(filters), text)
        await self._answer(interaction, replace(asked, files=tuple(map(inbound.file, photos))), photos)

    async def menu(self, interaction: discord.Interaction, message: discord.Message, *, adding: bool) -> None:
        """A message menu: "Find similar" or "Add to catalogue"."""
        asked = self._knowing(interaction, inbound.menu(interaction, message, adding=adding))
        await self._begin(interaction, asked, [*inbound.attachments(message)])

    async def press(self, interaction: discord.Interaction, intent: Intent) -> None:
        """A button or select that searches."""
        await self._answer(interaction, self._used(interaction, intent))

    async def reword(self, interaction: discord.Interaction, ask: str, text: str) -> None:
        """The form with other words was sent."""
        await self._answer(interaction, self._used(interaction, Reword(ask), text))

    async def change(self, interaction: discord.Interaction, intent: Intent, files: Files = ()) -> None:
        """Something that changes the catalogue: reported for all to see; refused privately."""
        asked = replace(self._used(interaction, intent), files=tuple(map(inbound.file, files)))
        await self._begin(interaction, asked, files)

    async def add(self, interaction: discord.Interaction, files: Files, said: tuple[str, str, str, str]) -> None:
        """Files with title, price, category and link, from the command or its form."""
        words = self.words(interaction)
        try:
            intent = details(*said, words)
        except Mistakes as error:
            await self._tell(interaction, error, words)
            return
        await self.change(interaction, intent, files)

    async def add_form(self, interaction: discord.Interaction) -> None:
        """Open the form for files, for those who may."""
        asked = self._used(interaction, AddProducts())
        if self.service.refused(asked):
            await self.whisper(interaction, AddProducts())
        else:
            await interaction.response.send_modal(forms.Add(self.words(interaction)))

    async def refine(self, interaction: discord.Interaction, ask: str) -> None:
        """Open the form for other words, with the present ones in it."""
        earlier = await asyncio.to_thread(self.history.get, ask)
        words = self.words(interaction)
        if earlier is None or earlier.tenant != tenant(interaction.guild_id or 0, interaction.user.id):
            error = UserError(words("failure.forgotten"), words("failure.forgotten_advice"))
            await self._tell(interaction, error, words)
        else:
            await interaction.response.send_modal(forms.Refine(ask, earlier.query.text, words))

    async def whisper(self, interaction: discord.Interaction, intent: Intent) -> None:
        """Something whose answer is only for the asker."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        self.service.answer_privately(interaction, self._used(interaction, intent))

    async def turn(self, interaction: discord.Interaction, page: ListProducts) -> None:
        """Another page in place of the one that is shown."""
        await interaction.response.defer()
        self.service.answer_privately(interaction, self._used(interaction, page))

    async def categories(self, interaction: discord.Interaction, beginning: str) -> list[str]:
        """Categories to choose from while somebody types."""
        whose = tenant(interaction.guild_id or 0, interaction.user.id)
        known = await asyncio.to_thread(self.catalog.categories, whose)
        typed = beginning.casefold().strip()
        fitting = [name for name in known if typed in name.casefold() and len(name) <= 100]
        return sorted(fitting, key=lambda name: not name.casefold().startswith(typed))[:25]

    async def fail(self, interaction: discord.Interaction, error: Exception) -> None:
        """Something broke before the request reached the handler; the asker hears of it."""
        words = self.words(interaction)
        failure = explain(error, words)
        view = render.failure(failure, words).view()
        try:
            async with told(Sentence("doing.answer_you")):
                if interaction.response.is_done():
                    await interaction.followup.send(view=view, ephemeral=True)
                else:
                    await interaction.response.send_message(view=view, ephemeral=True)
        except LookalikeError as lost:
            log = structlog.get_logger(__name__)
            log.warning("failure_not_delivered", reference=failure.reference, reason=lost.reason)

    def words(self, interaction: discord.Interaction) -> Words:
        """The words of the asker's language."""
        return Words(str(interaction.locale))

    async def _begin(self, interaction: discord.Interaction, asked: Inbound, live: Files) -> None:
        if self.service.refused(asked):
            await interaction.response.defer(ephemeral=True, thinking=True)
            self.service.answer_privately(interaction, asked, live)
        else:
            await self._answer(interaction, asked, live)

    async def _answer(self, interaction: discord.Interaction, asked: Inbound, live: Files = ()) -> None:
        """Acknowledge, for all to see, and answer."""
        assert asked.ticket is not None
        deferred = await interaction.response.defer(thinking=True)
        reply = (deferred.message_id if deferred else None) or 0
        self.service.answer_interaction(interaction, replace(asked, ticket=replace(asked.ticket, reply=reply)), live)

    async def _tell(self, interaction: discord.Interaction, error: LookalikeError, words: Words) -> None:
        message = render.failure(explain(error, words), words)
        await interaction.response.send_message(view=message.view(), ephemeral=True)

    def _used(self, interaction: discord.Interaction, intent: Intent, text: str = "") -> Inbound:
        return self._knowing(interaction, inbound.used(interaction, intent, text))

    def _knowing(self, interaction: discord.Interaction, asked: Inbound) -> Inbound:
        """With what is known of the asker."""
        people = self.service.people
        people.note(interaction)
        if not isinstance(asked.intent, (*MANAGING, ShowHelp)):
            return asked
        return replace(asked, manager=people.used_as_manager(interaction))
