"""Who asks: their language, and whether they may change the catalogue."""

from __future__ import annotations

from collections import OrderedDict

import discord

from bot import language
from core.settings import DiscordSettings
from core.words import Words

_MOST = 10_000


class People:
    """Messages do not tell a person's language, so it is remembered from their last command or button."""

    def __init__(self, settings: DiscordSettings) -> None:
        self._role = settings.managers_role
        self._locales: OrderedDict[int, str] = OrderedDict()

    def note(self, interaction: discord.Interaction) -> None:
        """Remember the language of whoever used a command or button."""
        self._locales[interaction.user.id] = str(interaction.locale)
        self._locales.move_to_end(interaction.user.id)
        if len(self._locales) > _MOST:
            self._locales.popitem(last=False)

    def locale(self, message: discord.Message) -> str:
        """The writer's language: what the script tells, else what is known of them, else the server's."""
        written = language.of(message.content)
        if written:
            return written
        if known := self._locales.get(message.author.id):
            return known
        return str(message.guild.preferred_locale) if message.guild else "en"

    def manages(self, person: discord.Member, permissions: discord.Permissions | None = None) -> bool:
        """Whether this person may change the server's catalogue.

        Args:
            permissions: what an interaction says that they may do; for messages the roles tell.
        """
        if (permissions or person.guild_permissions).manage_guild:
            return True
        return bool(self._role) and any(self._role in (role.name, str(role.id)) for role in person.roles)

    async def wrote_as_manager(self, message: discord.Message) -> bool:
        """Whether a message's writer may change the catalogue. In a direct message it is their own.

        Messages that are read from a channel's history, unlike those that the gateway brings, do not tell their
        writer's roles, so they are asked for.
        """
        if message.guild is None:
            return True
        if isinstance(message.author, discord.Member):
            return self.manages(message.author)
        try:
            return self.manages(await message.guild.fetch_member(message.author.id))
        except discord.HTTPException:  # who left the server, too
            return False

    def used_as_manager(self, interaction: discord.Interaction) -> bool:
        """Whether whoever used a command, menu, button or form may change the catalogue."""
        if not isinstance(interaction.user, discord.Member):
            return interaction.guild_id is None
        return self.manages(interaction.user, interaction.permissions)

    def whom(self, words: Words) -> str:
        """Whom to ask for it, in words."""
        if self._role and not self._role.isdecimal():
            return words("discord.role", role=self._role)
        return words("discord.server_manager")
