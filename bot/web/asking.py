"""Requests that outlive a restart: questions and uploads, from their acceptance to the end of their files.

What is needed to ask again is noted with the message before the page hears that it was taken; the files lie in
:class:`~bot.web.uploads.Uploads` under the same name until the answer is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from bot import attachments
from bot.attachments import in_memory
from bot.request import Attachment, Request
from bot.web import inbound, stored
from bot.web.desk import Desk
from bot.web.posts import Post
from bot.web.replier import ChatReplier, JobReplier
from bot.web.stored import Stored
from bot.web.uploads import Uploads
from core.errors import LookalikeError, Unavailable
from core.images import decode, thumbnail
from core.models import LOCAL
from core.words import Words

PREVIEW = 360
"""Longest side in pixels of the photos of a post that came to nothing; the others' are the history's."""


class Asking:
    """Takes questions and uploads, and takes up again what an earlier run left open."""

    def __init__(self, desk: Desk, uploads: Uploads) -> None:
        self._desk = desk
        self._uploads = uploads
        self._following: set[asyncio.Task[None]] = set()

    async def question(
        self, fields: Mapping[str, str], photos: Sequence[Stored], *, session: str, entry: str, locale: str
    ) -> str:
        """Take a question whose photos were received under the name ``entry``; returns its thread.

        Raises:
            UserError: the fields are not what the page sends.
            Unavailable: the database is down.
        """
        post = Post(entry, "", fields.get("text", ""), ())
        asked = self._question(fields, photos, post, session, locale)
        context = {
            "session": session,
            "entry": entry,
            "locale": locale,
            "time": post.time.isoformat(),
            "fields": {name: fields[name] for name in inbound.FIELDS if name in fields},
            "photos": stored.dump(photos),
        }
        asked = replace(asked, context=context)
        await self._accept(asked, entry)
        self._answer(asked, post, session, locale)
        return post.thread

    async def products(self, files: Sequence[Stored], *, session: str, job: str, locale: str) -> None:
        """Take products whose files were received under the name ``job``. Raises ``Unavailable``."""
        context = {"session": session, "job": job, "locale": locale, "files": stored.dump(files)}
        asked = replace(self._products(files, session, job, locale), context=context)
        await self._accept(asked, job)
        self._ingest(asked, session, job, locale)

    async def _accept(self, asked: Request, name: str) -> None:
        """First the files, then the note: what is noted can be asked again."""
        await asyncio.to_thread(self._uploads.accept, name)
        try:
            await self._desk.handler.accept(asked.message, asked.context)
        except Unavailable:
            await asyncio.to_thread(self._uploads.done, name)
            raise

    async def resume(self, context: Mapping[str, Any]) -> None:
        """Take up what an earlier run accepted and did not answer."""
        try:
            session, locale = str(context["session"]), str(context["locale"])
            if "job" in context:
                job = str(context["job"])
                self._ingest(self._products(stored.load(context["files"]), session, job, locale), session, job, locale)
                return
            post = Post(str(context["entry"]), "", "", (), time=datetime.fromisoformat(context["time"]))
            asked = self._question(context["fields"], stored.load(context["photos"]), post, session, locale)
            if await asyncio.to_thread(self._desk.history.by_message, LOCAL, asked.message):
                await self._desk.handler.settle(asked.message)  # it was answered, just before the end
                self._uploads.done(post.id)
            else:
                self._answer(asked, post, session, locale)
        except (LookalikeError, ValueError, KeyError, TypeError) as error:
            structlog.get_logger(__name__).warning("not_resumed", error=type(error).__name__, reason=str(error))

    async def finished(self) -> None:
        """Wait until the files of all requests that ended are seen to."""
        while self._following:
            await asyncio.wait(self._following)

    def _question(
        self, fields: Mapping[str, str], photos: Sequence[Stored], post: Post, session: str, locale: str
    ) -> Request:
        """The request; fills in what the post lacks."""
        post.photos = stored.attachments(self._uploads.accepted(post.id), photos)
        asked = inbound.question(
            fields, post.photos, session=session, entry=post.id, locale=locale, manager=self._desk.may_change
        )
        post.text, post.thread = asked.text, inbound.last_part(asked.conversation)
        return asked

    def _answer(self, asked: Request, post: Post, session: str, locale: str) -> None:
        desk = self._desk
        render = desk.renderer(Words(locale))
        replier = ChatReplier(post, desk.posts(session), desk.channel(session), desk.channels, render)
        self._follow(self._see_through(desk.handler.submit(asked, replier, accepted=True), post, session))

    def _products(self, files: Sequence[Stored], session: str, job: str, locale: str) -> Request:
        found = stored.attachments(self._uploads.accepted(job), files)
        return inbound.products(found, session=session, entry=job, locale=locale, manager=self._desk.may_change)

    def _ingest(self, asked: Request, session: str, job: str, locale: str) -> None:
        desk = self._desk
        render = desk.renderer(Words(locale))
        replier = JobReplier(job, desk.jobs(session), desk.channel(session), desk.channels, render)
        self._follow(self._clear_away(desk.handler.submit(asked, replier, accepted=True), job))

    def _follow(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _clear_away(self, task: asyncio.Task[str], name: str) -> None:
        await asyncio.wait([task])
        if not task.cancelled():  # else the next run needs the files
            await asyncio.to_thread(self._uploads.done, name)

    async def _see_through(self, task: asyncio.Task[str], post: Post, session: str) -> None:
        await asyncio.wait([task])
        if not task.cancelled() and self._desk.posts(session).get(post.id) is post:
            post.photos = tuple([await self._preview(photo) for photo in post.photos])
        await self._clear_away(task, post.id)

    async def _preview(self, photo: Attachment) -> Attachment:
        """A small copy, or nothing where it is no picture: the reason stands below the post."""
        limits = self._desk.settings.images
        try:
            data = await attachments.read(photo, limits.max_bytes)
            picture = await asyncio.to_thread(decode, data, limits)
        except LookalikeError:
            return in_memory(photo.name, b"")
        return in_memory(photo.name, await asyncio.to_thread(thumbnail, picture.image, PREVIEW))
