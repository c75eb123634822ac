"""A catalogue on real stores with the tiny encoder, and pictures to fill it with."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.blobs import BlobStore
from core.catalog import Catalog, NewItem
from core.database import Database, sqlite_url
from core.encoders.base import Encoder, Prompt
from core.encoders.batching import EncoderService
from core.index import Index, Vector
from core.models import LOCAL, Picture, Tenant
from core.settings import IndexSettings
from tests.fakes.encoder import TinyEncoder


def picture(number: int) -> Picture:
    """A small PNG of random colours; equal for equal numbers."""
    colours = np.random.default_rng(number).integers(0, 256, (4, 4, 3), np.uint8)
    image = Image.fromarray(colours).resize((16, 16), Image.Resampling.NEAREST)
    file = io.BytesIO()
    image.save(file, "PNG")
    data = file.getvalue()
    return Picture(hashlib.sha256(data).hexdigest(), data, "image/png", image.size, image)


def product(number: int, tenant: Tenant = LOCAL, **values: Any) -> NewItem:
    """A product with picture ``number``."""
    return NewItem(tenant=tenant, picture=picture(number), **{"title": f"Product {number}"} | values)


class Shop:
    """The stores of one catalogue, within reach of a test.

    Attributes:
        catalog: opened and recovered.
        tiny: the encoder itself.
    """

    def __init__(
        self,
        folder: Path,
        encoder: Encoder | None = None,
        settings: IndexSettings | None = None,
        database: str = "",
        *,
        recover: bool = True,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.tiny = encoder or TinyEncoder()
        self.database = Database(database or sqlite_url(folder / "catalog.sqlite3"))
        self.database.migrate()
        self.blobs = BlobStore(folder / "pictures")
        self.encoder = EncoderService(self.tiny, 32)
        self.index = Index(settings or IndexSettings(), folder, self.tiny.identity)
        self.catalog = Catalog(self.database, self.blobs, self.index, self.encoder)
        self.recovered = self.catalog.recover() if recover else None

    def vector(self, number: int, text: str = "") -> Vector:
        """The query of picture ``number`` and words."""
        made: Vector = self.encoder.submit_query(Prompt(picture(number).image, text)).result()
        return made

    def nearest(self, number: int, tenant: Tenant = LOCAL) -> str | None:
        """The id of the item nearest to picture ``number``."""
        hits = self.catalog.search(tenant, self.vector(number, f"Product {number}"), 1)
        return hits[0].item.id if hits else None

    def close(self) -> None:
        self.encoder.close()
        self.index.close()
        self.database.close()


@contextmanager
def opened(folder: Path, *args: Any, **values: Any) -> Iterator[Shop]:
    """A shop that is closed in the end."""
    shop = Shop(folder, *args, **values)
    try:
        yield shop
    finally:
        shop.close()
