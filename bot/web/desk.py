"""What the page's routes share: the sessions, their posts and channels, and the templates by language."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import asdict, dataclass

from aiohttp import web

from bot.handler import Handler
from bot.web import security, tongue
from bot.web.channel import Channel, Channels
from bot.web.jobs import Jobs
from bot.web.posts import Posts
from bot.web.render import Renderer
from core.catalog import Catalog
from core.errors import UserError
from core.history import History
from core.settings import Settings
from core.words import Words

SESSIONS = 500


@dataclass(frozen=True, slots=True)
class Filling:
    """How far the sample catalogue is."""

    done: int
    total: int


class Desk:
    """Made once for the adapter; one event loop."""

    def __init__(self, catalog: Catalog, history: History, settings: Settings, handler: Handler) -> None:
        self.catalog = catalog
        self.history = history
        self.settings = settings
        self.handler = handler
        self.channels = Channels()
        self._posts: OrderedDict[str, Posts] = OrderedDict()
        self._jobs: OrderedDict[str, Jobs] = OrderedDict()
        self._renderers: dict[str, Renderer] = {}
        self.filling: Filling | None = None

    def session(self, request: web.Request) -> str:
        """The request's session.

        Raises:
            Refused: it has none; the page itself gives one.
        """
        name: str | None = request.get(security.SESSION)
        if name is None:
            raise security.forged(request)
        return name

    def show_filling(self, filling: Filling | None) -> None:
        """Show how far the sample catalogue is at the top of every page; None takes it away."""
        self.filling = filling
        self.channels.publish({"op": "filling", "now": asdict(filling) if filling else None})

    def channel(self, session: str) -> Channel:
        """The session's channel."""
        return self.channels.of(session)

    def posts(self, session: str) -> Posts:
        """The session's posts that are not in the history."""
        posts = self._posts.setdefault(session, Posts())
        self._posts.move_to_end(session)
        while len(self._posts) > SESSIONS:
            self._posts.popitem(last=False)
        return posts

    def jobs(self, session: str) -> Jobs:
        """The session's uploads of products, as the panel shows them."""
        jobs = self._jobs.setdefault(session, Jobs())
        self._jobs.move_to_end(session)
        while len(self._jobs) > SESSIONS:
            self._jobs.popitem(last=False)
        return jobs

    def renderer(self, words: Words) -> Renderer:
        """The templates in that language."""
        if words.locale not in self._renderers:
            self._renderers[words.locale] = Renderer(words, may_change=self.may_change)
        return self._renderers[words.locale]

    @property
    def may_change(self) -> bool:
        """Whether the page may change the catalogue."""
        return self.settings.web.manage

    @staticmethod
    def new_id() -> str:
        """A post's or thread's id."""
        return secrets.token_hex(6)


async def json_body(request: web.Request) -> object:
    """The decoded body. Raises ``UserError`` when it is no JSON of reasonable size."""
    try:
        return await asyncio.wait_for(request.json(), 10)
    except (ValueError, TimeoutError) as error:
        raise UserError(tongue.words(request)("web.malformed")) from error
