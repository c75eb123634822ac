"""What goes out: frozen results without a platform's words. Adapters turn them into payloads in ``render.py``."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.catalog import CatalogStats
from core.models import Answer, Filters, IngestReport, Item, Skipped


@dataclass(frozen=True, slots=True)
class Found:
    """A search's answer.

    Attributes:
        ask: id of the answer in the history; buttons carry it (more like, next, vote, reword).
        skipped: attachments that could not be used; always named in the reply.
        empty: whether nothing was found because there are no products at all.
    """

    ask: str
    answer: Answer
    skipped: tuple[Skipped, ...] = ()
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """An ingest's report; every skipped file is named with its reason."""

    report: IngestReport
    catalogue: int
    """Items in the catalogue afterwards."""


@dataclass(frozen=True, slots=True)
class Removed:
    """Products that left the catalogue."""

    items: tuple[Item, ...]
    catalogue: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the catalogue.

    Attributes:
        more: whether another page follows.
        catalogue: number of all products, whatever the text and filters leave.
    """

    items: tuple[Item, ...]
    more: bool
    catalogue: int
    offset: int
    limit: int
    text: str = ""
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Figures:
    """The catalogue in numbers."""

    stats: CatalogStats


@dataclass(frozen=True, slots=True)
class Help:
    """What can be asked. ``manager``: whether to show how the catalogue is changed."""

    manager: bool
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Voted:
    """A thumb was noted."""

    ask: str
    up: bool


@dataclass(frozen=True, slots=True)
class Courtesy:
    """A friendly word for thanks or a greeting: there was nothing to search by."""


Result = Found | Imported | Removed | Listing | Figures | Help | Voted | Courtesy
