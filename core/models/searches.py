"""A search from the wish to the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.folding import whole
from core.models.products import Item, Picture, Tenant


@dataclass(frozen=True, slots=True)
class Filters:
    """What a candidate must be. Empty means anything; categories and tags compare case-insensitively.

    Attributes:
        categories: any of these.
        min_price, max_price: inclusive bounds in the catalogue's own currency; items without a price
            never pass a bound.
        tags: all of these.
    """

    categories: tuple[str, ...] = ()
    min_price: float | None = None
    max_price: float | None = None
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.categories or self.tags) or self.min_price is not None or self.max_price is not None


@dataclass(frozen=True, slots=True)
class Query:
    """One wish: pictures and words together, and what the answer must keep to.

    Attributes:
        text: the words; halves of characters in them are replaced.
        pictures: none (words alone), one, or several views of one wish (their embeddings' mean is used).
        like: item ids that are positive examples ("more like 4").
        shown: item ids that were already shown; the next page never repeats them.
        include_self: whether the asked-about product itself (same picture) may come back.
        limit: candidates in the panorama, 1 to 25.
        locale: BCP 47 tag of the language in which the reason is wanted.
        continued: whether it goes on from an earlier answer, which has said what there is to say of its pictures.
    """

    tenant: Tenant
    pictures: tuple[Picture, ...] = ()
    text: str = ""
    filters: Filters = Filters()
    like: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    include_self: bool = False
    limit: int = 9
    locale: str = "en"
    continued: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", whole(self.text))


@dataclass(frozen=True, slots=True)
class Hit:
    """An item found for a query. ``score`` is the cosine similarity, -1 to 1, higher is nearer."""

    item: Item
    score: float


class Fallback(StrEnum):
    """Why the ranking model's word was not used, and the candidates stand in retrieval order."""

    NO_KEY = "no_key"
    OFF = "off"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    GARBLED = "garbled"
    UNAVAILABLE = "unavailable"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order in which candidates are recommended, and why the first is first.

    Attributes:
        order: a permutation of ``range(len(hits))``; ``order[0]`` is the pick. Number ``i + 1`` is what
            the panorama shows for index ``i``.
        reason: the ranking model's reason for the pick, plain text; empty when ``fallback`` is set.
        fallback: why the ranking model was not used, or None when it was.
        repaired: how many out-of-range, repeated or missing indices were mended.
        satisfied: False when the ranking model said that no candidate satisfies the wish.
        model: name of the ranking model; empty when ``fallback`` is set.
        prompt_tokens, completion_tokens: what the call used, as reported by the service.
    """

    order: tuple[int, ...]
    reason: str = ""
    fallback: Fallback | None = None
    repaired: int = 0
    satisfied: bool = True
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Stage(StrEnum):
    """The stages of a search, in order. Each is reported when it begins, and timed."""

    ENCODE = "encode"
    SEARCH = "search"
    PANORAMA = "panorama"
    RERANK = "rerank"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a search stands.

    ``hits`` is filled from ``PANORAMA`` on and ``panorama`` (JPEG bytes) from ``RERANK`` on, so that
    matches can be shown before the ranking model answers.
    """

    stage: Stage
    hits: tuple[Hit, ...] = ()
    panorama: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found.

    Attributes:
        hits: candidates in retrieval order; the panorama numbers them from 1. Empty: nothing fits.
        panorama: RGB JPEG; empty bytes when there are no hits.
        duplicates: how many exact or near duplicates of better hits were left out.
        more: whether a next page exists.
        itself: products that would be hits, but show the very picture that was asked with, and so are left out.
            Empty where examples were asked for: whoever says "more like 4" knows it.
        timings: seconds per stage.
    """

    query: Query
    hits: tuple[Hit, ...]
    ranking: Ranking
    panorama: bytes = b""
    duplicates: int = 0
    more: bool = False
    itself: tuple[Item, ...] = ()
    timings: Mapping[Stage, float] = field(default_factory=dict)

    @property
    def pick(self) -> Hit | None:
        """The recommended hit, or None when nothing was found."""
        return self.hits[self.ranking.order[0]] if self.hits else None

    @property
    def ranked(self) -> tuple[tuple[int, Hit], ...]:
        """(panorama number, hit) in recommended order."""
        return tuple((index + 1, self.hits[index]) for index in self.ranking.order)
