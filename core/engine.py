"""Everything that the core offers, opened from the settings in the right order and closed in the reverse one."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from types import TracebackType

import structlog

from core import places, title_stage
from core.blobs import BlobStore
from core.catalog import Catalog
from core.database import Database
from core.datadir import DataDir
from core.encoders import registry
from core.encoders.base import Encoder
from core.encoders.batching import EncoderService
from core.finder import Finder
from core.history import History
from core.index import Index
from core.index.milvus import load_client
from core.ingest import Ingester
from core.reranker import Reranker
from core.settings import Settings


class Engine:
    """The open stores and what works on them. Opening takes seconds: run it off an event loop.

    Opening mends what a crash left. A catalogue that was made by another encoder opens, too, so that it
    can be reindexed; ``catalog.mismatch`` says so.

    Args:
        encoder: one that was loaded already; None: the one that the settings name.

    Raises:
        DataDirLocked: another program works on the data folder.
        ConfigurationError: a setting can't be used.
        Unavailable: the database, the picture store or Milvus can't be reached.
    """

    def __init__(self, settings: Settings, encoder: Encoder | None = None) -> None:
        self.settings = settings
        self._log = structlog.get_logger(__name__)
        with ExitStack() as opened:
            folder = opened.enter_context(DataDir(settings.data_dir))
            self.database = Database(places.database_url(settings))
            opened.callback(self.database.close)
            self.database.migrate()
            self.blobs = BlobStore(places.blob_url(settings))
            threading.Thread(target=load_client, name="import-pymilvus", daemon=True).start()  # while torch loads
            encoder = encoder or registry.build(settings.encoder, places.cache_dir(settings) / "encoders")
            self.encoder = EncoderService(encoder, settings.encoder.batch_size)
            opened.callback(self.encoder.close)
            self.index = Index(settings.index, folder.path, self.encoder.identity)
            opened.callback(self.index.close)
            self.catalog = Catalog(self.database, self.blobs, self.index, self.encoder)
            self.catalog.recover(machine_stopped=folder.machine_stopped)
            if folder.machine_stopped and self.catalog.mismatch is None:
                folder.rely()
            self.history = History(self.database, self.blobs)
            self.ingester = Ingester(self.catalog, settings)
            self.reranker = Reranker(settings.reranker, self.history)
            titles = title_stage.build(settings.search.title_reranker)
            self.finder = Finder(self.catalog, self.encoder, self.reranker, settings.search, titles)
            opened.callback(self.finder.close)
            self.purge()
            self._opened = opened.pop_all()
        self._log.info("engine.opened", encoder=self.encoder.identity.name, data_dir=str(folder.path))

    @classmethod
    def open(cls, settings: Settings, encoder: Encoder | None = None) -> Engine:
        """The same as the constructor, for ``with Engine.open(settings) as engine``."""
        return cls(settings, encoder)

    def purge(self) -> None:
        """Forget what the settings say is to be forgotten, with pictures that nothing else needs. Call it daily."""
        forgotten = self.history.purge(self.settings.history)
        pictures = self.catalog.forget_pictures(forgotten.pictures)
        if forgotten.asks:
            self._log.info("engine.purged", asks=forgotten.asks, pictures=pictures)

    def close(self) -> None:
        """Close everything, the data folder's lock last. Harmless when repeated."""
        self._opened.close()

    async def aclose(self) -> None:
        """Close the ranking model's connections, which belong to the running event loop, and everything else."""
        try:
            await self.reranker.close()
        finally:
            await asyncio.to_thread(self.close)

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
