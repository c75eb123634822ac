"""The pipeline: a query in, the candidates with their panorama and ranking out.

encode → search (without duplicates) → panorama → rerank. It knows no chat platform. Whatever blocks runs
on threads of its own, so that fifty searches keep neither the event loop nor its default threads busy.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import ParamSpec, TypeVar

import numpy as np
import structlog
from PIL import Image

from core import panorama
from core.candidates import Candidates, Page
from core.catalog import Catalog
from core.encoders.base import Prompt
from core.encoders.batching import EncoderService
from core.errors import UserError
from core.index import Vector
from core.models import Answer, Progress, Query, Ranking, Stage
from core.progress import OnStage, Reporter
from core.reranker import Reranker
from core.settings import SearchSettings
from core.thumbnails import Thumbnails
from core.title_stage import TitleStage
from core.words import Words

LIKE_WEIGHT = 0.6
"""Share of the examples in a query that has words or pictures besides.

Measured with the starter encoder on the showroom: "more like 4" comes half the way from the first answer to
the example's own neighbours, and "like 4 but in red" finds 0.94 of what is of its kind and red; at 0.75 it is
0.55 of the way, but only 0.91."""

THREADS = 4

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Finder:
    """Finds. May be used from one event loop after the other, by many callers at once.

    Args:
        settings: of searches.
        titles: orders candidates by their titles, too; None: only by their vectors.
    """

    def __init__(
        self,
        catalog: Catalog,
        encoder: EncoderService,
        reranker: Reranker,
        settings: SearchSettings,
        titles: TitleStage | None = None,
    ) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._reranker = reranker
        self._thumbnails = Thumbnails(catalog)
        self._titles = titles
        self._titles_lock = threading.Lock()
        self._candidates = Candidates(catalog, self._thumbnails, settings)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="finder")
        self._log = structlog.get_logger(__name__)

    async def find(self, query: Query, on_stage: OnStage | None = None) -> Answer:
        """Search.

        Args:
            on_stage: told where the search stands. It never holds the search up: what it can't hear in time
                it misses, and when it fails the search goes on.

        Returns:
            The answer; without hits when nothing fits.

        Raises:
            UserError: there is nothing to search by, or a filter can't be used.
            EncoderMismatch: the catalogue was made by another encoder.
            Unavailable: a store or the encoder is down. The ranking model never raises.
        """
        clock = _Clock()
        async with Reporter(on_stage) as reporter:
            await reporter.report(Progress(Stage.ENCODE))
            with clock.timed(Stage.ENCODE):
                examples = await self._examples(query)
                vector = await self._vector(query, examples)
            await reporter.report(Progress(Stage.SEARCH))
            with clock.timed(Stage.SEARCH):
                page = await self._run(self._page, query, vector)
            answer = Answer(
                query,
                tuple(page.hits),
                Ranking(()),
                duplicates=page.duplicates,
                more=page.more,
                itself=tuple(page.itself),
            )
            if answer.hits:
                await reporter.report(Progress(Stage.PANORAMA, answer.hits))
                with clock.timed(Stage.PANORAMA):
                    drawn = await self._run(_draw, query, examples, page)
                await reporter.report(Progress(Stage.RERANK, answer.hits, drawn))
                with clock.timed(Stage.RERANK):
                    ranking = await self._reranker.rank(query, answer.hits, drawn)
                answer = replace(answer, panorama=drawn, ranking=ranking)
            await reporter.report(Progress(Stage.DONE, answer.hits, answer.panorama))
        self._log.info(
            "finder.found",
            tenant=query.tenant.key,
            hits=len(answer.hits),
            duplicates=answer.duplicates,
            fallback=answer.ranking.fallback,
            **{f"{stage}_ms": round(1000 * seconds) for stage, seconds in clock.seconds.items()},
        )
        return replace(answer, timings=clock.seconds)

    def close(self) -> None:
        """Stop the threads. Searches in progress fail."""
        self._pool.shutdown(cancel_futures=True)
        self._thumbnails.close()

    def _page(self, query: Query, vector: Vector) -> Page:
        if self._titles is None:
            return self._candidates.page(query, vector)
        page = self._candidates.page(self._titles.widened(query), vector)
        with self._titles_lock:
            return self._titles.order(query, page)

    async def _examples(self, query: Query) -> Sequence[Image.Image]:
        """The pictures of the positive examples, in their order; one that is gone or lost is left out."""
        return await self._run(self._load_examples, query) if query.like else ()

    def _load_examples(self, query: Query) -> Sequence[Image.Image]:
        items = self._catalog.get_many(query.tenant, query.like)
        there = self._thumbnails.whole([items[key] for key in query.like if key in items])
        return [picture.image for picture in there if picture is not None]

    async def _vector(self, query: Query, examples: Sequence[Image.Image]) -> Vector:
        """One vector of shape (dimension,), L2-normalised.

        Several pictures are views of one wish: the mean of their embeddings. Examples pull the wish towards
        them: each is encoded with the words and without, since a composed query may look at its words more
        than at its picture (with the words alone only 0.29 of the way are gone).
        """
        words = _words(query)
        if not (query.pictures or examples or words):
            say = Words(query.locale)
            raise UserError(say("failure.nothing_asked"), say("failure.nothing_asked_advice"))
        views = [Prompt(picture.image, query.text) for picture in query.pictures]
        if not views and words:
            views = [Prompt(None, words)]
        liked = [Prompt(image, text) for image in examples for text in dict.fromkeys(("", query.text))]
        rows = await asyncio.gather(*(self._encoder.encode_query(prompt) for prompt in (*views, *liked)))
        wish, pull = rows[: len(views)], rows[len(views) :]
        if not pull:
            return _mean(wish)
        if not wish:
            return _mean(pull)
        return _mean([(1 - LIKE_WEIGHT) * _mean(wish), LIKE_WEIGHT * _mean(pull)])

    async def _run(
        self, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Run on the finder's own threads."""
        return await asyncio.wrap_future(self._pool.submit(work, *args, **kwargs))


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[Stage, float] = {}

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - started


def _draw(query: Query, examples: Sequence[Image.Image], page: Page) -> bytes:
    pictures = [*(picture.image for picture in query.pictures), *examples]
    caption = Words(query.locale)("answer.query_caption")
    candidates = [thumbnail.image for thumbnail in page.thumbnails]
    return panorama.draw(candidates, pictures, _words(query), caption=caption)


def _words(query: Query) -> str:
    """What a wish without pictures is searched by: its words, or else what it is limited to."""
    return query.text.strip() or " ".join((*query.filters.categories, *query.filters.tags))


def _mean(rows: Sequence[Vector]) -> Vector:
    """The mean's direction."""
    total = np.stack(rows).sum(axis=0)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), np.float32)
