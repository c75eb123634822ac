"""One question with its answer, and both as JSON.

Pictures are kept by hash, products as they were shown: numbers on a panorama go on meaning the same
products, at the same prices, after the catalogue has changed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from core.models import Answer, Fallback, Filters, Hit, Item, Picture, Query, Ranking, Tenant

_SHOWN = ("title", "price", "currency", "category", "url")


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody asked, and was shown.

    Attributes:
        answer: as it was given; the panorama and the timings are not kept.
        conversation: key of the thread, unique over all platforms.
        user: key of the person.
        platform, message: where it came from: the adapter's name and its key of the message.
        said: the asker's own words, before follow-ups were understood.
        id: 16 hex digits; buttons carry it.
        feedback: 1 (thumb up), 0, or -1.
    """

    answer: Answer
    conversation: str
    user: str = ""
    platform: str = ""
    message: str = ""
    said: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    feedback: int = 0
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def of(
        cls,
        answer: Answer,
        conversation: str,
        *,
        user: str = "",
        platform: str = "",
        message: str = "",
        said: str = "",
    ) -> Self:
        """A new one, as of now."""
        return cls(answer, conversation, user, platform, message, said)

    @property
    def tenant(self) -> Tenant:
        """Whose catalogue was searched."""
        return self.answer.query.tenant

    @property
    def query(self) -> Query:
        """What was searched, after follow-ups were understood."""
        return self.answer.query

    @property
    def items(self) -> tuple[Item, ...]:
        """The candidates as the panorama numbers them from 1."""
        return tuple(hit.item for hit in self.answer.hits)

    @property
    def pick(self) -> int:
        """Index of the recommended one; 0 when there was none."""
        return self.answer.ranking.order[0] if self.answer.ranking.order else 0


def query_to_json(query: Query) -> dict[str, Any]:
    """The query, its pictures by hash."""
    return {
        "tenant": [query.tenant.platform, query.tenant.workspace],
        "pictures": [picture.hash for picture in query.pictures],
        "text": query.text,
        "filters": asdict(query.filters),
        "like": query.like,
        "shown": query.shown,
        "include_self": query.include_self,
        "limit": query.limit,
        "locale": query.locale,
        "continued": query.continued,
    }


def query_from_json(stored: Mapping[str, Any], pictures: Sequence[Picture]) -> Query:
    """The reverse of :func:`query_to_json`, also of what earlier versions wrote."""
    filters = stored["filters"]
    return Query(
        tenant=Tenant(*stored["tenant"]),
        pictures=tuple(pictures),
        text=stored["text"],
        filters=Filters(
            tuple(filters["categories"]), filters["min_price"], filters["max_price"], tuple(filters["tags"])
        ),
        like=tuple(stored["like"]),
        shown=tuple(stored["shown"]),
        include_self=stored["include_self"],
        limit=stored["limit"],
        locale=stored["locale"],
        continued=stored.get("continued", False),
    )


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """What was shown, without the query."""
    ranking = answer.ranking
    return {
        "hits": [_item_to_json(hit.item) | {"score": hit.score} for hit in answer.hits],
        "ranking": asdict(ranking) | {"fallback": ranking.fallback.value if ranking.fallback else None},
        "duplicates": answer.duplicates,
        "more": answer.more,
        "itself": [_item_to_json(item) for item in answer.itself],
    }


def answer_from_json(stored: Mapping[str, Any], query: Query) -> Answer:
    """The reverse of :func:`answer_to_json`, also of what earlier versions wrote."""
    ranking = dict(stored["ranking"])
    fallback = ranking.pop("fallback")
    return Answer(
        query=query,
        hits=tuple(Hit(_item_from_json(hit, query), hit["score"]) for hit in stored["hits"]),
        ranking=Ranking(
            **(ranking | {"order": tuple(ranking["order"])}), fallback=Fallback(fallback) if fallback else None
        ),
        duplicates=stored["duplicates"],
        more=stored["more"],
        itself=tuple(_item_from_json(item, query) for item in stored.get("itself", ())),
    )


def _item_to_json(item: Item) -> dict[str, Any]:
    return {"id": item.id} | {name: getattr(item, name) for name in _SHOWN}


def _item_from_json(stored: Mapping[str, Any], query: Query) -> Item:
    return Item(query.tenant, stored["id"], **{name: stored[name] for name in _SHOWN})
