"""Searching intents become queries, with the conversation's earlier answers where they refer to them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot import attachments
from bot.request import Find, MoreLike, NextPage, Request, Reword, Vote
from bot.results import Found, Voted
from core.catalog import Catalog
from core.errors import UserError
from core.finder import Finder
from core.history import Ask, History
from core.models import Picture, Progress, Query, Skipped
from core.refine import compose, more_like, next_page, refine, reword
from core.settings import Settings
from core.words import Sentence, Words

OnStage = Callable[[Progress], Awaitable[None]]


class Searches:
    """Finds answers for requests and remembers them."""

    def __init__(self, finder: Finder, catalog: Catalog, history: History, settings: Settings) -> None:
        self._finder = finder
        self._catalog = catalog
        self._history = history
        self._settings = settings

    async def standing(self, request: Request) -> tuple[bool, bool]:
        """Whether the bot has answered in this conversation before, and whether the words follow that up."""
        last = await self._last(request)
        if last is None:
            return False, False
        try:
            return True, await self._follow_up(request, last, addressed=False) is not None
        except UserError:  # a number that was not shown, for one: clearly meant for the bot
            return True, True

    async def find(self, request: Request, on_stage: OnStage) -> Found:
        """Search, and remember the answer.

        Raises:
            UserError: there is nothing to search by, or the answer referred to is gone.
            Unavailable: a store or the encoder is down.
        """
        query, skipped = await self._query(request)
        words = Words(request.locale)
        if not (query.pictures or query.text or query.like or query.filters):
            raise UserError(words("failure.nothing_asked"), words("failure.nothing_asked_advice"))
        answer = await self._finder.find(replace(query, locale=request.locale), on_stage)
        ask = Ask.of(
            answer,
            request.conversation,
            user=request.user,
            platform=request.platform,
            message=request.message,
            said=request.text,
        )
        await asyncio.to_thread(self._history.record, ask)
        empty = not answer.hits and await asyncio.to_thread(self._catalog.count, request.tenant) == 0
        return Found(ask.id, answer, skipped, empty=empty)

    async def vote(self, request: Request, intent: Vote) -> Voted:
        """Note a thumb. Raises ``UserError`` when the answer is gone or another tenant's."""
        ask = await self._earlier(request, intent.ask)
        await asyncio.to_thread(self._history.feedback, ask.id, 1 if intent.up else -1)
        return Voted(intent.ask, intent.up)

    async def _query(self, request: Request) -> tuple[Query, tuple[Skipped, ...]]:
        match request.intent:
            case Find():
                return await self._wish(request, request.intent)
            case MoreLike(ask, item):
                name = await asyncio.to_thread(self._catalog.find_id, request.tenant, item)
                last = (await self._earlier(request, ask)).query if ask else Query(request.tenant, limit=self._limit)
                return _continued(more_like(last, name)), ()
            case NextPage(ask):
                earlier = await self._earlier(request, ask)
                return _continued(next_page(earlier.query, earlier.items)), ()
            case Reword(ask):
                categories = await self._categories(request)
                earlier = await self._earlier(request, ask)
                return _continued(reword(earlier.query, request.text, categories)), ()
            case _:
                raise TypeError(f"{type(request.intent).__name__} does not search")

    async def _wish(self, request: Request, intent: Find) -> tuple[Query, tuple[Skipped, ...]]:
        pictures, skipped = await attachments.pictures(request.attachments, self._settings.images)
        _check_usable(request, pictures, skipped)
        last = None if pictures else await self._last(request)
        query = await self._follow_up(request, last) if last else None
        if query is not None:
            return _continued(query), skipped
        if not pictures:
            pictures, unused = await attachments.pictures(request.replied, self._settings.images)
            _check_usable(request, pictures, unused)
            skipped = (*skipped, *unused)
        query = compose(
            request.text,
            request.tenant,
            pictures=pictures,
            filters=intent.filters,
            categories=await self._categories(request),
            limit=self._limit,
            locale=request.locale,
        )
        return query, skipped

    async def _follow_up(self, request: Request, last: Ask, *, addressed: bool = True) -> Query | None:
        first = await asyncio.to_thread(self._history.first, last.conversation)
        return refine(
            request.text,
            last.query,
            last.items,
            pick=last.pick,
            categories=await self._categories(request),
            first=first.query if first else None,
            addressed=addressed,
        )

    async def _last(self, request: Request) -> Ask | None:
        """The answer that a request without pictures may follow up."""
        if request.follows:
            found = await asyncio.to_thread(self._history.get, request.follows)
            if found is not None and found.tenant == request.tenant:
                return found
        return await asyncio.to_thread(self._history.last, request.conversation)

    async def _earlier(self, request: Request, ask: str) -> Ask:
        found = await asyncio.to_thread(self._history.get, ask)
        if found is None or found.tenant != request.tenant:
            words = Words(request.locale)
            raise UserError(words("failure.forgotten"), words("failure.forgotten_advice"))
        return found

    async def _categories(self, request: Request) -> Sequence[str]:
        return await asyncio.to_thread(self._catalog.categories, request.tenant)

    @property
    def _limit(self) -> int:
        return self._settings.search.limit


def _continued(query: Query) -> Query:
    return replace(query, continued=True)


def _check_usable(request: Request, pictures: Sequence[Picture], skipped: Sequence[Skipped]) -> None:
    """Raise ``UserError``, which says what is wrong with a file, when nothing is left to search by."""
    if skipped and not pictures and not request.text:
        first = skipped[0]
        raise UserError(Sentence("skipped.attachment", name=first.name, reason=first.reason), first.advice)
