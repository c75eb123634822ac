"""The drawn showroom as a source."""

from __future__ import annotations

from collections.abc import Iterator

from core import showroom
from core.ingest.entries import Details, Entry, Found


class SampleSource:
    """Products drawn by code: a catalogue without a download (:mod:`core.showroom`)."""

    name = "showroom"

    def count(self) -> int:
        """How many products there are."""
        return showroom.count()

    def __iter__(self) -> Iterator[Found]:
        """The products; each is drawn when it is its turn."""
        for sample in showroom.products():
            details = Details(
                title=sample.title,
                price=sample.price,
                currency=showroom.CURRENCY,
                category=sample.category,
                tags=sample.tags,
            )
            yield Entry(sample.name, sample.jpeg, details)

    def close(self) -> None:
        """Nothing is open."""
