"""The three stores, the lock under which they are written, and the encoder that fills one of them."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, field

from core.blobs import BlobStore
from core.database import Database
from core.encoders.batching import EncoderService
from core.errors import Unavailable
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

    @staticmethod
    def refuse_empty_blobs(held: Collection[str]) -> None:
        """A store without a single picture is more likely the wrong one than one that lost them all.

        Raises:
            Unavailable: nothing is held, though pictures are needed.
        """
        if not held:
            raise Unavailable(
                "The picture store holds none of the catalogue's pictures.",
                "Check the setting blobs.url, or put the pictures back from a backup; nothing was deleted.",
            )
