"""The one message that stands for a request: a note at first, edited as stages finish, the answer at the end."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import structlog
from slack_sdk.errors import SlackClientError

from bot.slack.blocks import Message
from bot.slack.client import Workspace, told
from core.errors import LookalikeError

EVENT = "lookalike_note"
"""Type of the metadata that marks a note which is not yet an answer, so that a restart finds it."""

_PAUSE = 1.0
"""Least seconds between two edits; a search that is faster than this is not commented on."""


class Note:
    """A message in a thread, posted in the background and edited sparingly.

    Args:
        key: the request's key, kept in the message's metadata until the answer stands there.
        ts: the note that an earlier run of the program left; empty: post a new one.
    """

    def __init__(self, workspace: Workspace, channel: str, thread: str, key: str, ts: str = "") -> None:
        self._workspace = workspace
        self._channel = channel
        self._thread = thread
        self._key = key
        self._ts = ts
        self._posting: asyncio.Task[None] | None = None
        self._editing: asyncio.Task[None] | None = None
        self._latest: Message | None = None
        self._log = structlog.get_logger(__name__)

    def open(self, message: Message) -> None:
        """Begin to post the note; returns at once."""
        if not self._ts:
            self._posting = asyncio.create_task(self._post_note(message))

    def show(self, message: Message) -> None:
        """Show how far it is, soon and if there is time; returns at once."""
        self._latest = message
        if self._editing is None and self._posting is not None:
            self._editing = asyncio.create_task(self._edit())

    def abandon(self) -> None:
        """Edit no more; the note stays as it is."""
        if self._editing is not None:
            self._editing.cancel()

    async def close(self, message: Message) -> None:
        """Put the answer in the note's place, or post it where there is no note. May be called again to amend it.

        Raises:
            LookalikeError: Slack does not take it.
        """
        await self._settle()
        arguments: dict[str, Any] = {**message.arguments(), "channel": self._channel}
        # Empty metadata: a restart no longer takes it for an unfinished note.
        arguments["metadata"] = {"event_type": f"{EVENT}_done", "event_payload": {}}
        if self._ts:
            async with told("edit my answer"), self._workspace.queues.place("chat.update"):
                await self._workspace.patient.chat_update(ts=self._ts, **arguments)
        else:
            await self._post(arguments)

    async def _settle(self) -> None:
        """Let the posting end, and the editing stop."""
        if self._editing is not None:
            self._editing.cancel()
            await asyncio.wait([self._editing])
            self._editing = None
        if self._posting is not None:
            await asyncio.wait([self._posting])
            self._posting = None

    async def _post_note(self, message: Message) -> None:
        metadata = {"event_type": EVENT, "event_payload": {"key": self._key}}
        try:
            await self._post({**message.arguments(), "channel": self._channel, "metadata": metadata})
        except LookalikeError as error:
            self._log.warning("note_not_posted", reason=error.reason)

    async def _post(self, arguments: dict[str, Any]) -> None:
        async with told("post in this channel"), self._workspace.queues.place("chat.postMessage", self._channel):
            answer = await self._workspace.patient.chat_postMessage(
                thread_ts=self._thread or None, unfurl_links=False, unfurl_media=False, **arguments
            )
        self._ts = str(answer["ts"])

    async def _edit(self) -> None:
        """Edit while there is something new to show. Answers that wait in line go first, and a rate limit ends it."""
        posting = self._posting
        await asyncio.sleep(_PAUSE)
        if posting is not None:
            await asyncio.wait([posting])
        shown = None
        while self._ts and not self._workspace.queues.waiting("chat.update"):
            message, started = self._latest, time.monotonic()
            if message is not None and message is not shown:
                shown = message
                metadata = {"event_type": EVENT, "event_payload": {"key": self._key}}
                try:
                    await self._workspace.hurried.chat_update(
                        channel=self._channel, ts=self._ts, metadata=metadata, **message.arguments()
                    )
                except (SlackClientError, OSError, TimeoutError) as error:
                    self._log.info("progress_not_shown", error=type(error).__name__)
                    return
            await asyncio.sleep(max(0.1, _PAUSE - (time.monotonic() - started)))
