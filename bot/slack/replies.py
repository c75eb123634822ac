"""How a request is answered in a thread: a first sign, progress in one message, the result in its place."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

import structlog
from slack_sdk.errors import SlackApiError

from bot import lines, skipped
from bot.asked import SEEN, Asked, unseen
from bot.failures import Failure
from bot.note import Note
from bot.pictures import Shelf
from bot.results import Courtesy, Found, Imported, Result, Voted
from bot.slack import markup, render, render_catalogue
from bot.slack.blocks import Message
from bot.slack.client import Workspace, code, told
from bot.slack.payloads import Inbound
from bot.slack.places import Thread
from bot.slack.render import Pictures
from bot.slack.uploads import Upload, processed, upload
from core.errors import LookalikeError
from core.ingest import IngestProgress
from core.models import Progress, Stage
from core.words import Sentence, Words

EYES = "eyes"
"""The reaction that says "I have seen it"."""

_SOON = 4.0
"""Seconds that an answer waits for its pictures; then it comes without, and they are added."""
_LATE = 60.0
"""Seconds after which pictures are given up."""


class ThreadReply:
    """A :class:`~bot.ports.Replier` in a thread.

    Args:
        note: ``ts`` of the note that an earlier run of the program left.
    """

    def __init__(self, workspace: Workspace, inbound: Inbound, words: Words, shelf: Shelf, note: str = "") -> None:
        self._workspace = workspace
        self._inbound = inbound
        self._words = words
        self._shelf = shelf
        self._note = Note(Thread(workspace, inbound.channel, inbound.thread), note or None)
        self._panorama: asyncio.Task[str] | None = None
        self._log = structlog.get_logger(__name__)

    async def begin(self) -> None:
        """A reaction to the post, and the note on its way."""
        inbound = self._inbound
        pictures = bool(inbound.files or inbound.urls or inbound.parent)
        self._note.open(render.note(lines.first_sign(inbound.intent, pictures, self._words), inbound.key))
        if self._inbound.post:
            await self._react()

    async def progress(self, progress: Progress | IngestProgress) -> None:
        """Edit the note when there is time; begin to upload the panorama as soon as there is one."""
        self._note.show(render.progress(progress, self._words, self._inbound.key))
        if isinstance(progress, Progress) and progress.stage is Stage.RERANK and progress.panorama:
            self._panorama = asyncio.create_task(self._upload_panorama(progress.panorama, len(progress.hits)))

    async def send(self, result: Result) -> None:
        """The result in the note's place. Files that do not fit a message are posted in the thread."""
        match result:
            case Found():
                await self._send_found(result)
            case Imported():
                await self._send_imported(result)
            case _:
                await self._note.close(plain(result, self._words))

    async def fail(self, failure: Failure) -> None:
        """Reason, advice and reference in the note's place."""
        if self._panorama is not None:
            self._panorama.cancel()
        await self._note.close(render.failure(failure, self._words))

    async def _react(self) -> None:
        async with told(Sentence("doing.react")), self._workspace.queues.place("reactions.add"):
            try:
                await self._workspace.patient.reactions_add(
                    channel=self._inbound.channel, timestamp=self._inbound.post, name=EYES
                )
            except SlackApiError as error:
                if code(error) != "already_reacted":  # as an earlier run of the program may have done
                    raise

    async def _send_found(self, result: Found) -> None:
        asked = self._asked(result)

        def message(pictures: Pictures, missing: str = "") -> Message:
            return render.found(result, self._words, pictures, asked, missing)

        if result.answer.pick is None:
            await self._note.close(message(Pictures()))
            return
        started = time.monotonic()
        try:
            pictures = await self._upload(result)
            ready = await self._ready(pictures, started + _SOON)
            if not ready:
                await self._note.close(message(Pictures()))
                ready = await self._ready(pictures, started + _LATE)
        except LookalikeError as error:
            self._log.warning("pictures_not_shown", reason=error.reason)
            await self._note.close(
                message(Pictures(), self._words("chat.no_pictures", reason=self._words.of(error.reason)))
            )
            return
        late = "" if ready else self._words("chat.late_pictures")
        await self._note.close(message(pictures if ready else Pictures(), late))

    def _asked(self, result: Found) -> Asked:
        if self._inbound.visible:
            return SEEN
        return unseen(self._inbound.intent, result.answer.query.text, self._inbound.user, self._words)

    async def _upload(self, result: Found) -> Pictures:
        """Upload what is not on its way yet, side by side."""
        answer = result.answer
        if self._panorama is None:
            self._panorama = asyncio.create_task(self._upload_panorama(answer.panorama, len(answer.hits)))
        pick, panorama = await _both(self._upload_pick(result), self._panorama)
        return Pictures(pick, panorama)

    async def _upload_panorama(self, data: bytes, count: int) -> str:
        alt = self._words("answer.panorama_alt", count=count)
        return await upload(self._workspace, Upload("panorama.jpg", data, self._words("chat.panorama"), alt))

    async def _upload_pick(self, result: Found) -> str:
        pick = result.answer.pick
        assert pick is not None
        data = await self._shelf.jpeg(pick.item)
        title = lines.name(pick.item, self._words)
        return await upload(
            self._workspace, Upload("pick.jpg", data, title, lines.alt(result.answer.ranked[0][0], pick, self._words))
        )

    async def _ready(self, pictures: Pictures, deadline: float) -> bool:
        both = (processed(self._workspace, each, deadline) for each in (pictures.pick, pictures.panorama))
        return all(await asyncio.gather(*both))

    async def _send_imported(self, result: Imported) -> None:
        many = len(result.report.skipped) > lines.NAMED
        await self._note.close(render_catalogue.imported(result, self._words, table=many))
        if many:
            table = Upload(
                "skipped.csv", skipped.table(result.report.skipped, self._words), self._words("chat.skipped_title")
            )
            await upload(self._workspace, table, channel=self._inbound.channel, thread=self._inbound.thread)


def plain(result: Result, words: Words) -> Message:
    """A result that is only text."""
    if isinstance(result, Found):
        return render.found(result, words, Pictures(), SEEN)
    if isinstance(result, Voted):
        return render.sentence(markup.escape(words("help.vote")))
    if isinstance(result, Courtesy):
        return render.sentence(markup.escape(words("help.courtesy")))
    return render_catalogue.result(result, words)


async def _both(first: Awaitable[str], second: Awaitable[str]) -> tuple[str, str]:
    """Both results; when one fails the other is not left running unseen."""
    tasks = [asyncio.ensure_future(each) for each in (first, second)]
    done = await asyncio.gather(*tasks, return_exceptions=True)
    for each in done:
        if isinstance(each, BaseException):
            raise each
    return tasks[0].result(), tasks[1].result()
