"""Where an answer goes: a channel, with a thread started where that is possible; or an interaction's own reply."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Literal, Protocol

import discord

from bot.discord import errors, permissions
from bot.discord.layout import Message
from bot.discord.payloads import Ticket
from bot.note import Sheet
from core.errors import UserError
from core.words import Sentence

THREAD_NAME = 100
ARCHIVE_MINUTES: Literal[1440] = 1440
_MARGIN = 30.0
"""Seconds before an interaction's end from which it is not relied on any more."""

Channel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread | discord.DMChannel


class Place(Sheet[Message, int], Protocol):
    """Where one request is answered.

    Attributes:
        limit: most bytes of a file.
        lacking: permissions that the answer has to do without, by discord.py's names.
    """

    limit: int
    lacking: tuple[str, ...]


class InChannel:
    """In a thread, a direct message, or a channel.

    Args:
        post: the asking message, which gets a thread of its own where that is possible, or is replied to.
        name: the thread's name; empty: no thread is started.
    """

    def __init__(self, channel: Channel, post: discord.PartialMessage | None = None, name: str = "") -> None:
        self._channel: Any = channel
        self._post = post
        self._name = name
        self._opened = False
        has = permissions.here(channel)
        self._has = has
        self.lacking: tuple[str, ...] = permissions.lacking(has, permissions.FILES) if has else ()
        self.limit = channel.guild.filesize_limit if channel.guild else discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES

    async def open(self) -> None:
        """Start the thread, or go into the one that is there. Where that can't be, the answer stays in the channel."""
        if self._opened:
            return
        await self._start_thread()
        self._opened = True

    async def _start_thread(self) -> None:
        self.check()
        post = self._post
        if post is None or not self._name or not isinstance(self._channel, discord.TextChannel):
            return
        assert self._has is not None
        if missing := permissions.lacking(self._has, permissions.THREADS):
            self.lacking += missing
            return
        try:
            self._channel = await post.create_thread(name=self._name, auto_archive_duration=ARCHIVE_MINUTES)
            self._post = None
        except discord.HTTPException as error:
            if error.code == errors.THREAD_EXISTS:
                self._channel = await post.fetch_thread()
                self._post = None
            elif error.code not in (errors.MISSING_PERMISSIONS, errors.MISSING_ACCESS, errors.MOST_THREADS):
                raise

    async def post(self, message: Message) -> int:
        """Post, in the thread where there is one."""
        nonce = secrets.token_hex(12)  # Discord posts once, however often it is told

        async def send() -> Any:
            await self.open()
            files, reference = message.files(), self._reference()
            return await self._channel.send(view=message.view(), files=files, reference=reference, nonce=nonce)

        return int((await errors.patiently(Sentence("doing.post"), send)).id)

    async def edit(self, posted: int, message: Message) -> None:
        """Edit."""

        async def edit() -> Any:
            await self.open()
            partial = self._channel.get_partial_message(posted)
            nobody = discord.AllowedMentions.none()
            return await partial.edit(view=message.view(), attachments=message.files(), allowed_mentions=nobody)

        await errors.patiently(Sentence("doing.edit"), edit)

    def check(self) -> None:
        """Raise ``UserError``, which names what is missing, where the bot may not answer."""
        if self._has is None:
            return
        thread = isinstance(self._channel, discord.Thread)
        needed = ("view_channel", "send_messages_in_threads") if thread else permissions.ANSWER
        if lacking := permissions.lacking(self._has, needed):
            raise errors.missing(permissions.titles(lacking), Sentence("doing.answer"))

    def _reference(self) -> discord.MessageReference | None:
        if self._post is None or (self._has and permissions.lacking(self._has, permissions.HISTORY)):
            return None
        return discord.MessageReference(
            message_id=self._post.id, channel_id=self._post.channel.id, fail_if_not_exists=False
        )


class InReply:
    """An interaction's deferred reply; what takes longer than 15 minutes goes on in the channel.

    Args:
        channel: gives the channel where it was used, or None where the bot does not see it.
        live: the interaction itself; None after a restart.
    """

    def __init__(
        self,
        ticket: Ticket,
        client: discord.Client,
        channel: Callable[[], Awaitable[InChannel | None]],
        live: discord.Interaction | None = None,
    ) -> None:
        self._ticket = ticket
        self._live = live
        self._webhook = discord.Webhook.partial(ticket.application, ticket.token, client=client)
        self._channel = channel
        self._later: InChannel | None = None
        self._posted = 0
        self.limit = ticket.limit
        self.lacking: tuple[str, ...] = ()

    async def post(self, message: Message) -> int:
        """Fill the deferred reply."""
        return await self._put(message)

    async def edit(self, posted: int, message: Message) -> None:  # noqa: ARG002 - there is only one
        """Edit the reply; after the interaction's end, a message in the channel takes its place."""
        await self._put(message)

    async def _put(self, message: Message) -> int:
        if self._later is None and discord.utils.utcnow().timestamp() < self._ticket.expires - _MARGIN:
            try:
                return await self._edit_reply(message)
            except UserError as error:
                cause = error.__cause__
                if not (isinstance(cause, discord.HTTPException) and cause.code in errors.OUTDATED):
                    raise
        return await self._go_on(message)

    async def _edit_reply(self, message: Message) -> int:

        async def edit() -> int:
            view, files, nobody = message.view(), message.files(), discord.AllowedMentions.none()
            edited: discord.Message
            try:
                if self._live is not None:
                    edited = await self._live.edit_original_response(
                        view=view, attachments=files, allowed_mentions=nobody
                    )
                else:
                    edited = await self._webhook.edit_message(
                        self._ticket.reply, view=view, attachments=files, allowed_mentions=nobody
                    )
            except discord.HTTPException as error:
                if error.code in errors.OUTDATED:
                    raise UserError("The reply can't be edited any more.") from error
                raise
            return int(edited.id)

        return await errors.patiently(Sentence("doing.answer_you"), edit)

    async def _go_on(self, message: Message) -> int:
        if self._later is None:
            self._later = await self._channel()
            if self._later is None:
                raise UserError(Sentence("platform.discord_late"), Sentence("platform.again"))
        if not self._posted:
            self._posted = await self._later.post(message)
        else:
            await self._later.edit(self._posted, message)
        return self._posted
