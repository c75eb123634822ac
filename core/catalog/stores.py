"""The three stores, the lock under which they are written, and the encoder that fills one of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from core.blobs import BlobStore
from core.database import Database
from core.encoders.batching import EncoderService
from core.index import Index


@dataclass(frozen=True, slots=True, eq=False)
class Stores:
    """What everything that takes from the catalogue works with.

    Attributes:
        writing: held while stores are written, so that nobody else's write comes between two of them. Never
            held while pictures are encoded, which takes long.
    """

    database: Database
    blobs: BlobStore
    index: Index
    writing: threading.RLock = field(default_factory=threading.RLock)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EncodedStores(Stores):
    """What everything that adds to the catalogue works with."""

    encoder: EncoderService

    @property
    def fingerprint(self) -> str:
        """Of the encoder whose vectors the index holds."""
        return self.encoder.identity.fingerprint
