"""What Slack sends, and who listens. Each listener acknowledges first and goes on in the background."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.request import Addressed
from bot.slack import forms, inbound, render, render_catalogue
from bot.slack.client import Workspace
from bot.slack.home import Home
from bot.slack.interactions import Interactions
from bot.slack.payloads import Inbound, Payload
from bot.slack.service import Service
from bot.slack.slash_commands import SlashCommands
from core.errors import LookalikeError

Ack = Callable[..., Awaitable[Any]]
_NOTE_WITHIN = 0.5
"""Seconds that an acknowledgement waits for the database; it has three in all."""

Find = Callable[[AsyncBoltContext], Awaitable[Workspace]]


@dataclass(frozen=True, slots=True)
class Posts:
    """Messages and mentions.

    Args:
        channels: where photos are answered without a mention.
    """

    service: Service
    workspace: Find
    channels: frozenset[str]
    noting: dict[str, asyncio.Future[bool]] = field(default_factory=dict)
    """What is being noted now, by key: the other event of the same post waits for the same."""

    async def note(self, event: Payload, context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]) -> None:
        """Before Bolt acknowledges: what will be answered is in the database, so that no crash loses it."""
        workspace = await self.workspace(context)
        found = inbound.post(event, workspace.team, workspace.me, self.channels)
        if found is not None and found.addressed is not Addressed.THREAD:
            noting = self.noting.get(found.key)
            context["twin"] = noting is not None
            context["handed"] = self.service.expect()
            if noting is None:
                noting = asyncio.ensure_future(self.service.handler.accept(found.key, found.dump()))
                self.noting[found.key] = context["noting"] = noting
                noting.add_done_callback(lambda _: self.noting.pop(found.key))
            await asyncio.wait([noting], timeout=_NOTE_WITHIN)
        await next_()

    async def on_post(self, event: Payload, context: AsyncBoltContext) -> None:
        """A message or a mention; most posts bring both, and one answer."""
        workspace = await self.workspace(context)
        self.service.recent.note(event)
        found = inbound.post(event, workspace.team, workspace.me, self.channels)
        if found is not None and not context.get("twin"):
            self.service.start(self._answer(workspace, found, context.get("noting")))
        if handed := context.get("handed"):
            handed.set_result(None)

    async def _answer(self, workspace: Workspace, found: Inbound, noting: asyncio.Future[bool] | None) -> None:
        try:
            if noting is None:
                await self.service.answer(workspace, found)
            elif await noting:
                await self.service.answer(workspace, found, accepted=True)
        except LookalikeError as error:
            await self.service.apologise(workspace, found, error)


@dataclass(frozen=True, slots=True)
class Listeners:
    """All that listen."""

    posts: Posts
    interactions: Interactions
    commands: SlashCommands
    home: Home


def register(app: AsyncApp, all_: Listeners, lost: Callable[[str], Awaitable[None]]) -> None:
    """Attach a listener for everything that the manifest subscribes to; without one Bolt never acknowledges.

    Args:
        lost: called with the workspace's id when it uninstalls the app or revokes its token.
    """
    posts, interactions = all_.posts, all_.interactions
    app.event("message", middleware=[posts.note])(posts.on_post)
    app.event("app_mention", middleware=[posts.note])(posts.on_post)
    app.event("app_home_opened")(all_.home.on_open)
    app.command("/find")(all_.commands.on_find)
    app.command("/catalog")(all_.commands.on_catalogue)
    for callback in ("find_similar", "add_to_catalogue"):
        app.shortcut(callback)(interactions.on_shortcut)
    for action in (render.MORE, render.NEXT, render.UP, render.DOWN):
        app.action(action)(interactions.on_press)
    app.action(render.REFINE)(interactions.on_refine)
    app.action(re.compile(rf"{re.escape(render_catalogue.PAGE)}\..+"))(interactions.on_page)
    for form in (forms.FIND, forms.REFINE, forms.ADD):
        app.view(form)(interactions.on_submit)

    async def on_lost(event: Payload, context: AsyncBoltContext) -> None:
        if event["type"] == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            await lost(str(context.team_id))

    async def ignore(ack: Ack) -> None:
        await ack()

    async def on_error(error: Exception, body: Payload) -> None:
        structlog.get_logger(__name__).error("listener_failed", kind=str(body.get("type", "")), exc_info=error)

    app.event("app_uninstalled")(on_lost)
    app.event("tokens_revoked")(on_lost)
    app.event(re.compile(".+"))(ignore)
    app.action(re.compile(".+"))(ignore)
    app.error(on_error)
