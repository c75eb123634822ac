"""``/find`` and ``/catalog``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

from bot.failures import explain
from bot.request import AddProducts, ImportProducts, Intent
from bot.slack import forms, inbound, markup, render, slash
from bot.slack.blocks import Block
from bot.slack.client import Workspace, told
from bot.slack.payloads import Inbound, Payload
from bot.slack.private import PrivateReply
from bot.slack.service import Service
from core.errors import LookalikeError, UserError
from core.words import Sentence, Words

Ack = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class SlashCommands:
    """Commands carry no files and are not heard in threads, so they open forms and begin threads."""

    service: Service
    workspace: Callable[[AsyncBoltContext], Awaitable[Workspace]]

    async def on_find(self, ack: Ack, command: Payload, context: AsyncBoltContext) -> None:
        """Search by the words, or open the form when there are none."""
        await ack()
        workspace = await self.workspace(context)
        asked = inbound.command(command, workspace.team)
        said = markup.parse(str(command.get("text") or ""))
        if said.words or said.urls:
            self.service.start(self.service.answer(workspace, replace(asked, text=said.words, urls=said.urls)))
            return
        words = await self.service.words(workspace, asked.user)
        await self._open(workspace, command, forms.find(asked.channel, words), words)

    async def on_catalogue(self, ack: Ack, command: Payload, context: AsyncBoltContext) -> None:
        """Look at the catalogue, privately, or change it, in a thread."""
        await ack()
        workspace = await self.workspace(context)
        asked = inbound.command(command, workspace.team)
        words = await self.service.words(workspace, asked.user)
        private = PrivateReply(str(command["response_url"]), words)
        try:
            wanted = slash.catalogue(str(command.get("text") or ""), words)
            if isinstance(wanted, slash.OpenForm):
                await self.service.check_manager(workspace, replace(asked, intent=AddProducts()))
                await self._open(workspace, command, forms.add(asked.channel, words), words)
                return
        except UserError as error:
            await private.fail(explain(error, words))
            return
        found = replace(asked, intent=wanted)
        self.service.start(self._answer(workspace, found, wanted, private))

    async def _answer(self, workspace: Workspace, found: Inbound, wanted: Intent, private: PrivateReply) -> None:
        """An import takes time and is reported in a thread; everything else is only for the asker."""
        if isinstance(wanted, ImportProducts) and await self.service.people.manages(workspace, found.user):
            await self.service.answer(workspace, found)
        else:
            await self.service.answer_privately(workspace, found, private)

    async def _open(self, workspace: Workspace, command: Payload, view: Block, words: Words) -> None:
        try:
            async with told(Sentence("doing.open_form")):
                await workspace.patient.views_open(trigger_id=command["trigger_id"], view=view)
        except LookalikeError as error:
            message = render.failure(explain(error, words), words)
            await PrivateReply(str(command["response_url"]), words).show(message)
