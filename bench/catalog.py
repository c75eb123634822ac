"""How quick is the catalogue? Ratios to brute force in numpy on the same vectors, in the same run.

    python -m bench.catalog [--rows 1000 10000] [--dimension 910] [--milvus URI] [--database URL]

Prints rows per second of ``Catalog.put`` (bytes, record and vector; the encoder costs nothing here), and
of a search the median and 95th percentile: of the index alone, of the whole (with the lookup in the
database), with 150 rows not flushed, and with filters. One thread; run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # brute force on one thread, as faiss runs

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.blobs import BlobStore
from core.catalog import Catalog, NewItem
from core.database import Database, sqlite_url
from core.encoders.base import Document, Embeddings, Encoder, EncoderIdentity, Prompt
from core.encoders.batching import EncoderService
from core.index import Index
from core.models import LOCAL, Filters, Picture
from core.settings import IndexSettings

BATCH = 32
FRESH = 150
TRIES = 60
IMAGE = Image.new("RGB", (8, 8))


class Costless(Encoder):
    """Vectors from the title, which is a number: random, but the same each time."""

    def __init__(self, dimension: int) -> None:
        self._identity = EncoderIdentity("costless", "1", dimension, "none")

    @property
    def identity(self) -> EncoderIdentity:
        return self._identity

    def encode_images(self, batch: Sequence[Document]) -> Embeddings:
        return np.stack([self.vector(int(document.title)) for document in batch])

    def encode_queries(self, batch: Sequence[Prompt]) -> Embeddings:
        return np.stack([self.vector(int(prompt.text)) for prompt in batch])

    def vector(self, number: int) -> NDArray[np.float32]:
        """Shape (dimension,), length 1."""
        made = np.random.default_rng(number).standard_normal(self._identity.dimension, np.float32)
        return made / np.linalg.norm(made)


def product(number: int) -> NewItem:
    """A product whose picture is 20 kB of its own."""
    data = number.to_bytes(8, "big") * 2500
    picture = Picture(hashlib.sha256(data).hexdigest(), data, "image/jpeg", IMAGE.size, IMAGE)
    return NewItem(LOCAL, picture, str(number), float(number % 100), "EUR", f"category {number % 20}", tags=("a", "b"))


def fill(catalog: Catalog, numbers: range) -> float:
    """Put them in batches; rows per second."""
    entries = [product(number) for number in numbers]
    began = time.perf_counter()
    for start in range(0, len(entries), BATCH):
        catalog.put(entries[start : start + BATCH])
    return len(entries) / (time.perf_counter() - began)


def timed(search: Callable[[int], object]) -> tuple[float, float]:
    """Median and 95th percentile in ms."""
    for number in range(3):
        search(number)
    took = []
    for number in range(TRIES):
        began = time.perf_counter()
        search(number)
        took.append(time.perf_counter() - began)
    middle, late = np.percentile(took, (50, 95)) * 1000
    return float(middle), float(late)


def measure(rows: int, dimension: int, settings: IndexSettings, database_url: str) -> None:
    """One size."""
    encoder = Costless(dimension)
    queries = [encoder.vector(-number - 1 & 0xFFFFFF) for number in range(TRIES)]
    matrix = np.stack([encoder.vector(number) for number in range(rows)])

    def brute(number: int) -> NDArray[np.int64]:
        scores = matrix @ queries[number]
        best = np.argpartition(-scores, 9)[:9]
        return best[np.argsort(-scores[best])]

    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        database = Database(database_url or sqlite_url(folder / "bench.sqlite3"))
        opened.callback(database.close)
        database.migrate()
        service = EncoderService(encoder, BATCH)
        opened.callback(service.close)
        index = Index(settings, folder, encoder.identity)
        opened.callback(index.close)
        catalog = Catalog(database, BlobStore(folder / "pictures"), index, service)
        opened.callback(index.drop, LOCAL.key)

        print(f"\n{rows:,} rows of {dimension} dimensions")
        with catalog.bulk():
            print(f"put, bulk          {fill(catalog, range(rows)):8.0f} rows/s")
        print(f"put, nothing new   {fill(catalog, range(min(rows, 2000))):8.0f} rows/s")
        time.sleep(2)  # the index of the last segment is built behind the scenes
        base, base_late = timed(brute)
        print(f"{'brute force in numpy':<28} p50 {base:8.3f} ms   p95 {base_late:8.3f} ms")

        def tell(name: str, search: Callable[[int], object]) -> None:
            middle, late = timed(search)
            ratio, late_ratio = middle / base, late / base_late
            print(f"{name:<28} p50 {middle:8.3f} ms ({ratio:6.1f}x) p95 {late:8.3f} ms ({late_ratio:6.1f}x)")

        tell("index", lambda n: index.search(LOCAL.key, queries[n], 9))
        tell("catalogue", lambda n: catalog.search(LOCAL, queries[n], 9))
        one = Filters(categories=("Category 3",), max_price=50.0)
        tell("catalogue, filtered", lambda n: catalog.search(LOCAL, queries[n], 9, one))
        tell("catalogue, by tags", lambda n: catalog.search(LOCAL, queries[n], 9, Filters(tags=("a", "b"))))
        print(f"put, while searched {fill(catalog, range(rows, rows + FRESH)):7.0f} rows/s")
        tell(f"catalogue, {FRESH} fresh rows", lambda n: catalog.search(LOCAL, queries[n], 9))
        right = 0
        whole = np.concatenate([matrix, [encoder.vector(number) for number in range(rows, rows + FRESH)]])
        for query in queries:
            best = {product(int(number)).id for number in np.argsort(-(whole @ query))[:9]}
            right += len(best & {hit.item.id for hit in catalog.search(LOCAL, query, 9)})
        print(f"recall@9           {right / TRIES / 9:8.4f}")


def main() -> None:
    """Read the options and measure each size."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, nargs="+", default=[1000, 10_000])
    options.add_argument("--dimension", type=int, default=910)
    options.add_argument("--milvus", default="", help="a server's URI; default: Milvus Lite")
    options.add_argument("--database", default="", help="a SQLAlchemy URL; default: SQLite")
    given = options.parse_args()
    for rows in given.rows:
        measure(rows, given.dimension, IndexSettings(uri=given.milvus, collection="bench"), given.database)


if __name__ == "__main__":
    main()
