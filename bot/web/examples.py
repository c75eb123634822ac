"""Questions for a newcomer to try with one click, with the showroom's own pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from aiohttp import hdrs, web

from bot.attachments import in_memory
from bot.request import Attachment
from core.errors import UserError
from core.showroom import queries
from core.words import Words

SHOWN = 4


@dataclass(frozen=True, slots=True)
class Example:
    """A picture to ask with, and the words."""

    key: str
    name: str
    text: str
    jpeg: bytes

    @property
    def picture(self) -> str:
        """Where the picture is served."""
        return f"/examples/{self.key}"

    @property
    def photos(self) -> tuple[Attachment, ...]:
        """The picture as if it had been sent."""
        return (in_memory(f"{self.key}.jpg", self.jpeg),)


class Examples:
    """The examples, drawn off the event loop when the first page wants them."""

    def __init__(self) -> None:
        self._drawing: asyncio.Task[dict[str, Example]] | None = None

    def routes(self) -> list[web.RouteDef]:
        """What to mount."""
        return [web.get("/examples/{key}", self.picture)]

    def begin(self) -> asyncio.Task[dict[str, Example]]:
        """Start to draw, once."""
        if self._drawing is None:
            self._drawing = asyncio.create_task(asyncio.to_thread(drawn))
        return self._drawing

    async def all(self) -> Mapping[str, Example]:
        """The examples by key."""
        return await asyncio.shield(self.begin())

    async def get(self, key: str) -> Example:
        """One of them. Raises ``UserError`` when there is none of that name."""
        example = (await self.all()).get(key)
        if example is None:
            raise UserError(Words()("web.no_example"))
        return example

    async def picture(self, request: web.Request) -> web.Response:
        """An example's picture."""
        example = (await self.all()).get(request.match_info["key"])
        if example is None:
            raise web.HTTPNotFound
        return web.Response(
            body=example.jpeg, content_type="image/jpeg", headers={hdrs.CACHE_CONTROL: "private, max-age=86400"}
        )


def drawn() -> dict[str, Example]:
    """The showroom's first swatches; takes about a second."""
    found = {}
    for swatch in islice(queries(), SHOWN):
        key = swatch.name.removesuffix(".jpg").removeprefix("query-")
        found[key] = Example(key, key.replace("-", " "), swatch.text, swatch.jpeg())
    return found
