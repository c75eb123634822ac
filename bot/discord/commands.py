"""The commands and message menus, as Discord's clients offer them."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.discord.controls import desk
from bot.request import ImportProducts, ListProducts, RemoveProducts, ShowHelp, ShowStats
from core.models import Filters
from core.words import DEFAULT, Words, best

Interaction = discord.Interaction[Any]

Text = app_commands.Range[str, 1, 1_000]


def said(key: str) -> locale_str:
    """A text of the word tables, which :class:`Translator` finds again by its key."""
    return locale_str(Words()(key)[:100], key=key)


class Translator(app_commands.Translator):
    """Descriptions and menus in the languages that there are word tables for."""

    async def translate(
        self,
        string: locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,  # noqa: ARG002 - discord.py's signature
    ) -> str | None:
        """The text in another language; None where there is no table for it."""
        key = string.extras.get("key")
        known = best(locale.value)
        return None if key is None or known == DEFAULT else Words(known)(key)[:100]


def _given(*files: discord.Attachment | None) -> list[discord.Attachment]:
    return [file for file in files if file is not None]


@app_commands.command(name="find", description=said("discord.find"))
@app_commands.describe(
    photo=said("discord.find_photo"),
    text=said("discord.find_text"),
    category=said("discord.find_category"),
    max_price=said("discord.find_max_price"),
    photo2=said("discord.find_more_photos"),
    photo3=said("discord.find_more_photos"),
)
async def find(  # noqa: PLR0917 - a command's options are its parameters
    interaction: Interaction,
    photo: discord.Attachment | None = None,
    text: Text | None = None,
    category: app_commands.Range[str, 1, 100] | None = None,
    max_price: app_commands.Range[float, 0, 1_000_000_000] | None = None,
    photo2: discord.Attachment | None = None,
    photo3: discord.Attachment | None = None,
) -> None:
    """Search by photos, words, or both."""
    filters = Filters(categories=(category,) if category else (), max_price=max_price)
    await desk(interaction).find(interaction, _given(photo, photo2, photo3), text or "", filters)


@find.autocomplete("category")
async def _categories(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    names = await desk(interaction).categories(interaction, current)
    return [app_commands.Choice(name=name, value=name) for name in names]


@app_commands.context_menu(name=said("discord.menu_find"))
async def find_similar(interaction: Interaction, message: discord.Message) -> None:
    """Search by a message's pictures."""
    await desk(interaction).menu(interaction, message, adding=False)


@app_commands.context_menu(name=said("discord.menu_add"))
async def add_to_catalogue(interaction: Interaction, message: discord.Message) -> None:
    """Make products of a message's pictures."""
    await desk(interaction).menu(interaction, message, adding=True)


class Catalogue(app_commands.Group):
    """``/catalog``: everybody may look, managers may change."""

    @app_commands.command(name="add", description=said("discord.add"))
    @app_commands.describe(
        file=said("discord.add_file"),
        title=said("chat.title"),
        price=said("chat.price"),
        category=said("chat.category"),
        link=said("chat.link"),
        file2=said("discord.add_more_files"),
        file3=said("discord.add_more_files"),
    )
    async def add(  # noqa: PLR0917 - see above
        self,
        interaction: Interaction,
        file: discord.Attachment | None = None,
        title: app_commands.Range[str, 1, 300] | None = None,
        price: app_commands.Range[str, 1, 40] | None = None,
        category: app_commands.Range[str, 1, 100] | None = None,
        link: app_commands.Range[str, 1, 1_000] | None = None,
        file2: discord.Attachment | None = None,
        file3: discord.Attachment | None = None,
    ) -> None:
        """Add files; without any, a form for up to ten opens."""
        files = _given(file, file2, file3)
        if files:
            said = (title or "", price or "", category or "", link or "")
            await desk(interaction).add(interaction, files, said)
        else:
            await desk(interaction).add_form(interaction)

    @app_commands.command(name="import", description=said("discord.import"))
    @app_commands.describe(url=said("discord.import_url"))
    async def import_(self, interaction: Interaction, url: Text) -> None:
        """Take products from an address."""
        await desk(interaction).change(interaction, ImportProducts(url.strip()))

    @app_commands.command(name="remove", description=said("discord.remove"))
    @app_commands.describe(ids=said("discord.remove_ids"))
    async def remove(self, interaction: Interaction, ids: Text) -> None:
        """Remove products."""
        intent = RemoveProducts(tuple(ids.replace(",", " ").split()))
        await desk(interaction).whisper(interaction, intent)

    @app_commands.command(name="list", description=said("discord.list"))
    @app_commands.describe(text=said("discord.list_text"))
    async def list_(self, interaction: Interaction, text: app_commands.Range[str, 1, 60] | None = None) -> None:
        """Page through the catalogue."""
        await desk(interaction).whisper(interaction, ListProducts(text=text or ""))

    @app_commands.command(name="stats", description=said("discord.stats"))
    async def stats(self, interaction: Interaction) -> None:
        """Figures."""
        await desk(interaction).whisper(interaction, ShowStats())

    @app_commands.command(name="help", description=said("discord.help"))
    async def help(self, interaction: Interaction) -> None:
        """What can be asked."""
        await desk(interaction).whisper(interaction, ShowHelp())


def register(tree: app_commands.CommandTree[Any]) -> None:
    """Put everything into the tree; in servers and direct messages, for servers that installed the bot."""
    contexts = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False)
    installs = app_commands.AppInstallationType(guild=True, user=False)
    catalogue = Catalogue(name="catalog", description=said("discord.catalog"))
    everything: tuple[Any, ...] = (find, catalogue, find_similar, add_to_catalogue)
    for command in everything:
        command.allowed_contexts = contexts
        command.allowed_installs = installs
        tree.add_command(command)
