"""From results to what the templates show: plain strings and addresses. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import quote, urlencode, urlsplit

from markupsafe import Markup

from bot import wording
from bot.failures import Failure
from bot.results import Found, Imported, Listing
from core import itself
from core.models import Hit, Item, Progress, Skipped, Stage
from core.words import Words


@dataclass(frozen=True, slots=True)
class Card:
    """A product as it is shown. ``number`` is the panorama's; 0 in the catalogue."""

    id: str
    number: int
    title: str
    alt: str
    price: str
    category: str
    score: str
    line: str
    url: str
    small: str
    large: str
    picked: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A post and what came of it. ``body`` is rendered HTML."""

    id: str
    text: str
    photos: tuple[str, ...]
    time: str
    body: Markup
    busy: bool = False


@dataclass(frozen=True, slots=True)
class ProgressView:
    """A search under way."""

    status: str
    cards: tuple[Card, ...] = ()
    skeleton: bool = True


@dataclass(frozen=True, slots=True)
class FoundView:
    """A search's answer."""

    ask: str
    cards: tuple[Card, ...]
    pick: Card | None
    reason: str
    fallback: str
    notes: tuple[str, ...]
    panorama: str
    panorama_alt: str
    empty: str
    more: bool
    page: int
    vote: int
    itself: Markup


@dataclass(frozen=True, slots=True)
class ListingView:
    """A page of the catalogue; ``previous`` and ``following`` are offsets, None where there is none."""

    items: tuple[Card, ...]
    total_text: str
    categories: tuple[str, ...]
    range: str
    previous: int | None
    following: int | None
    filtered: bool


@dataclass(frozen=True, slots=True)
class SaidView:
    """An answer in sentences, with products or skipped files where there are any."""

    lines: tuple[str, ...]
    cards: tuple[Card, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class JobView:
    """An ingest in the catalogue panel: under way, done (``lines``), or failed."""

    id: str
    title: str
    status: str = ""
    total: int = 0
    done: int = 0
    lines: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    failure: Failure | None = None


def card(item: Item, words: Words, *, number: int = 0, hit: Hit | None = None, picked: bool = False) -> Card:
    """A product's card."""
    title = wording.title(item, words)
    price = wording.price(item, words)
    score = words("item.score", score=wording.score(hit, words)) if hit else ""
    return Card(
        id=item.id,
        number=number,
        title=title,
        alt=words("item.alt", number=number, title=title) if number else title,
        price=price,
        category=item.category,
        score=wording.score(hit, words) if hit else "",
        line=" · ".join(isolated(part) for part in (price, item.category, score) if part),
        url=link(item.url),
        small=picture(item.id, "small"),
        large=picture(item.id, "large"),
        picked=picked,
    )


def isolated(text: str) -> str:
    """Text that keeps its own direction among others (U+2068 and U+2069; Unicode UAX #9)."""
    return f"\u2068{text}\u2069"


def picture(item: str, size: str) -> str:
    """Where a product's picture is served."""
    return f"/items/{quote(item, safe='')}/picture?{urlencode({'size': size})}"


def link(url: str) -> str:
    """``url`` if following it is harmless: an ``http`` or ``https`` address with a host; else nothing."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.hostname else ""


def entry(name: str, text: str, photos: int, time: datetime, body: Markup, *, busy: bool = False) -> Entry:
    """A post with what stands below it."""
    # How many there are is part of the address: numbers shift when some turn out to be no pictures.
    addresses = tuple(f"/posts/{name}/photos/{number}?of={photos}" for number in range(photos))
    return Entry(name, text, addresses, time.isoformat(), body, busy)


def progress(now: Progress, words: Words) -> ProgressView:
    """A search under way; numbered cards as soon as there are hits."""
    cards = tuple(card(hit.item, words, number=index + 1, hit=hit) for index, hit in enumerate(now.hits))
    return ProgressView(words(f"stage.{now.stage.value}"), cards, skeleton=now.stage is not Stage.DONE)


def found(result: Found, entry: str, words: Words, *, vote: int = 0) -> FoundView:
    """An answer."""
    answer = result.answer
    cards = tuple(
        card(hit.item, words, number=number, hit=hit, picked=place == 0)
        for place, (number, hit) in enumerate(answer.ranked)
    )
    fallback = answer.ranking.fallback is not None
    return FoundView(
        ask=result.ask,
        cards=cards,
        pick=cards[0] if cards else None,
        reason="" if fallback else wording.why(result, words),
        fallback=wording.why(result, words) if fallback else "",
        notes=wording.notes(result, words),
        panorama=f"/posts/{entry}/panorama",
        panorama_alt=words("answer.panorama_alt", count=len(cards)),
        empty="" if cards else wording.nothing(result, words),
        more=answer.more,
        page=answer.query.limit,
        vote=vote,
        itself=Markup(itself.sentence(answer, words, partial(_named, words))),  # noqa: S704 - every title is escaped
    )


def _named(words: Words, item: Item) -> Markup:
    title = Markup("<b dir=auto>{}</b>").format(wording.title(item, words))
    if address := link(item.url):
        linked = Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>')
        title = linked.format(address, title)
    price = wording.price(item, words)
    return Markup("{} (<bdi>{}</bdi>)").format(title, price) if price else title


def announcement(result: Found, words: Words) -> str:
    """What a screen reader says when an answer is there."""
    answer = result.answer
    before = itself.sentence(answer, words, lambda item: wording.title(item, words))
    if answer.pick is None:
        return f"{before} {wording.nothing(result, words)}".lstrip()
    number, hit = answer.ranked[0]
    matches, title = words("web.matches", count=len(answer.hits)), wording.title(hit.item, words)
    why = wording.why(result, words)
    said = words("web.announce_found", matches=matches, number=number, title=title, why=why)
    return f"{before} {said}".lstrip()


def done(job: str, result: Imported, words: Words) -> JobView:
    """A finished ingest."""
    report = result.report
    skipped = (*report.skipped, *(Skipped(each.name, each.text) for each in report.remarks))
    lines = (*wording.report(report, words), *wording.stopped(report, words))
    told = tuple(wording.translated(each, words) for each in skipped)
    return JobView(job, words("report.total", count=report.total), lines=lines, skipped=told)


def listing(page: Listing, categories: tuple[str, ...], words: Words) -> ListingView:
    """A page of the catalogue."""
    first, last = page.offset + 1, page.offset + len(page.items)
    return ListingView(
        items=tuple(card(item, words) for item in page.items),
        total_text=words("catalogue.products", count=page.catalogue),
        categories=categories,
        range=words("catalogue.range", first=first, last=last),
        previous=max(0, page.offset - page.limit) if page.offset else None,
        following=page.offset + page.limit if page.more else None,
        filtered=bool(page.text or page.filters),
    )
