"""The three stores, the encoder that fills one of them, and the lock under which they are written."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from core.blobs import BlobStore
from core.database import Database
from core.encoders.batching import EncoderService
from core.index import Index


@dataclass(frozen=True, slots=True, eq=False)
class Stores:
    """What everything that changes the catalogue works with.

    Attributes:
        writing: held while stores are written, so that nobody else's write comes between two of them. Never
            held while pictures are encoded, which takes long.
    """

    database: Database
    blobs: BlobStore
    index: Index
    encoder: EncoderService
    writing: threading.RLock = field(default_factory=threading.RLock)

    @property
    def fingerprint(self) -> str:
        """Of the encoder whose vectors the index holds."""
        return self.encoder.identity.fingerprint
