"""The catalogue without its encoder, which takes seconds to load: to look at, and to take things out of."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack, closing
from types import TracebackType

from core import places
from core.blobs import BlobStore
from core.catalog import Listing, Remover, Stores, made_by
from core.database import Database
from core.datadir import DataDir
from core.index import Index
from core.models import Tenant
from core.settings import Settings


class Inventory:
    """The open database, under the data folder's lock; Milvus and the pictures are opened for a removal only.

    It mends nothing after a crash: that needs the encoder, and is left to the next :class:`~core.engine.Engine`.

    Raises:
        DataDirLocked: another program works on the data folder.
        ConfigurationError: a setting can't be used.
        Unavailable: the database can't be reached.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        with ExitStack() as opened:
            opened.enter_context(DataDir(settings.data_dir))
            self._database = opened.enter_context(closing(Database(places.database_url(settings))))
            self._database.migrate()
            self.listing = Listing(self._database)
            self._opened = opened.pop_all()

    def remove(self, tenant: Tenant, ids: Collection[str]) -> int:
        """Remove items, and pictures that nothing else refers to; returns how many items there were.

        Their vectors are taken from the index of the encoder that made them, whichever the settings name now.

        Raises:
            ConfigurationError, Unavailable: Milvus or the picture store can't be used.
        """
        with self._database.reading() as session:
            encoder = made_by.recall(session)
        if not ids or encoder is None:
            return 0
        blobs = BlobStore(places.blob_url(self._settings))
        with closing(Index(self._settings.index, places.data_dir(self._settings), encoder)) as index:
            return Remover(Stores(self._database, blobs, index)).remove(tenant, ids)

    def __enter__(self) -> Inventory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()
