"""Buttons, menus, message shortcuts and forms."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

from bot.details import Mistakes
from bot.failures import explain
from bot.request import ListProducts, Vote
from bot.slack import forms, inbound
from bot.slack.client import Workspace, told
from bot.slack.payloads import Inbound, Payload
from bot.slack.private import PrivateReply
from bot.slack.requests import PLATFORM
from bot.slack.service import Service
from core.errors import LookalikeError, UserError
from core.history import History
from core.models import Tenant
from core.words import Sentence

Ack = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Interactions:
    """What people press and fill in."""

    service: Service
    history: History
    workspace: Callable[[AsyncBoltContext], Awaitable[Workspace]]

    async def on_shortcut(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        """ "Find similar" or "Add to catalogue" on a message."""
        await ack()
        workspace = await self.workspace(context)
        self.service.start(self.service.answer(workspace, inbound.shortcut(body, workspace.team)))

    async def on_press(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        """More like this, the next page, or a thumb. Thumbs are thanked for privately."""
        await ack()
        workspace = await self.workspace(context)
        found = inbound.press(body, workspace.team)
        if found is None:
            return
        if isinstance(found.intent, Vote):
            thanks = PrivateReply(str(body["response_url"]), await self.service.words(workspace, found.user))
            self.service.start(self.service.answer_privately(workspace, found, thanks))
        else:
            self.service.start(self.service.answer(workspace, found))

    async def on_refine(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        """Open the form that changes the words; the press's ticket for that lives three seconds."""
        await ack()
        workspace = await self.workspace(context)
        words = await self.service.words(workspace, str(body["user"]["id"]))
        try:
            ask = str(inbound.value(body["actions"][0])["ask"])
            earlier = await asyncio.to_thread(self.history.get, ask)
            if earlier is None or earlier.tenant != Tenant(PLATFORM, workspace.team):
                raise UserError(words("failure.forgotten"), words("failure.forgotten_advice"))
            view = forms.refine(ask, earlier.query.text, *inbound.place(body), words)
            async with told(Sentence("doing.open_form")):
                await workspace.patient.views_open(trigger_id=body["trigger_id"], view=view)
        except LookalikeError as error:
            await PrivateReply(str(body["response_url"]), words).fail(explain(error, words))

    async def on_page(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        """Another page of the catalogue, in place of the one that is shown."""
        await ack()
        workspace = await self.workspace(context)
        carried = inbound.value(body["actions"][0])
        channel, thread = inbound.place(body)
        user = str(body["user"]["id"])
        page = ListProducts(offset=int(carried["offset"]), text=str(carried.get("text", "")))
        found = Inbound(
            team=workspace.team,
            channel=channel,
            user=user,
            key=f"slack:{workspace.team}:{channel}:{body['trigger_id']}",
            thread=thread,
            intent=page,
        )
        replier = PrivateReply(str(body["response_url"]), await self.service.words(workspace, user), replace=True)
        self.service.start(self.service.answer_privately(workspace, found, replier))

    async def on_submit(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        """A form: its mistakes are shown beside its fields, else it is answered in a thread."""
        workspace = await self.workspace(context)
        words = await self.service.words(workspace, str(body["user"]["id"]))
        try:
            found = forms.submitted(body, workspace.team, words)
        except Mistakes as mistakes:
            await ack(response_action="errors", errors=dict(mistakes.fields))
            return
        await ack()
        self.service.start(self.service.answer(workspace, found))
