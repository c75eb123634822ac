"""From a message to a :class:`~core.models.Query`: a first wish, and the small grammar of follow-ups.

Written once for every platform, pure, and without a model: price, category and references to the numbered
panorama are read by tables (English, with simple forms in German, Spanish, French, Arabic and Japanese);
all other words go to the encoder.

What becomes of ``Query.shown`` (the ids that the answer may not repeat):

* the next page adds what was shown, so it never repeats;
* every other follow-up is a new wish and starts with an empty list: "cheaper than 20" should keep the
  product that was just shown and costs 15;
* what it rejects ("not number 4") is all that a new wish's list begins with;
* examples ("like number 4") stay in ``Query.like``, and the finder never returns them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.models import Filters, Picture, Query, Tenant
from core.refine.categories import Limits, names_category, read_limits
from core.refine.commands import is_next, is_opinion, is_small_talk, is_start_over
from core.refine.edits import clearly_edits, is_filler, merge, points
from core.refine.numbered import Numbered, Shown
from core.refine.prices import read_price
from core.refine.references import read_references
from core.refine.text import Rest, asks, normalise, polite
from core.words import Words

EXAMPLES = 5
"""Most positive examples that a query keeps, the newest."""


def compose(
    text: str,
    tenant: Tenant,
    *,
    pictures: tuple[Picture, ...] = (),
    filters: Filters | None = None,
    categories: Sequence[str] = (),
    limit: int = 9,
    locale: str = "en",
) -> Query:
    """A first wish: "hey, find me a red mug under 20 please" is the words "a red mug" and a highest price.

    Args:
        text: the message.
        filters: limits from outside the message (a command's options); they win over the message's.
        categories: the catalogue's categories, for "only mugs".

    Raises:
        UserError: the message names a category that does not exist, or bounds that exclude each other.
    """
    outside = filters or Filters()
    rest = Rest(normalise(text))
    say = Words(locale)
    price = read_price(rest, say, follow_up=False)
    limits = read_limits(rest, say, categories)
    words = polite(rest.text)
    stated = Filters(limits.categories, price.low, price.high)
    merged = Filters(
        categories=outside.categories or stated.categories,
        min_price=outside.min_price if outside.min_price is not None else stated.min_price,
        max_price=outside.max_price if outside.max_price is not None else stated.max_price,
        tags=outside.tags,
    )
    return Query(tenant, pictures, "" if points(words) else words, merged, limit=limit, locale=locale)


def refine(
    text: str,
    last: Query,
    shown: Sequence[Shown] = (),
    *,
    pick: int = 0,
    categories: Sequence[str] = (),
    first: Query | None = None,
    addressed: bool = True,
) -> Query | None:
    """A follow-up: the query that it makes of the thread's last one.

    Args:
        text: the message.
        last: the query of the thread's last answer.
        shown: that answer's candidates, in the order in which the panorama numbers them from 1.
        pick: index of the recommended one.
        categories: the catalogue's categories.
        first: the thread's first query, to which "start over" goes back.
        addressed: whether the message was meant for the bot (a mention, a direct message). Otherwise only
            what can hardly be meant for a person counts: "cheaper" does, "I showed it to Bob" does not.

    Returns:
        The new query, or None when there is nothing to search by: small talk, or, unless addressed, words
        between people.

    Raises:
        UserError: a number that was not shown, "cheaper" without a known price, an unknown category.
    """
    message = normalise(text)
    if is_small_talk(message):
        return None
    if is_start_over(message):
        return first if first is not None else replace(last, filters=Filters(), like=(), shown=())
    if is_next(message):
        return next_page(last, shown)
    rest = Rest(message)
    say = Words(last.locale)
    price = read_price(rest, say, follow_up=True)
    limits = read_limits(rest, say, categories)
    asked = asks(rest.text)
    rest.text = rest.text if _begins_with_liking(rest.text) else polite(rest.text)
    references = read_references(rest)
    words = polite(rest.text)
    understood = bool(price or limits or references)
    words = "" if understood and is_filler(words) else words
    if not understood and not words:
        return None
    if not addressed and (
        is_opinion(message) or (words and not (clearly_edits(words) or (asked and len(words.split()) <= 8)))
    ):
        return None
    candidates = Numbered(shown, pick, say)
    examples = candidates.examples(references)
    rejected = candidates.ids(references.rejected)
    return replace(
        last,
        text=merge(last.text, words, edit=bool(references), asked=asked or names_category(words, categories)),
        filters=_filters(last.filters, limits, candidates.bounds(price, references)),
        like=tuple(example for example in _newest(last.like, examples) if example not in rejected),
        shown=rejected,
    )


def next_page(last: Query, shown: Sequence[Shown]) -> Query:
    """The same wish without what was shown already."""
    return replace(last, shown=tuple(dict.fromkeys((*last.shown, *(candidate.id for candidate in shown)))))


def more_like(last: Query, *ids: str) -> Query:
    """The same wish, nearer to these items."""
    return replace(last, like=_newest(last.like, ids), shown=())


def reword(last: Query, text: str, categories: Sequence[str] = ()) -> Query:
    """The same pictures and examples with other words; limits that the words state replace the old ones."""
    stated = compose(text, last.tenant, categories=categories)
    filters = Filters(
        categories=stated.filters.categories or last.filters.categories,
        min_price=stated.filters.min_price if _bounded(stated.filters) else last.filters.min_price,
        max_price=stated.filters.max_price if _bounded(stated.filters) else last.filters.max_price,
        tags=last.filters.tags,
    )
    return replace(last, text=stated.text, filters=filters, shown=())


def _newest(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return (*(example for example in old if example not in new), *new)[-EXAMPLES:]


def _begins_with_liking(text: str) -> bool:
    return text.casefold().startswith(("i like", "i love", "i prefer", "i want number", "i want #"))


def _bounded(filters: Filters) -> bool:
    return filters.min_price is not None or filters.max_price is not None


def _filters(last: Filters, limits: Limits, stated: tuple[float | None, float | None]) -> Filters:
    """The last limits with the new ones on top; an old bound that contradicts a new one goes."""
    low = None if limits.any_price else last.min_price
    high = None if limits.any_price else last.max_price
    stated_low, stated_high = stated
    if stated_low is not None and stated_high is not None:
        low, high = stated_low, stated_high
    elif stated_high is not None:
        low, high = (low if low is None or low <= stated_high else None), stated_high
    elif stated_low is not None:
        low, high = stated_low, (high if high is None or high >= stated_low else None)
    categories = () if limits.any_category else last.categories
    tags = () if limits.any_price and limits.any_category else last.tags
    return Filters(limits.categories or categories, low, high, tags)
