"""From Discord's messages and interactions to :class:`Inbound`. Pure: no call, no clock, no state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

import discord

from bot.commands import interpret
from bot.discord import controls, markup
from bot.discord.payloads import PLATFORM, File, Inbound, Ticket
from bot.request import AddProducts, Addressed, Find, Intent, ShowHelp

ASKING = (discord.MessageType.default, discord.MessageType.reply)
"""Message types in which a person says something; all others report joins, pins, new threads and the like."""


def post(message: discord.Message, me: discord.abc.User, channels: Collection[str]) -> Inbound | None:
    """A message, or None when it is none of the bot's business.

    Args:
        channels: ids of channels where photos are answered without a mention.
    """
    if message.type not in ASKING or message.author.bot or message.webhook_id is not None:
        return None
    said = markup.parse(message.content)
    attached = own_files(message)
    addressed = _addressed(message, me, channels)
    if addressed in (Addressed.CHANNEL, Addressed.THREAD):
        attached = tuple(file for file in attached if file.picture)
    if addressed is None or (addressed is Addressed.CHANNEL and not attached):
        return None
    if addressed is Addressed.THREAD and not (attached or said.words):
        return None
    spoken_to = addressed in (Addressed.MENTION, Addressed.DIRECT)
    parent = _parent(message) if spoken_to else None
    found = Inbound(
        guild=message.guild.id if message.guild else 0,
        channel=message.channel.id,
        user=message.author.id,
        key=f"{PLATFORM}:{message.channel.id}:{message.id}",
        conversation=_conversation(message.channel, message.id),
        post=message.id,
        text=said.words,
        urls=said.urls if spoken_to else (),
        files=attached,
        addressed=addressed,
    )
    if parent is not None and parent.author.id == me.id:
        found = replace(found, follows=answer_of(parent))
    elif parent is not None and not attached:
        replied = tuple(file for file in own_files(parent) if file.picture)
        found = replace(found, replied=replied, unseen=not (parent.content or parent.attachments or parent.embeds))
    if not spoken_to:
        return found
    return replace(found, intent=_intent(said, bool(attached), bool(found.replied or found.follows or found.unseen)))


def menu(interaction: discord.Interaction, message: discord.Message, *, adding: bool) -> Inbound:
    """One of the two message menus: the message's pictures are searched, or become products."""
    said = markup.parse(message.content)
    return replace(
        used(interaction, AddProducts() if adding else Find()),
        files=own_files(message),
        urls=() if adding else tuple(_previews(message)) or said.urls,
    )


def used(interaction: discord.Interaction, intent: Intent, text: str = "") -> Inbound:
    """A command, menu, button or form, whose answer goes where it was used."""
    channel = interaction.channel
    message = interaction.message
    ticket = Ticket(
        application=interaction.application_id,
        token=interaction.token,
        expires=interaction.expires_at.timestamp(),
        limit=interaction.filesize_limit,
    )
    return Inbound(
        guild=interaction.guild_id or 0,
        channel=interaction.channel_id or 0,
        user=interaction.user.id,
        key=f"{PLATFORM}:{interaction.channel_id}:{interaction.id}",
        conversation=_conversation(channel, message.id if message else interaction.id),
        text=text,
        intent=intent,
        locale=str(interaction.locale),
        ticket=ticket,
        visible=False,
    )


def file(attachment: discord.Attachment, message: discord.Message | None = None) -> File:
    """An attachment, and where to ask for a fresh address."""
    return File(
        id=attachment.id,
        name=attachment.filename[:200],
        url=attachment.url,
        size=attachment.size or None,
        media_type=attachment.content_type or "",
        channel=message.channel.id if message else 0,
        message=message.id if message else 0,
    )


def attachments(message: discord.Message) -> Iterator[discord.Attachment]:
    """The message's attachments, and those of a message that it forwards."""
    yield from message.attachments
    for snapshot in message.message_snapshots:
        yield from snapshot.attachments


def own_files(message: discord.Message) -> tuple[File, ...]:
    """The files of :func:`attachments`, each once."""
    return tuple({each.id: file(each, message) for each in attachments(message)}.values())


def _previews(message: discord.Message) -> Iterator[str]:
    """Addresses of the pictures that Discord shows for a message's links, or that another bot put there."""
    for embed in message.embeds:
        if url := embed.image.url or embed.thumbnail.url:
            yield url


def answer_of(message: discord.Message) -> str:
    """Id of the answer that a message of the bot shows, told by its buttons; empty for other messages."""
    for component in _walk(message.components):
        match = controls.OF_ANSWER.fullmatch(getattr(component, "custom_id", None) or "")
        if match:
            return match["ask"]
    return ""


def _walk(components: Iterable[object]) -> Iterator[object]:
    for component in components:
        yield component
        yield from _walk(getattr(component, "children", ()))


def _addressed(message: discord.Message, me: discord.abc.User, channels: Collection[str]) -> Addressed | None:
    if message.guild is None:
        return Addressed.DIRECT
    named = any(user.id == me.id for user in message.mentions)
    if named or any(role.tags is not None and role.tags.bot_id == me.id for role in message.role_mentions):
        return Addressed.MENTION
    thread = isinstance(message.channel, discord.Thread)
    configured = str(message.channel.id) in channels
    if thread and message.id == message.channel.id:  # a forum's post
        configured = configured or str(getattr(message.channel, "parent_id", 0)) in channels
        return Addressed.CHANNEL if configured else None
    if thread:
        return Addressed.THREAD
    return Addressed.CHANNEL if configured else None


def _conversation(channel: object, message: int) -> int:
    """A thread has its first message's id, so the two kinds are one."""
    alone = isinstance(channel, discord.Thread | discord.DMChannel | discord.GroupChannel)
    return channel.id if alone else message  # type: ignore[attr-defined]


def _parent(message: discord.Message) -> discord.Message | None:
    reference = message.reference
    if reference is None or message.type is not discord.MessageType.reply:
        return None
    found = reference.resolved or reference.cached_message
    return found if isinstance(found, discord.Message) else None


def _intent(said: markup.Text, attached: bool, replied: bool) -> Intent:
    if not (said.words or said.urls or attached or replied):
        return ShowHelp()
    intent = interpret(said.words, files=attached)
    if intent is None and replied:
        intent = interpret(said.words, files=True)
    return intent or Find()
