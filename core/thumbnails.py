"""Small pictures of items for the panorama, kept in memory while they are in use."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import structlog
from PIL import Image

from core import images
from core.blobs import PictureLost
from core.bounded_cache import BoundedCache
from core.catalog import Catalog
from core.errors import PictureError
from core.likeness import Signature, signature
from core.models import Item, Picture

SIDE = 300
"""Long side in pixels: a cell of the panorama."""

CACHE_BYTES = 64_000_000
"""About 300 thumbnails."""


@dataclass(frozen=True, slots=True, eq=False)
class Thumbnail:
    """An RGB picture of at most 300 × 300 pixels, and what tells copies of it."""

    image: Image.Image = field(repr=False)
    signature: Signature = field(repr=False)

    @classmethod
    def of(cls, image: Image.Image) -> Thumbnail:
        """Make one of any RGB picture."""
        small = image.copy()
        small.thumbnail((SIDE, SIDE), Image.Resampling.HAMMING, reducing_gap=2.0)
        return cls(small, signature(small))


class Thumbnails:
    """Thumbnails of the catalogue's items. Thread-safe and blocking; pictures are decoded several at once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._kept: BoundedCache[str, Thumbnail] = BoundedCache(CACHE_BYTES, _weight)
        self._pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="thumbnails")
        self._log = structlog.get_logger(__name__)

    def of(self, items: Sequence[Item]) -> Iterator[Thumbnail | None]:
        """A thumbnail for each item, in their order; None where the picture is lost, which is logged.

        Raises:
            Unavailable: the picture store can't be reached.
        """
        if len(items) == 1:
            return iter([self._one(items[0])])
        return self._pool.map(self._one, items)

    def whole(self, items: Sequence[Item]) -> Iterator[Picture | None]:
        """The same with the pictures themselves, which are not kept."""
        return self._pool.map(self._picture, items)

    def close(self) -> None:
        """Stop the threads."""
        self._pool.shutdown(cancel_futures=True)

    def _one(self, item: Item) -> Thumbnail | None:
        kept = self._kept.get(item.id)
        if kept is not None:
            return kept
        picture = self._picture(item)
        if picture is None:
            return None
        made = Thumbnail.of(picture.image)
        self._kept.put(item.id, made)
        return made

    def _picture(self, item: Item) -> Picture | None:
        try:
            return images.decode_stored(self._catalog.picture(item))
        except (PictureLost, PictureError) as error:
            self._log.warning("finder.picture_lost", tenant=item.tenant.key, item=item.id, reason=error.reason)
            return None


def _weight(thumbnail: Thumbnail) -> int:
    return 3 * thumbnail.image.width * thumbnail.image.height + thumbnail.signature.nbytes
