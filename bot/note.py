"""The one message that stands for a request: a note at first, edited as stages finish, the answer at the end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Generic, Protocol, TypeVar

import structlog

from core.errors import LookalikeError

PAUSE = 1.2
"""Least seconds between two edits, as slow as the slowest chat allows for long; a faster search is not commented on."""

_PATIENCE = 5.0
"""Seconds that an answer waits for an edit under way. Cut off in the middle, it could come later than the answer, and
discord.py would keep the message's next edit waiting for half a minute."""

Shown = TypeVar("Shown")
Shown_contra = TypeVar("Shown_contra", contravariant=True)
Posted = TypeVar("Posted")


class Sheet(Protocol[Shown_contra, Posted]):
    """Where a note is written, in a platform's own messages and ids."""

    async def post(self, message: Shown_contra) -> Posted:
        """Post a message and return its id. Raises ``LookalikeError``."""
        ...

    async def edit(self, posted: Posted, message: Shown_contra) -> None:
        """Put something else into a posted message. Raises ``LookalikeError``; a note then is not edited any more."""
        ...


class Note(Generic[Shown, Posted]):
    """A message, posted in the background and edited sparingly.

    Args:
        posted: id of the note that an earlier run of the program left; None: post a new one.
    """

    def __init__(self, sheet: Sheet[Shown, Posted], posted: Posted | None = None) -> None:
        self._sheet = sheet
        self._posted = posted
        self._posting: asyncio.Task[None] | None = None
        self._editing: asyncio.Task[None] | None = None
        self._latest: Shown | None = None
        self._enough = asyncio.Event()
        self._log = structlog.get_logger(__name__)

    def open(self, message: Shown) -> None:
        """Begin to post the note; returns at once. When the task that calls this ends, so does the editing."""
        if self._posted is None:
            self._posting = asyncio.create_task(self._post(message))
        if handling := asyncio.current_task():
            handling.add_done_callback(lambda _: self._enough.set())

    def show(self, message: Shown) -> None:
        """Show how far it is, soon and if there is time; returns at once."""
        self._latest = message
        if self._editing is None and self._posting is not None and not self._enough.is_set():
            self._editing = asyncio.create_task(self._edit())

    async def settle(self) -> None:
        """Let the posting end, and the editing stop."""
        self._enough.set()
        if self._editing is not None:
            _, going_on = await asyncio.wait([self._editing], timeout=_PATIENCE)
            for each in going_on:
                each.cancel()
                await asyncio.wait([each])
            self._editing = None
        if self._posting is not None:
            await asyncio.wait([self._posting])
            self._posting = None

    async def close(self, message: Shown) -> None:
        """Put the answer in the note's place, or post it where there is no note. May be called again to amend it.

        Raises:
            LookalikeError: the platform does not take it.
        """
        await self.settle()
        if self._posted is not None:
            await self._sheet.edit(self._posted, message)
        else:
            self._posted = await self._sheet.post(message)

    async def _post(self, message: Shown) -> None:
        try:
            self._posted = await self._sheet.post(message)
        except LookalikeError as error:
            self._log.warning("note_not_posted", reason=error.reason)

    async def _edit(self) -> None:
        """Edit while there is something new to show."""
        posting = self._posting
        await self._wait(PAUSE)
        if posting is not None:
            await asyncio.wait([posting])
        shown = None
        while self._posted is not None and not self._enough.is_set():
            message, started = self._latest, time.monotonic()
            if message is not None and message is not shown:
                shown = message
                try:
                    await self._sheet.edit(self._posted, message)
                except LookalikeError as error:
                    self._log.info("progress_not_shown", reason=error.reason)
                    return
            await self._wait(max(0.1, PAUSE - (time.monotonic() - started)))

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._enough.wait(), seconds)
