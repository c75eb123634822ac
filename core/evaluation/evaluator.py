"""Runs judged queries and measures the answers.

Retrieval is measured as it is: near duplicates stay in, since leaving them out would hide what the encoder
does, while the setting ``search.min_score`` applies as in a search. The query's own picture, bit for bit,
is left out of hits and right answers: nobody searches for what they hold in their hand. Evaluation of the
ranking model (:meth:`Evaluator.run_ranked`) goes through the finder, with all that it does, and takes its order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from core.catalog import Catalog
from core.encoders.base import Prompt
from core.encoders.batching import EncoderService
from core.errors import UserError
from core.evaluation.queries import JudgedQuery
from core.evaluation.relevance import Relevance
from core.evaluation.results import DEPTH, Evaluation, Result
from core.models import Answer, Filters, Query, Tenant
from core.settings import Settings

_CHUNK = 64
"""Queries whose pictures are in memory at once."""

OnQuery = Callable[[int], None]
"""Told how many queries are done."""


class Finds(Protocol):
    """What a ranked evaluation needs of the finder."""

    async def find(self, query: Query) -> Answer:
        """The answer to one query."""
        ...


class Evaluator:
    """Judges answers by one catalogue.

    Args:
        within: filters on every search; only right answers that pass them count.
    """

    def __init__(self, catalog: Catalog, settings: Settings, tenant: Tenant, within: Filters) -> None:
        self._catalog = catalog
        self._settings = settings
        self._tenant = tenant
        self._within = within
        self._relevance = Relevance(catalog, tenant, within)

    def run(
        self, queries: Sequence[JudgedQuery], encoder: EncoderService, on_query: OnQuery | None = None
    ) -> Evaluation:
        """Measure retrieval alone: encode in batches, search, compare.

        Raises:
            UserError: a picture can't be used, or a right answer is not in the catalogue.
            Unavailable: a store is down.
        """
        right = self._right_answers(queries)
        results: list[Result] = []
        for chunk in _chunks(queries):
            pictures = [query.picture(self._settings.images) for query in chunk]
            pairs = list(zip(chunk, pictures, strict=True))
            prompts = [Prompt(picture.image if picture else None, query.text) for query, picture in pairs]
            vectors = [future.result() for future in [encoder.submit_query(prompt) for prompt in prompts]]
            for (query, picture), vector in zip(pairs, vectors, strict=True):
                own = {picture.hash} if picture else set[str]()
                found = self._catalog.search(self._tenant, vector, DEPTH, self._within, own)
                hits = tuple(hit for hit in found if hit.score >= self._settings.search.min_score)
                results.append(Result(query, hits, right[len(results)] - own))
                if on_query is not None:
                    on_query(len(results))
        return Evaluation(tuple(results))

    async def run_ranked(
        self, queries: Sequence[JudgedQuery], finder: Finds, on_query: OnQuery | None = None
    ) -> Evaluation:
        """Measure the whole pipeline, one query after another, in the order that the ranking model gives.

        Raises:
            UserError, Unavailable: as in :meth:`run`.
        """
        right = await asyncio.to_thread(self._right_answers, queries)
        results: list[Result] = []
        for query, relevant in zip(queries, right, strict=True):
            picture = await asyncio.to_thread(query.picture, self._settings.images)
            pictures = (picture,) if picture else ()
            answer = await finder.find(Query(self._tenant, pictures, query.text, self._within, limit=DEPTH))
            hits = tuple(hit for _, hit in answer.ranked) if answer.hits else ()
            own = {each.hash for each in pictures}
            results.append(Result(query, hits, relevant - own, answer.ranking.fallback))
            if on_query is not None:
                on_query(len(results))
        return Evaluation(tuple(results))

    def _right_answers(self, queries: Sequence[JudgedQuery]) -> list[frozenset[str]]:
        """Of all queries, before the first is run: a wrong id is told at once."""
        right = []
        for query in queries:
            try:
                right.append(self._relevance.ids(query.relevant))
            except UserError as error:
                raise UserError(f"Line {query.line}: {error.reason}", error.advice) from error
        return right


def _chunks(queries: Sequence[JudgedQuery]) -> Iterator[Sequence[JudgedQuery]]:
    for start in range(0, len(queries), _CHUNK):
        yield queries[start : start + _CHUNK]
