"""Where an answer goes: a thread."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.slack.blocks import Message
from bot.slack.client import Workspace, told
from core.errors import Unavailable
from core.words import Sentence

_HURRY = 3.0
"""Seconds after which progress is not worth showing any more."""
NOTE = "lookalike_note"
"""Type of the metadata that marks a note which is not yet an answer, so that a restart finds it."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A :class:`~bot.note.Sheet` in a channel's thread.

    Attributes:
        ts: of the thread's first post.
    """

    workspace: Workspace
    channel: str
    ts: str

    async def post(self, message: Message) -> str:
        """Post; returns the message's ``ts``."""
        return await _post(self.workspace, thread_ts=self.ts, **self._arguments(message))

    async def edit(self, posted: str, message: Message) -> None:
        """Edit: answers wait for their turn, progress does not, since it is outdated a second later."""
        queues, arguments = self.workspace.queues, self._arguments(message)
        if message.note:
            if queues.waiting("chat.update"):
                raise Unavailable("Answers wait in line.")
            try:
                async with asyncio.timeout(_HURRY):
                    await self.workspace.hurried.chat_update(ts=posted, **arguments)
            except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
                raise Unavailable(f"Slack does not take it now ({type(error).__name__}).") from error
        else:
            async with told(Sentence("doing.edit")), queues.place("chat.update"):
                await self.workspace.patient.chat_update(ts=posted, **arguments)

    def _arguments(self, message: Message) -> dict[str, Any]:
        """With metadata that tells a note from an answer."""
        if message.note:
            metadata = {"event_type": NOTE, "event_payload": {"key": message.note}}
        else:
            metadata = {"event_type": f"{NOTE}_done", "event_payload": {}}
        return {**message.arguments(), "channel": self.channel, "metadata": metadata}


async def begin(workspace: Workspace, channel: str, message: Message) -> str:
    """Begin a thread with a message; returns its ``ts``. Raises ``LookalikeError``."""
    return await _post(workspace, channel=channel, **message.arguments())


async def _post(workspace: Workspace, *, channel: str, **arguments: Any) -> str:
    async with told(Sentence("doing.post")), workspace.queues.place("chat.postMessage", channel):
        answer = await workspace.patient.chat_postMessage(
            channel=channel, unfurl_links=False, unfurl_media=False, **arguments
        )
    return str(answer["ts"])
