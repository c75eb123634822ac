"""The one message that stands for a request: a note at first, edited as stages finish, the answer at the end."""

from __future__ import annotations

import asyncio

import structlog

from bot.discord.layout import Message
from bot.discord.places import Place
from core.errors import LookalikeError

_PAUSE = 1.2
"""Least seconds between two edits; a search that is faster than this is not commented on."""


class Note:
    """A message, posted in the background and edited sparingly.

    Args:
        posted: id of the note that an earlier run of the program left; 0: post a new one.
    """

    def __init__(self, place: Place, posted: int = 0) -> None:
        self._place = place
        self._posted = posted
        self._posting: asyncio.Task[None] | None = None
        self._editing: asyncio.Task[None] | None = None
        self._latest: Message | None = None
        self._log = structlog.get_logger(__name__)

    def open(self, message: Message) -> None:
        """Begin to post the note; returns at once."""
        if not self._posted:
            self._posting = asyncio.create_task(self._post_note(message))

    def show(self, message: Message) -> None:
        """Show how far it is, soon and if there is time; returns at once."""
        self._latest = message
        if self._editing is None and self._posting is not None:
            self._editing = asyncio.create_task(self._edit())

    async def settle(self) -> None:
        """Let the posting end, and the editing stop."""
        if self._editing is not None:
            self._editing.cancel()
            await asyncio.wait([self._editing])
            self._editing = None
        if self._posting is not None:
            await asyncio.wait([self._posting])
            self._posting = None

    async def close(self, message: Message) -> None:
        """Put the answer in the note's place, or post it where there is no note.

        Raises:
            LookalikeError: Discord does not take it.
        """
        await self.settle()
        if self._posted:
            await self._place.edit(self._posted, message)
        else:
            self._posted = await self._place.post(message)

    async def _post_note(self, message: Message) -> None:
        try:
            self._posted = await self._place.post(message)
        except LookalikeError as error:
            self._log.warning("note_not_posted", reason=error.reason)

    async def _edit(self) -> None:
        """Edit while there is something new to show."""
        posting = self._posting
        await asyncio.sleep(_PAUSE)
        if posting is not None:
            await asyncio.wait([posting])
        shown = None
        while self._posted:
            message = self._latest
            if message is not None and message is not shown:
                shown = message
                try:
                    await self._place.edit(self._posted, message)
                except LookalikeError as error:
                    self._log.info("progress_not_shown", reason=error.reason)
                    return
            await asyncio.sleep(_PAUSE)
