"""A real encoder, small enough for tests: mean colours of a picture and hashed words, deterministic."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.encoders.base import Document, Embeddings, Encoder, EncoderIdentity, Prompt

GRID = 4
WORDS = 16


class TinyEncoder(Encoder):
    """64 dimensions: the colours of a 4x4 thumbnail (48, centred), and a bag of hashed words (16).

    Args:
        version: another one is another encoder, whose vectors don't fit.
        title_weight: how much an item's title counts beside its picture.
    """

    def __init__(self, version: str = "1", title_weight: float = 0.5) -> None:
        self._identity = EncoderIdentity("tiny", version, GRID * GRID * 3 + WORDS, f"{GRID}x{GRID} mean colours")
        self._title_weight = title_weight
        self.encoded = 0
        """Catalogue entries that went through, for tests that count."""

    @property
    def identity(self) -> EncoderIdentity:
        return self._identity

    def encode_images(self, batch: Sequence[Document]) -> Embeddings:
        self.encoded += len(batch)
        return self._rows([(each.image, each.title, self._title_weight) for each in batch])

    def encode_queries(self, batch: Sequence[Prompt]) -> Embeddings:
        return self._rows([(each.image, each.text, 1.0) for each in batch])

    def _rows(self, batch: Sequence[tuple[Image.Image | None, str, float]]) -> Embeddings:
        made = np.zeros((len(batch), self._identity.dimension), np.float32)
        for row, (image, text, weight) in zip(made, batch, strict=True):
            if image is not None:
                row[:-WORDS] = _colours(image)
            row[-WORDS:] = weight * _words(text)
            row /= max(float(np.linalg.norm(row)), 1e-6)
        return made


def _colours(image: Image.Image) -> NDArray[np.float32]:
    small = np.asarray(image.convert("RGB").resize((GRID, GRID), Image.Resampling.BOX), np.float32)
    made: NDArray[np.float32] = (small / 255.0 - 0.45).ravel()
    return made


def _words(text: str) -> NDArray[np.float32]:
    made = np.zeros(WORDS, np.float32)
    for word in text.casefold().split():
        made[zlib.crc32(word.encode()) % WORDS] += 1.0
    return made
