"""The catalogue panel's routes: list, remove, and uploads of products."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.commands import listing
from bot.request import ListProducts, Request
from bot.results import Result
from bot.web import inbound, tongue, views
from bot.web.asking import Asking
from bot.web.desk import Desk, json_body
from bot.web.replier import CATALOGUE, PlainReplier
from bot.web.security import Refused
from bot.web.uploads import Uploads
from core.errors import UserError
from core.models import LOCAL, Filters

PAGE = 24


class Shelf:
    """Handles the panel's requests."""

    def __init__(self, desk: Desk, uploads: Uploads, asking: Asking) -> None:
        self._desk = desk
        self._uploads = uploads
        self._asking = asking

    def routes(self) -> list[web.RouteDef]:
        """What to mount."""
        return [
            web.get("/catalogue", self.listing),
            web.post("/catalogue/remove", self.remove),
            web.post("/imports", self.open),
            web.put("/imports/{id}/files", self.receive),
            web.post("/imports/{id}/start", self.start),
            web.delete("/imports/{id}", self.discard),
        ]

    async def listing(self, request: web.Request) -> web.Response:
        """A page of the catalogue, as a fragment."""
        self._desk.session(request)
        offset = request.query.get("offset", "0")
        if not (offset.isascii() and offset.isdigit() and len(offset) < 10):
            raise UserError(tongue.words(request)("web.malformed"))
        category = request.query.get("category", "")
        wanted = ListProducts(
            offset=int(offset),
            limit=PAGE,
            text=request.query.get("text", "")[:200],
            filters=Filters(categories=(category,) if category else ()),
        )
        catalog = self._desk.catalog
        page = await asyncio.to_thread(listing, catalog, LOCAL, wanted)
        categories = await asyncio.to_thread(catalog.categories, LOCAL)
        render = self._desk.renderer(tongue.words(request))
        view = views.listing(page, tuple(sorted(categories, key=str.casefold)), render.words)
        return web.Response(text=render("listing", view=view), content_type="text/html")

    async def remove(self, request: web.Request) -> web.Response:
        """Remove products."""
        self._check(request)
        session = self._desk.session(request)
        body = await json_body(request)
        await self._ask(
            inbound.removal(
                body, session=session, entry=self._desk.new_id(), locale=tongue.locale(request), manager=True
            )
        )
        self._desk.channels.publish(CATALOGUE)
        return web.Response(status=204)

    async def open(self, request: web.Request) -> web.Response:
        """Begin an upload."""
        self._check(request)
        session = self._desk.session(request)
        return web.json_response(
            {"job": await asyncio.to_thread(self._uploads.open, session, tongue.words(request))}, status=201
        )

    async def receive(self, request: web.Request) -> web.Response:
        """Take one file of an upload; its path within a chosen folder is in the query."""
        session = self._desk.session(request)
        path = request.query.get("path", "")
        await self._uploads.receive(request.match_info["id"], session, path, request.content, tongue.words(request))
        return web.Response(status=204)

    async def start(self, request: web.Request) -> web.Response:
        """All files are there: take them in. Progress and report follow over the stream."""
        self._check(request)
        session, job = self._desk.session(request), request.match_info["id"]
        files = self._uploads.take(job, session, tongue.words(request))
        await self._asking.products(files, session=session, job=job, locale=tongue.locale(request))
        return web.Response(status=202)

    async def discard(self, request: web.Request) -> web.Response:
        """Throw an upload away, or close its report."""
        session, job = self._desk.session(request), request.match_info["id"]
        if not self._desk.jobs(session).close(job):
            await asyncio.to_thread(self._uploads.cancel, job, session, tongue.words(request))
        return web.Response(status=204)

    async def _ask(self, asked: Request) -> Result:
        replier = PlainReplier()
        await self._desk.handler.submit(asked, replier)
        if replier.failure is not None:
            raise UserError(replier.failure.reason, replier.failure.advice)
        assert replier.result is not None
        return replier.result

    def _check(self, request: web.Request) -> None:
        if not self._desk.may_change:
            raise Refused(tongue.words(request)("web.read_only"), "", 403)
