"""The channel's routes: the page itself, its stream of events, questions and thumbs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from aiohttp import hdrs, web

from bot.results import Voted
from bot.web import inbound, security, tongue
from bot.web.asking import Asking
from bot.web.conversation import SHOWN, Thread, threads
from bot.web.desk import Desk, json_body
from bot.web.examples import Examples
from bot.web.forms import read_form
from bot.web.render import Renderer
from bot.web.replier import PlainReplier
from bot.web.uploads import Uploads
from bot.wording import title
from core.errors import UserError
from core.models import LOCAL
from core.words import Words

PING = 20.0
"""Seconds of silence after which a comment keeps proxies from closing the stream."""
_BOUNCE = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0"><title>Lookalike</title>'


class Talk:
    """Handles the channel's requests."""

    def __init__(self, desk: Desk, uploads: Uploads, asking: Asking, examples: Examples) -> None:
        self._desk = desk
        self._uploads = uploads
        self._asking = asking
        self._examples = examples
        self._later: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """What to mount."""
        return [
            web.get("/", self.page),
            web.get("/events", self.events),
            web.post("/ask", self.ask),
            web.post("/vote", self.vote),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """The whole page with the session's conversation so far; begins a session where there is none."""
        cookie = request.cookies.get(security.COOKIE, "")
        if not cookie and request.headers.get("Sec-Fetch-Site") == "cross-site":
            # The cookie is kept back when a link elsewhere leads here. Coming from here, it is sent.
            return web.Response(text=_BOUNCE, content_type="text/html")
        new = not cookie
        cookie = cookie or security.new_cookie()
        session = security.session_name(cookie)
        render = self._desk.renderer(tongue.words(request))
        since = self._desk.channel(session).now
        html = render(
            "page",
            csrf=security.csrf_token(cookie),
            since=since,
            threads=await self._threads(session, render),
            examples=await self._examples.shown(render.words) if self._examples.ready else (),
            filling=self._desk.filling,
            jobs=self._desk.jobs(session),
        )
        response = web.Response(text=html, content_type="text/html", headers={hdrs.CACHE_CONTROL: "no-store"})
        if not self._examples.ready:
            self._later.add(task := asyncio.create_task(self._welcome(session, render)))
            task.add_done_callback(self._later.discard)
        if new:
            response.set_cookie(
                security.COOKIE,
                cookie,
                max_age=security.YEAR,
                httponly=True,
                samesite="Strict",
                secure=request.secure,
            )
        return response

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The session's events as they come (``text/event-stream``)."""
        channel = self._desk.channel(self._desk.session(request))
        since = request.headers.get("Last-Event-ID") or request.query.get("since", "")
        response = web.StreamResponse(
            headers={hdrs.CONTENT_TYPE: "text/event-stream", hdrs.CACHE_CONTROL: "no-store", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        await response.write(b"retry: 2000\n\n")
        events = channel.follow(since)
        coming = asyncio.ensure_future(anext(events, None))
        try:
            with suppress(ConnectionResetError):
                while True:
                    await asyncio.wait([coming], timeout=PING)
                    if not coming.done():
                        await response.write(b": still here\n\n")
                        continue
                    event = coming.result()
                    if event is None:
                        break
                    await response.write(event.wire)
                    coming = asyncio.ensure_future(anext(events, None))
        finally:
            coming.cancel()
            with suppress(asyncio.CancelledError):
                await coming
            await events.aclose()
        return response

    async def ask(self, request: web.Request) -> web.Response:
        """Take a question; the answer follows over the stream."""
        session, words = self._desk.session(request), tongue.words(request)
        entry = self._desk.new_id()
        folder = await asyncio.to_thread(self._uploads.begin, entry)
        try:
            form = await read_form(request, folder, self._desk.settings.images.max_bytes)
            fields, photos = dict(form.fields), form.photos
            if name := fields.get("example"):
                example = await self._examples.get(name, words)
                fields["text"], photos = example.text(words), await asyncio.to_thread(example.store, folder)
            fields["text"] = await self._said(fields, words)
            thread = await self._asking.question(
                fields, photos, session=session, entry=entry, locale=tongue.locale(request)
            )
        finally:
            await asyncio.to_thread(self._uploads.discard, entry)  # unless it was accepted
        return web.json_response({"entry": entry, "thread": thread}, status=202)

    async def vote(self, request: web.Request) -> web.Response:
        """Take a thumb."""
        session = self._desk.session(request)
        replier = PlainReplier()
        voted = inbound.vote(
            await json_body(request), session=session, entry=self._desk.new_id(), locale=tongue.locale(request)
        )
        await self._desk.handler.submit(voted, replier)
        if replier.failure is not None:
            raise UserError(replier.failure.reason, replier.failure.advice)
        if isinstance(replier.result, Voted):
            noted = replier.result
            self._desk.channel(session).publish({"op": "vote", "ask": noted.ask, "up": noted.up})
        return web.Response(status=204)

    async def _welcome(self, session: str, render: Renderer) -> None:
        """Bring the examples to a page that was opened before they were drawn."""
        html = render("welcome", threads=(), examples=await self._examples.shown(render.words))
        self._desk.channel(session).publish({"op": "put", "id": "welcome", "into": "scroll", "html": html})

    async def _threads(self, session: str, render: Renderer) -> list[Thread]:
        history = self._desk.history
        asks = await asyncio.to_thread(history.recent, LOCAL, inbound.user(session), SHOWN)
        return await asyncio.to_thread(threads, asks[::-1], list(self._desk.posts(session)), render)

    async def _said(self, fields: Mapping[str, str], words: Words) -> str:
        """The post's words: the person's own, or what a button stands for."""
        if item := fields.get("more"):
            known = await asyncio.to_thread(self._desk.catalog.get, LOCAL, item)
            return words("said.more_like", title=title(known, words)) if known else ""
        return words("said.next") if "next" in fields else fields.get("text", "")
