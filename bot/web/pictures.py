"""The pictures' routes. Whatever bytes came from outside, what goes out is a JPEG made here."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from aiohttp import hdrs, web
from PIL import Image

from bot import attachments
from bot.web import inbound
from bot.web.desk import Desk
from core.errors import UserError
from core.history import Ask
from core.images import decode, thumbnail
from core.models import LOCAL, Picture
from core.panorama import draw
from core.words import Words

SIZES = {"small": 360, "large": 1280}
"""Longest side in pixels."""
_GONE = Image.new("RGB", (300, 300), "#e9e6e0")
"""Stands for a product that has left the catalogue, so that the numbers go on meaning the same."""
KEPT = 600
"""Small pictures kept in memory, about 20 kB each."""


class Pictures:
    """Handles requests for pictures."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._small: OrderedDict[str, bytes] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        """What to mount."""
        return [
            web.get("/items/{id}/picture", self.item),
            web.get("/posts/{id}/photos/{number:[0-9]{1,2}}", self.photo),
            web.get("/posts/{id}/panorama", self.panorama),
        ]

    async def item(self, request: web.Request) -> web.Response:
        """A product's picture. Its id is its content's hash, so it may be kept for ever."""
        self._desk.session(request)
        size = request.query.get("size", "small")
        name = request.match_info["id"]
        if size not in SIZES:
            raise web.HTTPNotFound
        data = self._small.get(name) if size == "small" else None
        if data is None:
            data = await asyncio.to_thread(self._item, name, SIZES[size])
        if size == "small":
            self._keep(name, data)
        return jpeg(data, "private, max-age=31536000, immutable")

    async def photo(self, request: web.Request) -> web.Response:
        """A photo of one of the session's own posts."""
        session = self._desk.session(request)
        name, number = request.match_info["id"], int(request.match_info["number"])
        size = SIZES.get(request.query.get("size", "small"), SIZES["small"])
        post = self._desk.posts(session).get(name)
        if post is not None and number < len(post.photos):
            try:
                data = await attachments.read(post.photos[number], self._desk.settings.images.max_bytes)
                picture = await asyncio.to_thread(decode, data, self._desk.settings.images)
            except UserError as broken:  # its reason stands below the post
                raise web.HTTPFound("/static/broken.svg") from broken
            except FileNotFoundError:  # it has just been answered
                picture = _nth((await self._answered(session, name)).query.pictures, number)
        else:
            picture = _nth((await self._answered(session, name)).query.pictures, number)
        return jpeg(await asyncio.to_thread(thumbnail, picture.image, size), "private, max-age=3600")

    async def panorama(self, request: web.Request) -> web.Response:
        """The panorama of one of the session's own posts, drawn anew where it is not at hand."""
        session = self._desk.session(request)
        post = self._desk.posts(session).get(request.match_info["id"])
        if post is not None and post.panorama:
            return jpeg(post.panorama, "no-store")
        ask = await self._answered(session, request.match_info["id"])
        return jpeg(await asyncio.to_thread(self._draw, ask), "private, max-age=3600")

    async def _answered(self, session: str, post: str) -> Ask:
        key = inbound.message(session, post)
        ask = await asyncio.to_thread(self._desk.history.by_message, LOCAL, key)
        if ask is None:
            raise web.HTTPNotFound
        return ask

    def _item(self, name: str, size: int) -> bytes:
        catalog = self._desk.catalog
        item = catalog.get(LOCAL, name)
        if item is None:
            raise web.HTTPNotFound
        return thumbnail(decode(catalog.picture(item), self._desk.settings.images).image, size)

    def _draw(self, ask: Ask) -> bytes:
        catalog = self._desk.catalog
        there = catalog.get_many(LOCAL, {*(item.id for item in ask.items), *ask.query.like})
        images = {name: decode(catalog.picture(item), self._desk.settings.images).image for name, item in there.items()}
        shown = [images.get(item.id, _GONE) for item in ask.items]
        if not shown:
            raise web.HTTPNotFound
        asked = [picture.image for picture in ask.query.pictures]
        asked += [images[name] for name in ask.query.like if name in images]
        words = Words(ask.query.locale)
        return draw(shown, asked, ask.query.text, caption=words("answer.query_caption"))

    def _keep(self, name: str, data: bytes) -> None:
        self._small[name] = data
        self._small.move_to_end(name)
        while len(self._small) > KEPT:
            self._small.popitem(last=False)


def jpeg(data: bytes, caching: str) -> web.Response:
    """A response with a JPEG made by this program."""
    return web.Response(body=data, content_type="image/jpeg", headers={hdrs.CACHE_CONTROL: caching})


def _nth(pictures: Sequence[Picture], number: int) -> Picture:
    if number >= len(pictures):
        raise web.HTTPNotFound
    return pictures[number]
