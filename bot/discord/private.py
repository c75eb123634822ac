"""Answers that only the asker sees: refusals, votes, and what a command shows."""

from __future__ import annotations

from bot.discord import render
from bot.discord.places import InReply
from bot.discord.replies import plain
from bot.failures import Failure
from bot.results import Result
from core.ingest import IngestProgress
from core.models import Progress
from core.words import Words


class PrivateReply:
    """A :class:`~bot.ports.Replier` for an interaction deferred privately, or for a message that is replaced."""

    def __init__(self, place: InReply, words: Words) -> None:
        self._place = place
        self._words = words

    async def begin(self) -> None:
        """Nothing: these answers come at once."""

    async def progress(self, progress: Progress | IngestProgress) -> None:
        """Nothing: see :meth:`begin`."""

    async def send(self, result: Result) -> None:
        """Show the result."""
        await self._place.post(plain(result, self._words))

    async def fail(self, failure: Failure) -> None:
        """Show reason, advice and reference."""
        await self._place.post(render.failure(failure, self._words))
