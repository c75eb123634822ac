"""Milvus Lite: the engine inside this process, one collection per encoder and tenant."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from core.errors import ConfigurationError, Unavailable
from core.index.filters import expression, tag_token
from core.index.milvus import load_engine
from core.index.port import answering
from core.index.rows import Vector
from core.models import Filters
from core.words import Sentence

if TYPE_CHECKING:  # it imports pymilvus, which takes half a second
    from core.index.lite_table import LiteTable

FLUSH_LEAST = 40
"""Fewer pending rows than this are left unflushed: searching them costs little, and an index file for
each handful of rows would cost more (faiss also warns below 39)."""

BULK_ROWS = 2_500
"""Pending rows at which a bulk load flushes."""

CHANNEL = {
    "grpc.keepalive_time_ms": 2**31 - 1,
    "grpc.keepalive_permit_without_calls": 0,
    "grpc.enable_http_proxy": 0,
}
"""pymilvus pings every 10 s, which the engine's own gRPC server answers by hanging up (too_many_pings); and gRPC
would ask a proxy from the environment for the way to this very process."""

ADVICE = Sentence("outage.index_folder_advice")


class LiteStore:
    """See :class:`core.index.port.Store`.

    Args:
        path: folder of the database, with the suffix ``.db`` by which pymilvus knows it.
        flush_rows, flush_idle: pending rows, and seconds of silence, after which rows are flushed.

    Raises:
        ConfigurationError: a file of Milvus Lite 2 is in the way.
        Unavailable: the folder is in use by another program, or can't be used.
    """

    def __init__(self, path: Path, fingerprint: str, dimension: int, *, flush_rows: int, flush_idle: float) -> None:
        if path.is_file():
            raise ConfigurationError(
                f"{path} was made by Milvus Lite 2, whose files can't be read any more.",
                "Move it away; `python -m core repair` then rebuilds the index.",
            )
        load_engine()
        from pymilvus import MilvusClient
        from pymilvus.exceptions import MilvusException

        self._path = path.resolve()
        self._prefix = f"items_{fingerprint}_"
        self._dimension = dimension
        self._flush_rows = flush_rows
        self._flush_idle = flush_idle
        self._tables: dict[str, LiteTable] = {}
        self._opening = threading.RLock()
        self._bulks = 0
        self._wake = threading.Condition()
        self._closed = False
        self._log = structlog.get_logger(__name__)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._client = MilvusClient(str(self._path), grpc_options=CHANNEL)
        except (MilvusException, OSError) as error:
            raise Unavailable(
                "The vector index in the data folder can't be opened.",
                "Stop any other program that uses the folder, and check that it can be written.",
            ) from error
        self._flusher = threading.Thread(target=self._flush_idle_tables, name="index-flusher", daemon=True)
        self._flusher.start()

    def upsert(self, tenant: str, records: Sequence[dict[str, Any]]) -> None:
        """Write rows; flush when enough are pending."""
        with answering(ADVICE):
            table = self._table(tenant)
            table.upsert([record | {"tags": "".join(map(tag_token, record["tags"]))} for record in records])
            if table.pending >= (BULK_ROWS if self._bulks else self._flush_rows):
                table.flush()
        with self._wake:
            self._wake.notify()

    def delete(self, tenant: str, keys: Sequence[str]) -> None:
        """Remove rows."""
        if self._exists(tenant):
            with answering(ADVICE):
                self._table(tenant).delete(keys)

    def search(self, tenant: str, vector: Vector, limit: int, filters: Filters) -> list[tuple[str, float]]:
        """Exact nearest neighbours."""
        wanted = expression(filters, _has_tag)
        if not self._exists(tenant):
            return []
        with answering(ADVICE):
            return self._table(tenant).search(vector, limit, wanted)

    def keys(self, tenant: str) -> Iterator[str]:
        """All keys."""
        if self._exists(tenant):
            with answering(ADVICE):
                yield from self._table(tenant).keys()

    def vectors(self, tenant: str, keys: Sequence[str]) -> dict[str, Vector]:
        """Vectors by key."""
        if not self._exists(tenant):
            return {}
        with answering(ADVICE):
            return self._table(tenant).vectors(keys)

    def count(self, tenant: str) -> int:
        """Rows."""
        if not self._exists(tenant):
            return 0
        with answering(ADVICE):
            return self._table(tenant).count()

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Flush in larger batches, and once at the end."""
        with self._wake:
            self._bulks += 1
        try:
            yield
        finally:
            with self._wake:
                self._bulks -= 1
            self.flush()

    def flush(self) -> None:
        """Flush all tables that have pending rows."""
        for table in list(self._tables.values()):
            with answering(ADVICE):
                table.flush()

    def mend(self, tenant: str) -> int:
        """Rows that are there twice are written once more."""
        if not self._exists(tenant):
            return 0
        with answering(ADVICE):
            return self._table(tenant).mend()

    def optimise(self, tenant: str) -> None:
        """Nothing to do: the exact index serves 100,000 rows in about five times what reading them takes."""

    def drop(self, tenant: str) -> None:
        """Remove the tenant's collection."""
        self._drop(self._prefix + tenant)

    def drop_encoder(self, fingerprint: str) -> None:
        """Remove all collections of that encoder."""
        with answering(ADVICE):
            names = self._client.list_collections()
        for name in names:
            if name.startswith(f"items_{fingerprint}_"):
                self._drop(name)

    def check(self) -> None:
        """List the collections."""
        with answering(ADVICE):
            self._client.list_collections()

    def close(self) -> None:
        """Flush, and free the folder for other programs."""
        from milvus_lite.server_manager import server_manager_instance

        with self._wake:
            self._closed = True
            self._wake.notify()
        self._flusher.join()
        self._client.close()
        server_manager_instance.release_server(str(self._path))

    def _folder(self, name: str) -> Path:
        return self._path / "collections" / name

    def _exists(self, tenant: str) -> bool:
        return tenant in self._tables or self._folder(self._prefix + tenant).exists()

    def _table(self, tenant: str) -> LiteTable:
        """The tenant's table, opened once: two openings at a time would be two writers."""
        from core.index.lite_table import LiteTable

        if (table := self._tables.get(tenant)) is not None:
            return table
        with self._opening:
            if tenant not in self._tables:
                name = self._prefix + tenant
                self._tables[tenant] = LiteTable(self._client, name, self._folder(name), self._dimension)
            return self._tables[tenant]

    def _drop(self, name: str) -> None:
        with self._opening, answering(ADVICE):
            self._tables.pop(name.removeprefix(self._prefix), None)
            self._client.drop_collection(name)
            shutil.rmtree(self._folder(name), ignore_errors=True)

    def _flush_idle_tables(self) -> None:
        """Body of the flusher thread: flush what has been silent for a while."""
        while True:
            with self._wake:
                if not self._closed:
                    waiting = any(table.pending >= FLUSH_LEAST for table in list(self._tables.values()))
                    self._wake.wait(self._flush_idle if waiting else None)
                if self._closed:
                    return
            for table in list(self._tables.values()):
                if table.pending >= FLUSH_LEAST and time.monotonic() - table.written_at >= self._flush_idle:
                    try:
                        with answering(ADVICE):
                            table.flush()
                    except Unavailable as error:
                        self._log.warning("index.flush_failed", collection=table.name, reason=error.reason)


def _has_tag(tag: str) -> str:
    """The tags are one string of tokens; a token holds nothing of the user's text."""
    return f'tags like "%{tag_token(tag)}%"'
