"""The first start: an empty catalogue gets the showroom, while the page is usable already."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice

import structlog

from bot.latest import Latest
from core.catalog import Catalog, NewItem
from core.images import decode
from core.models import LOCAL
from core.settings import Settings
from core.showroom import CURRENCY, count, products

MARK = "showroom.unfinished"
"""A file in the data folder that is there while the showroom is being loaded, so that a stop is made up for."""


class FirstRun:
    """Loads the showroom once.

    Args:
        show: called on the event loop with the number of products that are there, and of all.
    """

    def __init__(self, catalog: Catalog, settings: Settings, show: Callable[[int, int], None]) -> None:
        self._catalog = catalog
        self._settings = settings
        self._show = show
        self._mark = settings.data_dir / MARK
        self._stopped = False

    async def fill(self) -> None:
        """Load the showroom where it is due. Errors are logged: the program works without it."""
        if not await asyncio.to_thread(self._due):
            return
        latest = Latest[int](pause=0.2)
        teller = asyncio.create_task(latest.tell(self._tell))
        try:
            await asyncio.to_thread(self._load, latest.put)
        except Exception as error:  # noqa: BLE001 - the program works without samples
            structlog.get_logger(__name__).warning("showroom.not_loaded", exc_info=error)
        finally:
            teller.cancel()
            self._show(count(), count())

    def stop(self) -> None:
        """End after the batch in hand; the next start goes on."""
        self._stopped = True

    async def _tell(self, done: int) -> None:
        self._show(done, count())

    def _due(self) -> bool:
        """Whether nothing was ever in the catalogue, or an earlier load did not reach its end."""
        return self._mark.exists() or LOCAL not in self._catalog.tenants()

    def _load(self, done: Callable[[int], None]) -> None:
        self._mark.touch()
        entries = self._entries()
        stored = 0
        while batch := list(islice(entries, self._settings.encoder.batch_size)):
            if self._stopped:
                return
            self._catalog.put(batch)
            stored += len(batch)
            done(stored)
        self._mark.unlink()
        structlog.get_logger(__name__).info("showroom.loaded", items=stored)

    def _entries(self) -> Iterator[NewItem]:
        for sample in products():
            yield NewItem(
                tenant=LOCAL,
                picture=decode(sample.jpeg(), self._settings.images, sample.name),
                title=sample.title,
                price=sample.price,
                currency=CURRENCY,
                category=sample.category,
                tags=sample.tags,
                source=f"showroom/{sample.name}",
            )
