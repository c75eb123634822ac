"""Results in plain sentences, once for every platform. No markup: ``render.py`` escapes and decorates."""

from __future__ import annotations

import posixpath

from bot.results import Found, Help
from core import itself
from core.catalog import CatalogStats
from core.models import Filters, Hit, IngestReport, Item, Skipped
from core.words import Words

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "CNY": "¥", "KRW": "₩"}
_WITHOUT_DECIMALS = frozenset({"JPY", "KRW"})


def money(amount: float, currency: str, words: Words) -> str:
    """An amount with its currency as the language writes it: ``$12.99``, ``12,99 €``, or ``12.99`` without any."""
    code = currency.strip()
    written = words.number(amount, 0 if code.upper() in _WITHOUT_DECIMALS else 2)
    if not code:
        return written
    symbol = _SYMBOLS.get(code.upper(), code)
    return f"{written}\u00a0{symbol}" if symbol[-1].isalpha() else words("number.money", amount=written, symbol=symbol)


def price(item: Item, words: Words) -> str:
    """The item's price, or nothing."""
    return "" if item.price is None else money(item.price, item.currency, words)


def title(item: Item, words: Words) -> str:
    """The item's title, else its file's name, else words that stand for one."""
    return item.title.strip() or posixpath.basename(item.source) or words("item.untitled")


def score(hit: Hit, words: Words) -> str:
    """The cosine similarity with two decimals."""
    return words.number(hit.score, 2)


def why(found: Found, words: Words) -> str:
    """The ranking model's reason for the pick, or the sentence that says why there is none."""
    ranking = found.answer.ranking
    return words(f"fallback.{ranking.fallback.value}") if ranking.fallback else ranking.reason


def nothing(found: Found, words: Words) -> str:
    """The sentence for an answer without hits."""
    if found.empty:
        return words("answer.empty_catalogue")
    query = found.answer.query
    if query.shown:
        return words("answer.no_more")
    key = "answer.none_else" if itself.told(found.answer) else "answer.none"
    if query.filters:
        return words(f"{key}_filtered", limits=limits(query.filters, words))
    return words(key)


def limits(filters: Filters, words: Words) -> str:
    """Filters as people say them: ``phone case, at most 20.00``."""
    parts = [*filters.categories, *filters.tags]
    if filters.min_price is not None:
        parts.append(words("item.at_least", price=money(filters.min_price, "", words)))
    if filters.max_price is not None:
        parts.append(words("item.at_most", price=money(filters.max_price, "", words)))
    return ", ".join(parts)


def notes(found: Found, words: Words) -> tuple[str, ...]:
    """What else the asker should know: views taken together, limits, what was left out or mended."""
    answer = found.answer
    said = []
    if len(answer.query.pictures) > 1 and not answer.query.continued:
        said.append(words("answer.several_pictures", count=len(answer.query.pictures)))
    if answer.hits and answer.query.filters:
        said.append(words("answer.limited", limits=limits(answer.query.filters, words)))
    if answer.hits and not answer.ranking.satisfied:
        said.append(words("answer.unsatisfied"))
    if answer.duplicates:
        said.append(words("answer.duplicates", count=answer.duplicates))
    if answer.ranking.repaired:
        said.append(words("answer.repaired", count=answer.ranking.repaired))
    return (*said, *(skipped(each, words) for each in found.skipped))


def translated(each: Skipped, words: Words) -> Skipped:
    """The file with its place and its reason in the reader's language."""
    return Skipped(words.of(each.name), words.of(each.reason), words.of(each.advice))


def skipped(each: Skipped, words: Words) -> str:
    """One file that was not used, and why."""
    told = translated(each, words)
    return f"{words('skipped.attachment', name=told.name, reason=told.reason)} {told.advice}".rstrip()


def figures(stats: CatalogStats, words: Words) -> tuple[str, ...]:
    """The catalogue's figures, one line each."""
    lines = [words("catalogue.products", count=stats.items)]
    if stats.categories:
        names = ", ".join(f"{name} ({count})" for name, count in stats.categories.items() if name)
        lines.append(words("catalogue.categories", names=names))
    if stats.prices:
        lowest, highest = (money(price, "", words) for price in stats.prices)
        lines.append(words("catalogue.prices", lowest=lowest, highest=highest))
    return (*lines, words("catalogue.encoder", name=stats.encoder))


def help_lines(shown: Help, words: Words) -> tuple[str, ...]:
    """What can be asked, one line each."""
    keys = ("title", "find", "follow", *(("catalogue",) if shown.manager else ()), "commands")
    lines = [words(f"help.{key}") for key in keys]
    if shown.categories:
        lines.append(words("catalogue.categories", names=", ".join(shown.categories)))
    return tuple(lines)


def report(done: IngestReport, words: Words) -> tuple[str, ...]:
    """An ingest's counts, those that are not zero; the skipped files themselves are the renderer's."""
    counts = {"added": done.added, "updated": done.updated, "unchanged": done.unchanged, "skipped": len(done.skipped)}
    said = tuple(words(f"report.{name}", count=count) for name, count in counts.items() if count)
    return said or (words("report.nothing"),)


def stopped(done: IngestReport, words: Words) -> tuple[str, ...]:
    """Why an ingest ended early and what to do, as one paragraph; nothing for one that saw all of its source."""
    why = done.stopped
    return () if why is None else (f"{words.of(why.reason)} {words.of(why.advice)}".rstrip(),)
