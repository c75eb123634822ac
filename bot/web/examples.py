"""Questions for a newcomer to try with one click, with the showroom's own pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from aiohttp import hdrs, web

from bot.web import views
from bot.web.stored import Stored
from bot.wording import title
from core.catalog import Catalog
from core.errors import UserError
from core.models import LOCAL
from core.showroom import queries
from core.words import Words

SHOWN = 4
SHOWROOM = frozenset({"phone case", "mug"})
"""Categories by which the showroom is known."""


_KEYS = {
    "phone case with this image theme": "web.example_case",
    "mug like this": "web.example_mug",
    "bag in this pattern": "web.example_bag",
}
"""The showroom's questions, and where their words in every language stand."""


@dataclass(frozen=True, slots=True)
class Example:
    """A picture to ask with, and the question in English."""

    key: str
    english: str
    jpeg: bytes

    def text(self, words: Words) -> str:
        """The question in the reader's language."""
        return words(_KEYS[self.english])

    def store(self, folder: Path) -> tuple[Stored]:
        """The picture in ``folder``, as if it had been sent."""
        (folder / "0").write_bytes(self.jpeg)
        return (Stored(f"{self.key}.jpg", 0, len(self.jpeg)),)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page offers: to ask by an example's ``key``, or for products like the one of id ``item``."""

    picture: str
    name: str
    text: str
    key: str = ""
    item: str = ""


class Examples:
    """Questions to try. The showroom's are drawn off the event loop, when the program starts."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._drawing: asyncio.Task[dict[str, Example]] | None = None

    def routes(self) -> list[web.RouteDef]:
        """What to mount."""
        return [web.get("/examples/{key}", self.picture)]

    def begin(self) -> asyncio.Task[dict[str, Example]]:
        """Start to draw, once; the task is done when they are there."""
        if self._drawing is None:
            self._drawing = asyncio.create_task(asyncio.to_thread(drawn))
        return self._drawing

    @property
    def ready(self) -> bool:
        """Whether :meth:`shown` need not wait for the drawing."""
        return self.begin().done()

    async def shown(self, words: Words) -> list[Offer]:
        """What fits the catalogue: the showroom's own questions, or else its newest products to start from."""
        categories = await asyncio.to_thread(self._catalog.categories, LOCAL)
        if not categories or set(categories) >= SHOWROOM:
            drawn = await self._all()
            return [Offer(f"/examples/{each.key}", each.key, each.text(words), key=each.key) for each in drawn.values()]
        items = await asyncio.to_thread(self._catalog.list, LOCAL, 0, SHOWN)
        return [
            Offer(views.picture(item.id, "small"), title(item, words), words("web.something_like"), item=item.id)
            for item in items
        ]

    async def _all(self) -> Mapping[str, Example]:
        return await asyncio.shield(self.begin())

    async def get(self, key: str, words: Words) -> Example:
        """One of them. Raises ``UserError`` when there is none of that name."""
        example = (await self._all()).get(key)
        if example is None:
            raise UserError(words("web.no_example"))
        return example

    async def picture(self, request: web.Request) -> web.Response:
        """An example's picture."""
        example = (await self._all()).get(request.match_info["key"])
        if example is None:
            raise web.HTTPNotFound
        return web.Response(
            body=example.jpeg, content_type="image/jpeg", headers={hdrs.CACHE_CONTROL: "private, max-age=86400"}
        )


@cache
def drawn() -> dict[str, Example]:
    """The showroom's first swatches; takes about a second."""
    found = {}
    for swatch in islice(queries(), SHOWN):
        key = swatch.name.removesuffix(".jpg").removeprefix("query-")
        found[key] = Example(key, swatch.text, swatch.jpeg())
    return found
