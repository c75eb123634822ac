"""How a request is answered: a first sign, progress in one message, the result in its place."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot import lines, skipped
from bot.asked import SEEN, Asked, unseen
from bot.discord import permissions, render, render_catalogue
from bot.discord.layout import Message, Upload
from bot.discord.payloads import Inbound
from bot.discord.places import Place
from bot.discord.render import Pictures
from bot.discord.uploads import fit
from bot.failures import Failure
from bot.note import Note
from bot.pictures import Shelf
from bot.results import Courtesy, Found, Imported, Result, Voted
from core.errors import LookalikeError
from core.ingest import IngestProgress
from core.models import Progress
from core.words import Words


class Reply:
    """A :class:`~bot.ports.Replier` at a place.

    Args:
        posted: id of the note that an earlier run of the program left.
        blind: whether only replies go on, because messages without a mention are not seen.
    """

    def __init__(
        self,
        place: Place,
        inbound: Inbound,
        words: Words,
        shelf: Shelf,
        posted: int | None = None,
        *,
        blind: bool = False,
    ) -> None:
        self._place = place
        self._inbound = inbound
        self._words = words
        self._shelf = shelf
        self._blind = blind
        self._note = Note(place, posted)
        self._log = structlog.get_logger(__name__)

    async def begin(self) -> None:
        """The thread and the note on their way."""
        inbound = self._inbound
        pictures = bool(inbound.files or inbound.urls or inbound.replied)
        self._note.open(render.note(lines.first_sign(inbound.intent, pictures, self._words), inbound.key))

    async def progress(self, progress: Progress | IngestProgress) -> None:
        """Edit the note when there is time."""
        self._note.show(render.progress(progress, self._words, self._inbound.key))

    async def send(self, result: Result) -> None:
        """The result in the note's place."""
        await self._note.settle()  # the place knows now what it lacks
        match result:
            case Found():
                message = await self._found(result)
            case Imported():
                message = self._imported(result)
            case _:
                message = plain(result, self._words, self._inbound.key)
        await self._note.close(message)

    async def fail(self, failure: Failure) -> None:
        """Reason, advice and reference in the note's place."""
        if self._inbound.unseen and failure.mendable:
            failure = replace(failure, advice=self._words("discord.unseen"))
        await self._note.close(render.failure(failure, self._words, self._inbound.key))

    async def _found(self, result: Found) -> Message:
        remarks = list(self._remarks())
        pictures = Pictures()
        if result.answer.pick is not None and permissions.FILES[0] not in self._place.lacking:
            try:
                pictures = await self._pictures(result)
            except LookalikeError as error:
                self._log.warning("pictures_not_shown", reason=error.reason)
                remarks.append(self._words("chat.no_pictures", reason=self._words.of(error.reason)))
        return render.found(
            result, self._words, pictures, asked=self._asked(result), remarks=remarks, key=self._inbound.key
        )

    def _asked(self, result: Found) -> Asked:
        if self._inbound.visible:
            return SEEN
        return unseen(self._inbound.intent, result.answer.query.text, str(self._inbound.user), self._words)

    async def _pictures(self, result: Found) -> Pictures:
        pick = result.answer.pick
        assert pick is not None
        data = await self._shelf.jpeg(pick.item)
        described = self._words("answer.panorama_alt", count=len(result.answer.hits))
        shown = Upload("pick.jpg", data, lines.alt(result.answer.ranked[0][0], pick, self._words))
        if not result.answer.panorama:
            return Pictures(await fit(shown, self._place.limit))
        panorama = Upload("panorama.jpg", result.answer.panorama, described)
        return Pictures(await fit(shown, self._place.limit), await fit(panorama, self._place.limit))

    def _imported(self, result: Imported) -> Message:
        table = None
        if len(result.report.skipped) > lines.NAMED:
            data = skipped.table(result.report.skipped, self._words)
            if len(data) <= self._place.limit and permissions.FILES[0] not in self._place.lacking:
                table = Upload("skipped.csv", data)
        return render_catalogue.imported(result, self._words, table, self._inbound.key)

    def _remarks(self) -> list[str]:
        """What the bot has to do without here, each with its name; and how to go on where it is blind."""
        lacking = self._place.lacking
        said = []
        if files := tuple(name for name in lacking if name in permissions.FILES):
            said.append(self._words("discord.lacks_files", permission=permissions.titles(files)))
        if threads := tuple(name for name in lacking if name in permissions.THREADS):
            said.append(self._words("discord.lacks_threads", permission=permissions.titles(threads)))
        if self._inbound.unseen:
            said.append(self._words("discord.unseen"))
        if self._blind and self._inbound.guild:
            said.append(self._words("discord.go_on"))
        return said


def plain(result: Result, words: Words, key: str = "") -> Message:
    """A result that is only text."""
    if isinstance(result, Found):
        return render.found(result, words, Pictures(), key=key)
    if isinstance(result, Voted):
        return render.sentence(words("help.vote"), key)
    if isinstance(result, Courtesy):
        return render.sentence(words("help.courtesy"), key)
    return render_catalogue.result(result, words, key)
