"""What an evaluation found, per query and as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.evaluation.queries import JudgedQuery
from core.metrics import average_precision_at, interval, precision_at, recall_at
from core.models import Fallback, Hit, Item

DEPTH = 10
"""Hits looked at per query."""

METRICS = ("precision_at_9", "recall_at_10", "map_at_9")


@dataclass(frozen=True, slots=True)
class Result:
    """One query's answer. ``fallback`` tells why a ranking model that was wanted was not used."""

    query: JudgedQuery
    hits: tuple[Hit, ...]
    relevant: frozenset[str]
    fallback: Fallback | None = None

    def metrics(self) -> Mapping[str, float]:
        """The query's own value of each of :data:`METRICS`."""
        relevance = [hit.item.id in self.relevant for hit in self.hits]
        total = len(self.relevant)
        values = precision_at(9, relevance), recall_at(10, relevance, total), average_precision_at(9, relevance, total)
        return dict(zip(METRICS, values, strict=True))


@dataclass(frozen=True)
class Evaluation:
    """All queries' results and their means."""

    results: tuple[Result, ...]

    @property
    def n(self) -> int:
        """How many queries were run."""
        return len(self.results)

    @property
    def abstentions(self) -> int:
        """Queries that found nothing; they count as 0 in every mean."""
        return sum(1 for result in self.results if not result.hits)

    @property
    def unanswerable(self) -> tuple[int, ...]:
        """Lines of queries for which nothing in reach is relevant; they count as 0 in every mean."""
        return tuple(result.query.line for result in self.results if not result.relevant)

    @property
    def fallbacks(self) -> int:
        """Queries for which a ranking model was wanted and not used."""
        return sum(1 for result in self.results if result.fallback is not None)

    @cached_property
    def _values(self) -> Mapping[str, list[float]]:
        each = [result.metrics() for result in self.results]
        return {name: [metrics[name] for metrics in each] for name in METRICS}

    @cached_property
    def means(self) -> Mapping[str, float]:
        """The mean of each of :data:`METRICS` over all queries."""
        return {name: sum(values) / len(values) if values else 0.0 for name, values in self._values.items()}

    @cached_property
    def intervals(self) -> Mapping[str, tuple[float, float]]:
        """95 % bootstrap interval of each mean."""
        return {name: interval(values) for name, values in self._values.items()}

    def as_json(self) -> dict[str, Any]:
        """The shape that ``evaluate --json`` prints."""
        return {
            "n": self.n,
            **self.means,
            "abstentions": self.abstentions,
            "intervals": {name: list(bounds) for name, bounds in self.intervals.items()},
            "queries": [{"hits": [hit_as_json(hit) for hit in result.hits]} for result in self.results],
        }


def hit_as_json(hit: Hit) -> dict[str, Any]:
    """A hit as scripts read it; ``image`` is the name under which its picture was ingested."""
    return {"id": hit.item.id, "score": hit.score, "image": hit.item.source, "metadata": metadata(hit.item)}


def item_as_json(item: Item) -> dict[str, Any]:
    """The same of an item that is no hit."""
    return {"id": item.id, "image": item.source, "metadata": metadata(item)}


def metadata(item: Item) -> dict[str, Any]:
    """All that is known about an item, fields before the rest."""
    fields = {
        "title": item.title,
        "price": item.price,
        "currency": item.currency,
        "category": item.category,
        "url": item.url,
        "tags": list(item.tags),
    }
    return {**fields, **{name: value for name, value in item.metadata.items() if name not in fields}}
