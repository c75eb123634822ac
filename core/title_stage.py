"""An optional second look at the candidates: a cross-encoder that reads the wish beside each title.

Vectors find what looks alike and roughly means the same; a cross-encoder reads both texts together and is better
at words, but sees no picture. So both orders are kept and fused by their ranks (Cormack et al. 2009,
reciprocal rank fusion; a tie goes to the better title), over more candidates than are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.candidates import Page
from core.errors import ConfigurationError
from core.models import Query

Score = Callable[[str, Sequence[str]], Sequence[float]]
"""(wish, titles) → a number for each title, higher is better. Blocks."""

WIDER = 3
"""Candidates that are looked at for each that is shown."""
SMOOTHING = 2
"""Of the ranks' fusion: how little the first places differ. The paper's 60 is for lists of a thousand; with it, a
title that fits could not bring a candidate from the second page to the first."""


class TitleStage:
    """Orders candidates by their titles, too. Blocks; for one thread at a time."""

    def __init__(self, score: Score) -> None:
        self._score = score

    def widened(self, query: Query) -> Query:
        """The query whose candidates :meth:`order` wants to see; the same one where there are no words."""
        return replace(query, limit=WIDER * query.limit) if query.text.strip() else query

    def order(self, query: Query, page: Page) -> Page:
        """The best of a wider page, as many as the query asks for; a candidate without a title keeps its place."""
        ranks = list(range(len(page.hits)))
        titled = [index for index in ranks if page.hits[index].item.title.strip()]
        if query.text.strip() and titled:
            scores = self._score(query.text.strip(), [page.hits[index].item.title for index in titled])
            by_title = sorted(range(len(titled)), key=lambda place: -scores[place])
            for rank, place in zip(titled, by_title, strict=True):
                ranks[titled[place]] = rank
        places = [1 / (SMOOTHING + index) + 1 / (SMOOTHING + rank) for index, rank in enumerate(ranks)]
        fused = sorted(range(len(ranks)), key=lambda index: (-places[index], ranks[index]))
        best = fused[: query.limit]
        return replace(
            page,
            hits=[page.hits[index] for index in best],
            thumbnails=[page.thumbnails[index] for index in best],
            more=page.more or len(fused) > len(best),
        )


def build(model: str) -> TitleStage | None:
    """The stage with FlagEmbedding's reranker; None when there is no model.

    Args:
        model: a folder or a hub repository, such as ``BAAI/bge-reranker-v2-m3``.

    Raises:
        ConfigurationError: FlagEmbedding is not installed, or the model cannot be loaded.
    """
    if not model:
        return None
    try:
        from FlagEmbedding import FlagReranker
    except ImportError as error:
        raise ConfigurationError(
            "The setting search.title_reranker needs the package FlagEmbedding, which is not installed.",
            "Run `pip install -r requirements-flag.txt`, or leave the setting empty.",
        ) from error
    try:
        reranker = FlagReranker(model, use_fp16=False, batch_size=16, max_length=256)
        reranker.compute_score([("ready", "ready")])
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"The reranker {model} cannot be loaded: it is not on this machine and the hub is not within reach, "
            "or it is no reranker.",
            "Set search.title_reranker to a folder with its files, or leave it empty.",
        ) from error

    def score(wish: str, titles: Sequence[str]) -> Sequence[float]:
        found = reranker.compute_score([(wish, title) for title in titles])
        return found if isinstance(found, list) else [float(found)]

    return TitleStage(score)
