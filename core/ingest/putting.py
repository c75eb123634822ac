"""What a writing thread does with a batch: leave what is known, decode the rest, put it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from core.catalog import Catalog, NewItem
from core.errors import PictureError, UserError
from core.images import decode
from core.ingest import text
from core.ingest.clock import Clock
from core.ingest.entries import Details, Entry
from core.models import Item, Outcome, Picture, Skipped, Tenant
from core.settings import Settings
from core.words import Sentence


@dataclass(frozen=True, slots=True)
class Loaded:
    """An entry with its bytes and their hash."""

    entry: Entry
    data: bytes
    hash: str


Settled = list[Outcome | Skipped]
"""What became of a batch's entries, in no particular order."""


@dataclass(frozen=True, slots=True)
class Putter:
    """Puts batches into one tenant's catalogue. Used by several threads at once; keeps no state of its own.

    Args:
        decoders: threads that decode.
    """

    catalog: Catalog
    settings: Settings
    tenant: Tenant
    clock: Clock
    decoders: ThreadPoolExecutor

    def put(self, batch: list[Loaded]) -> Settled:
        """Put what is new or changed. When it returns, that is in all three stores.

        Raises:
            EncoderMismatch, Unavailable: see :meth:`core.catalog.Catalog.put`.
        """
        known = self.catalog.get_many(self.tenant, [loaded.hash for loaded in batch])
        fresh = [loaded for loaded in batch if not _same(known.get(loaded.hash), loaded.entry.details)]
        decoded = list(self.decoders.map(self._decode, fresh))
        made = [
            _new_item(self.tenant, loaded.entry, picture) if isinstance(picture, Picture) else picture
            for loaded, picture in zip(fresh, decoded, strict=True)
        ]
        new = [each for each in made if isinstance(each, NewItem)]
        labels = {loaded.hash: loaded.entry.label for loaded in fresh}
        settled: Settled = [Outcome.UNCHANGED] * (len(batch) - len(fresh))
        settled += [each for each in made if isinstance(each, Skipped)]
        with self.clock("store"):
            outcomes = self.catalog.put(new)
        settled += [
            Skipped(labels[each.id], Sentence("entry.no_vector")) if outcome is Outcome.SKIPPED else outcome
            for each, outcome in zip(new, outcomes, strict=True)
        ]
        return settled

    def _decode(self, loaded: Loaded) -> Picture | Skipped:
        with self.clock("decode"):
            try:
                return decode(loaded.data, self.settings.images)
            except PictureError as error:
                return Skipped(loaded.entry.label, error.reason, error.advice)


def _same(item: Item | None, details: Details | None) -> bool:
    """Whether a known item says what the entry says; an entry that says nothing changes nothing."""
    if item is None:
        return False
    return details is None or details == Details(
        item.title, item.price, item.currency, item.category, item.url, tuple(item.tags), dict(item.metadata)
    )


def _new_item(tenant: Tenant, entry: Entry, picture: Picture) -> NewItem | Skipped:
    details = entry.details or Details()
    try:
        return NewItem(
            tenant=tenant,
            picture=picture,
            title=details.title,
            price=details.price,
            currency=details.currency,
            category=details.category,
            url=details.url,
            tags=details.tags,
            metadata=details.metadata,
            source=text.line(entry.name),
        )
    except UserError as error:
        return Skipped(entry.label, error.reason, error.advice)
