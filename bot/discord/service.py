"""From an inbound request to its answer, for messages and interactions alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import discord
import structlog

from bot import gating
from bot.cutting import cut, one_line
from bot.discord import render
from bot.discord.errors import told
from bot.discord.inbound import attachments
from bot.discord.payloads import Inbound
from bot.discord.people import People
from bot.discord.places import Channel, InChannel, InReply
from bot.discord.private import PrivateReply
from bot.discord.replies import Reply
from bot.discord.requests import Requests
from bot.failures import explain
from bot.handler import Handler
from bot.pictures import Shelf
from bot.request import MANAGING, Addressed, ShowHelp
from core.errors import LookalikeError, UserError
from core.words import Sentence, Words


@dataclass(frozen=True, slots=True)
class Service:
    """Turns inbound requests into answers."""

    client: discord.Client
    handler: Handler
    requests: Requests
    people: People
    shelf: Shelf
    blind: bool = False
    """Whether the bot does without the Message Content intent."""

    async def answer_message(self, inbound: Inbound, message: discord.Message) -> None:
        """Answer a message: in a thread started on it, in the thread or direct message it stands in, or beside it."""
        inbound = replace(inbound, locale=self.people.locale(message))
        if isinstance(inbound.intent, (*MANAGING, ShowHelp)):
            inbound = replace(inbound, manager=await self.people.wrote_as_manager(message))
        live = [*attachments(message)]
        parent = message.reference.resolved if message.reference else None
        if isinstance(parent, discord.Message):
            live += attachments(parent)
        try:
            channel = await self.channel(inbound.channel, message.channel)
            place = self.beside(inbound, channel)
            if inbound.addressed is not Addressed.THREAD:
                place.check()
        except LookalikeError as error:
            if inbound.addressed is not Addressed.THREAD:
                await self._apologise(inbound, message.author, error)
            return
        self.submit(inbound, place, live)

    def beside(self, inbound: Inbound, channel: Channel) -> InChannel:
        """The place of a message's answer. A refusal needs no thread."""
        words = Words(inbound.locale)
        name = cut(one_line(inbound.text) or words("discord.thread"), 100)
        refused = self.refused(inbound)
        return InChannel(channel, channel.get_partial_message(inbound.post), "" if refused else name)

    def answer_interaction(
        self, interaction: discord.Interaction, inbound: Inbound, live: Collection[discord.Attachment] = ()
    ) -> None:
        """Answer a command, menu, button or form, which is deferred already, in its own reply."""
        self.submit(inbound, self.reply(inbound, interaction), live)

    def answer_privately(
        self, interaction: discord.Interaction, inbound: Inbound, live: Collection[discord.Attachment] = ()
    ) -> None:
        """Answer only the asker. Not taken up after a restart: nobody waits that long for it."""
        request = replace(self.requests.make(inbound, live), context={})
        self.handler.submit(request, PrivateReply(self.reply(inbound, interaction), Words(inbound.locale)))

    def reply(self, inbound: Inbound, interaction: discord.Interaction | None = None) -> InReply:
        """The place of an interaction's answer; without the interaction itself after a restart."""
        assert inbound.ticket is not None

        async def later() -> InChannel | None:
            try:
                return InChannel(await self.channel(inbound.channel))
            except UserError:
                return None

        return InReply(inbound.ticket, self.client, later, interaction)

    def submit(
        self,
        inbound: Inbound,
        place: InChannel | InReply,
        live: Collection[discord.Attachment] = (),
        *,
        accepted: bool = False,
        posted: int | None = None,
    ) -> None:
        """Hand the request to the handler.

        Args:
            accepted: an earlier run of the program noted it.
            posted: id of the note that the earlier run left.
        """
        reply = Reply(place, inbound, Words(inbound.locale), self.shelf, posted, blind=self.blind)
        self.handler.submit(self.requests.make(inbound, live), reply, accepted=accepted)

    def refused(self, inbound: Inbound) -> bool:
        """Whether this is for managers, and the asker is none: then the refusal makes no noise."""
        return gating.refused(self.requests.make(inbound))

    async def channel(self, channel_id: int, known: object = None) -> Channel:
        """A channel by id.

        Raises:
            UserError: the bot does not see it.
        """
        found = known if isinstance(known, Channel) else self.client.get_channel(channel_id)
        if found is None:
            async with told(Sentence("doing.see_channel")):
                found = await self.client.fetch_channel(channel_id)
        if not isinstance(found, Channel):
            raise UserError(Sentence("platform.discord_place"), Sentence("platform.discord_place_advice"))
        return found

    async def _apologise(self, inbound: Inbound, person: discord.User | discord.Member, error: LookalikeError) -> None:
        """Tell the asker directly why there is no answer."""
        words = Words(inbound.locale)
        message = render.failure(explain(error, words), words)
        try:
            async with told(Sentence("doing.write_directly")):
                await person.send(view=message.view())
        except LookalikeError as lost:
            structlog.get_logger(__name__).warning("failure_not_delivered", reason=lost.reason)
