"""What all listeners share: from an inbound request to its answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from bot import gating
from bot.failures import explain
from bot.handler import Handler
from bot.pictures import Shelf
from bot.ports import Replier
from bot.request import MANAGING
from bot.slack import markup, render
from bot.slack.blocks import Message
from bot.slack.client import Workspace, told
from bot.slack.payloads import Inbound
from bot.slack.people import People
from bot.slack.places import begin
from bot.slack.private import Whisper, whisper
from bot.slack.recent import Recent
from bot.slack.replies import ThreadReply
from bot.slack.requests import Requests
from core.errors import LookalikeError, UserError
from core.words import Sentence, Words

_LANGUAGE_WITHIN = 1.0
"""Seconds; what opens a form, or accepts one, is worth three."""


@dataclass(frozen=True, slots=True)
class Service:
    """Turns inbound requests into answers."""

    handler: Handler
    requests: Requests
    people: People
    recent: Recent
    shelf: Shelf
    _coming: set[asyncio.Future[None]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Go on with an event in the background; :meth:`settled` waits for it."""
        task = asyncio.create_task(work)
        self._coming.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Future[None]) -> None:
        self._coming.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            structlog.get_logger(__name__).error("event_failed", exc_info=error)

    def expect(self) -> asyncio.Future[None]:
        """Announce an event that Bolt still has in hands; its listener resolves the future."""
        handed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._coming.add(handed)
        handed.add_done_callback(self._coming.discard)
        return handed

    async def settled(self, seconds: float = 5.0) -> None:
        """Wait until every event that was taken has reached the handler, at most so long."""
        deadline = time.monotonic() + seconds
        while self._coming and time.monotonic() < deadline:
            await asyncio.wait(self._coming, timeout=deadline - time.monotonic())

    async def words(self, workspace: Workspace, user: str) -> Words:
        """The words of a person's language; English where Slack is slow to tell it, since forms can't wait."""
        asking = asyncio.ensure_future(self.people.get(workspace, user))
        await asyncio.wait([asking], timeout=_LANGUAGE_WITHIN)
        return Words(asking.result().locale) if asking.done() else Words()

    async def answer(self, workspace: Workspace, inbound: Inbound, *, accepted: bool = False, note: str = "") -> None:
        """Answer in the thread; begins one where there is none. What is for managers only is refused privately.

        Every error ends as a reply, or in the log when Slack does not take one.

        Args:
            accepted: the handler has noted the message already.
            note: ``ts`` of the note that an earlier run of the program left.
        """
        try:
            request = await self.requests.make(inbound, workspace)
            words = Words(request.locale)
            if gating.refused(request):
                replier: Replier = Whisper(workspace, inbound.channel, inbound.user, words, inbound.thread)
            else:
                if not inbound.thread:
                    inbound = await self._rooted(workspace, inbound, words)
                    request = replace(request, conversation=inbound.conversation, context=inbound.dump())
                replier = ThreadReply(workspace, inbound, words, self.shelf, note)
            self.handler.submit(request, replier, accepted=accepted)
        except LookalikeError as error:
            await self.apologise(workspace, inbound, error)
            await self.handler.settle(inbound.key)

    async def answer_privately(self, workspace: Workspace, inbound: Inbound, replier: Replier) -> None:
        """Answer so that only the asker sees it. Not taken up after a restart: nobody waits that long for it."""
        try:
            request = await self.requests.make(inbound, workspace)
        except LookalikeError as error:
            await self.apologise(workspace, inbound, error)
        else:
            self.handler.submit(replace(request, context={}), replier)

    async def check_manager(self, workspace: Workspace, inbound: Inbound) -> None:
        """Raise ``UserError``, which says whom to ask, when the asker may not do this."""
        gating.check_manager(await self.requests.make(inbound, workspace))

    async def apologise(self, workspace: Workspace, inbound: Inbound, error: LookalikeError) -> None:
        """Tell the asker, privately, why there will be no answer."""
        words = await self.words(workspace, inbound.user)
        try:
            message = render.failure(explain(error, words), words)
            await whisper(workspace, inbound.channel, inbound.user, message, inbound.thread)
        except LookalikeError as lost:
            structlog.get_logger(__name__).warning("failure_not_delivered", reason=lost.reason)

    async def _rooted(self, workspace: Workspace, inbound: Inbound, words: Words) -> Inbound:
        """Begin a thread: in the channel, or in a direct message where the bot may not post there."""
        message = _root(inbound, words)
        try:
            return replace(inbound, thread=await begin(workspace, inbound.channel, message))
        except UserError:
            async with told(Sentence("doing.open_direct")):
                opened = await workspace.patient.conversations_open(users=inbound.user)
            channel = str(opened["channel"]["id"])
            return replace(inbound, channel=channel, thread=await begin(workspace, channel, message))


def _root(inbound: Inbound, words: Words) -> Message:
    """The first post of a thread that a command or form begins: who wants what."""
    who = markup.user(inbound.user)
    if isinstance(inbound.intent, MANAGING):
        said = f":package: {who} {markup.escape(words('chat.root_catalogue'))}"
    elif inbound.text:
        said = f":mag: {who}: {markup.escape_within(' '.join(inbound.text.split()), 500)}"
    else:
        said = f":mag: {who} {markup.escape(words('chat.root_photo'))}"
    return render.sentence(said)
