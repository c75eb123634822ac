"""Buttons, menus, message shortcuts and forms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

from bot.request import ListProducts, Vote
from bot.slack import forms, inbound
from bot.slack.client import Workspace, told
from bot.slack.payloads import Inbound, Payload
from bot.slack.private import PrivateReply
from bot.slack.service import Service

Ack = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Interactions:
    """What people press and fill in."""

    service: Service
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
        carried = inbound.value(body["actions"][0])
        channel, thread = inbound.place(body)
        words = await self.service.words(workspace, str(body["user"]["id"]))
        view = forms.refine(str(carried["ask"]), str(carried.get("text", "")), channel, thread, words)
        async with told("open the form"):
            await workspace.patient.views_open(trigger_id=body["trigger_id"], view=view)

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
        found = forms.submitted(body, workspace.team, words)
        if isinstance(found, forms.Mistakes):
            await ack(response_action="errors", errors=dict(found.fields))
            return
        await ack()
        self.service.start(self.service.answer(workspace, found))
