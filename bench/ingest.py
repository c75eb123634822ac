"""How quickly an ingest runs end to end, and what bounds it.

    python -m bench.ingest ../shared/photos/catalog.csv [--runs 3]

Each stage is first run alone on the same pictures: read (with hashing), decode (one thread), encode (batches), and
all but encode (an ingest with vectors that cost nothing). Then the whole runs as the program runs it. The slowest
stage is the bound: no pipeline is quicker than its slowest stage, and the last line says how much of it is reached.
Runs of stages and of the whole alternate, so that other load on the machine hits both alike.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter

import numpy as np
import torch

from core import images, logs
from core.encoders import registry
from core.encoders.base import Document, Embeddings, Encoder, EncoderIdentity, Prompt
from core.engine import Engine
from core.ingest import open_source
from core.ingest.entries import Entry
from core.models import LOCAL, Picture
from core.settings import LogSettings, Settings


class Replay(Encoder):
    """An encoder whose vectors cost nothing: what remains of an ingest is reading, decoding and storing."""

    def __init__(self, identity: EncoderIdentity) -> None:
        self._identity = identity
        self._rows = np.random.default_rng(0).normal(size=(4096, identity.dimension)).astype(np.float32)
        self._rows /= np.linalg.norm(self._rows, axis=1, keepdims=True)
        self._at = 0

    @property
    def identity(self) -> EncoderIdentity:
        return self._identity

    def encode_images(self, batch: Sequence[Document]) -> Embeddings:
        places = np.arange(self._at, self._at + len(batch)) % len(self._rows)
        self._at += len(batch)
        rows: Embeddings = self._rows[places]
        return rows

    def encode_queries(self, batch: Sequence[Prompt]) -> Embeddings:
        return self.encode_images([Document(images.Image.new("RGB", (1, 1)))] * len(batch))


def timed(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    settings = Settings(log=LogSettings(level="error"))
    logs.configure(settings)
    cache = settings.data_dir / "cache" / "encoders"
    encoder = registry.build(settings.encoder, cache)

    entries = [each for each in open_source(options.source, settings) if isinstance(each, Entry)]
    data = [entry.read() for entry in entries]
    pictures = [images.decode(each, settings.images) for each in data]
    documents = [
        Document(picture.image, entry.details.title if entry.details else "")
        for picture, entry in zip(pictures, entries, strict=True)
    ]
    encoder.encode_images(documents[:8])

    def ingest(with_encoder: Encoder) -> float:
        with tempfile.TemporaryDirectory() as folder:
            fresh = settings.model_copy(update={"data_dir": Path(folder)})
            with closing(open_source(options.source, fresh)) as source, Engine(fresh, with_encoder) as engine:
                return timed(lambda: engine.ingester.run(source, LOCAL, alone=True))

    def read() -> list[str]:
        return [images.content_hash(entry.read()) for entry in entries]

    def decode() -> list[Picture]:
        return [images.decode(each, settings.images) for each in data]

    def encode() -> None:
        size = settings.encoder.batch_size
        for start in range(0, len(documents), size):
            encoder.encode_images(documents[start : start + size])

    taken: dict[str, list[float]] = {"read": [], "decode": [], "encode": [], "all but encode": [], "whole": []}
    for _ in range(options.runs):
        taken["read"].append(timed(read))
        taken["decode"].append(timed(decode))
        taken["encode"].append(timed(encode))
        taken["all but encode"].append(ingest(Replay(encoder.identity)))
        taken["whole"].append(ingest(encoder))

    report(len(entries), {name: statistics.median(each) for name, each in taken.items()}, settings)


def report(count: int, taken: dict[str, float], settings: Settings) -> None:
    whole = taken.pop("whole")
    print(
        f"{count} pictures, {os.cpu_count()} cores, {torch.get_num_threads()} threads, encoder {settings.encoder.name}"
    )
    print(f"{'':18}{'a second':>10}{'of the whole':>14}")
    for name, each in taken.items():
        print(f"{name:18}{count / each:10.0f}{each / whole:14.2f}")
    print(f"{'whole':18}{count / whole:10.0f}{1:14.2f}")
    slowest = max(taken, key=lambda name: taken[name])
    print(f"Bounded by {slowest}; {taken[slowest] / whole:.2f} of that bound is reached.")


if __name__ == "__main__":
    main()
