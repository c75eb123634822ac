"""Lines that Slack and Discord both show, plain and in one line each; their ``render.py`` escapes and cuts them."""

from __future__ import annotations

from collections.abc import Sequence

from bot import wording
from bot.cutting import one_line
from bot.request import MANAGING, Intent
from core.ingest import IngestProgress
from core.models import Hit, Item, Progress, Skipped
from core.words import Words

NAMED = 5
"""Skipped files that are named in the message; when there are more, all are in an attached table."""


def first_sign(intent: Intent, pictures: bool, words: Words) -> str:
    """What happens first. ``pictures``: whether there are some to look at."""
    if isinstance(intent, MANAGING):
        return words("chat.reading")
    return words("stage.encode" if pictures else "stage.search")


def progress(stage: Progress | IngestProgress, words: Words) -> str:
    """How far it is."""
    if isinstance(stage, IngestProgress):
        return words("chat.adding", done=stage.done, total=stage.total)
    said = words(f"stage.{stage.stage.value}")
    return f"{said} {words('chat.matches', count=len(stage.hits))}" if stage.hits else said


def name(item: Item, words: Words) -> str:
    """The product's title."""
    return one_line(wording.title(item, words))


def alt(number: int, hit: Hit, words: Words) -> str:
    """What is read aloud in place of the product's picture."""
    return words("item.alt", number=number, title=name(hit.item, words))


def choices(hits: Sequence[Hit], words: Words) -> list[tuple[str, str]]:
    """The candidates to choose from, numbered as in the panorama: text and the item's id."""
    return [(f"{number}. {name(hit.item, words)}", hit.item.id) for number, hit in enumerate(hits, start=1)]


def price(item: Item, words: Words) -> str:
    """The price, or nothing."""
    return one_line(wording.price(item, words))


def facts(item: Item, words: Words) -> list[str]:
    """Price and category, as far as they are known."""
    return [one_line(fact) for fact in (price(item, words), item.category) if fact.strip()]


def skipped(found: Sequence[Skipped], words: Words, *, table: bool) -> list[str]:
    """Files that were not used, as many as a message names. ``table``: all of them are in an attached one."""
    named = [wording.skipped(each, words) for each in found]
    return named[:NAMED] if table else fewer(named, NAMED, words)


def fewer(notes: Sequence[str], most: int, words: Words) -> list[str]:
    """At most so many notes; the last one says how many are left out."""
    if len(notes) <= most:
        return [*notes]
    return [*notes[: most - 1], words("chat.more_notes", count=len(notes) - most + 1)]
