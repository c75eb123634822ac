"""The encoder port: what every model family offers, and what identifies it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Embeddings = NDArray[np.float32]
"""Shape (n, dimension), float32, every row L2-normalised."""


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What made a vector. Vectors of different identities are never compared.

    Attributes:
        name: the name in the registry, such as ``starter``.
        version: changes whenever weights or arithmetic change so that old vectors no longer fit.
        dimension: length of a vector.
        preprocessing: short description of how a picture becomes the model's input.
    """

    name: str
    version: str
    dimension: int
    preprocessing: str

    @property
    def fingerprint(self) -> str:
        """12 lower-case hex digits over all four fields; part of a collection's name."""
        text = "\x1f".join((self.name, self.version, str(self.dimension), self.preprocessing))
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.dimension} dimensions)"


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """What is encoded for the catalogue: an upright RGB picture and the words known about it."""

    image: Image.Image
    title: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """What is encoded for a search: an upright RGB picture, words, or both; never neither."""

    image: Image.Image | None = None
    text: str = ""

    def __post_init__(self) -> None:
        if self.image is None and not self.text.strip():
            raise ValueError("a prompt needs a picture or words")


class Encoder(Protocol):
    """A model that puts pictures and composed queries into one space of cosine similarity.

    Implementations are called from one thread at a time (see :mod:`core.encoders.batching`) and need
    no locks. Loading happens in the constructor and may take seconds.
    """

    @property
    def identity(self) -> EncoderIdentity:
        """What made this encoder's vectors."""
        ...

    def encode_images(self, batch: Sequence[Document]) -> Embeddings:
        """Encode catalogue entries. Shape (len(batch), dimension); an empty batch gives (0, dimension)."""
        ...

    def encode_queries(self, batch: Sequence[Prompt]) -> Embeddings:
        """Encode queries of mixed kinds. Shape (len(batch), dimension), rows in the batch's order."""
        ...
