"""A Milvus server or Zilliz Cloud: searched exactly while a tenant is small, through a graph when it is large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import structlog
from pymilvus import MilvusClient

from core.encoders.base import EncoderIdentity
from core.index.filters import expression, literal
from core.index.fresh import FreshRows, Record
from core.index.port import answering
from core.index.rows import Vector
from core.index.server_collection import CLOUD, EXACT, FIELDS, GRAPH, ServerCollection
from core.models import Filters
from core.settings import IndexSettings
from core.words import Sentence

ADVICE = Sentence("outage.index_server_advice")


class ServerStore:
    """See :class:`core.index.port.Store`. A tenant lives in one of two collections of the encoder.

    Raises:
        Unavailable: the server can't be reached, or refuses the token.
    """

    def __init__(self, settings: IndexSettings, identity: EncoderIdentity) -> None:
        self._prefix = settings.collection
        self._alias = f"{self._prefix}_{identity.fingerprint}"
        self._dimension = identity.dimension
        self._exact_rows = settings.exact_rows
        self._log = structlog.get_logger(__name__)
        self._homes: dict[str, ServerCollection] = {}
        self._fresh = FreshRows()
        self._cloud = (urlsplit(settings.uri).hostname or "").endswith(".zillizcloud.com")
        with answering(ADVICE):
            self._client = MilvusClient(settings.uri, token=settings.token.get_secret_value(), timeout=settings.timeout)
            self._exact = ServerCollection(self._client, self._alias, self._dimension, CLOUD if self._cloud else EXACT)
            self._graph = self._open_graph() if self._client.has_collection(self._alias + GRAPH.suffix) else None

    def upsert(self, tenant: str, records: Sequence[dict[str, Any]]) -> None:
        """Write rows."""
        rows = [record | {"tags": list(record["tags"])} for record in records]
        with self._noted(tenant, {str(row["key"]): row for row in rows}):
            self._home(tenant).put(rows)

    def delete(self, tenant: str, keys: Sequence[str]) -> None:
        """Remove rows."""
        with self._noted(tenant, dict.fromkeys(keys)):
            self._home(tenant).delete(keys)

    def search(self, tenant: str, vector: Vector, limit: int, filters: Filters) -> list[tuple[str, float]]:
        """(key, cosine), best first."""
        wanted = expression(filters, _has_tag)
        with answering(ADVICE):
            view = self._fresh.view(tenant)
            asked = limit + len(view.rows)
            found = self._home(tenant).search(tenant, vector, asked, wanted, view.consistency)
            self._fresh.seen(tenant, view)
            return view.completed(found, vector, filters, limit)

    def keys(self, tenant: str) -> Iterator[str]:
        """All keys."""
        with answering(ADVICE):
            for page in self._home(tenant).rows(tenant):
                yield from (str(row["key"]) for row in page)

    def vectors(self, tenant: str, keys: Sequence[str]) -> dict[str, Vector]:
        """Vectors by key."""
        with answering(ADVICE):
            view = self._fresh.view(tenant)
            kept = {key: row["vector"] for key in keys if (row := view.rows.get(key)) is not None}
            older = [key for key in keys if key not in view.rows]
            return kept | self._home(tenant).vectors(older, view.consistency)

    def count(self, tenant: str) -> int:
        """Rows."""
        with answering(ADVICE):
            return self._home(tenant).count(tenant)

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """A server flushes by itself."""
        yield

    def flush(self) -> None:
        """A server flushes by itself; asking for it makes small segments, and it limits how often one may ask."""

    def mend(self, tenant: str) -> int:  # noqa: ARG002
        """A server needs none."""
        return 0

    def optimise(self, tenant: str) -> None:
        """Move a tenant that has grown large from the exact collection to the graph.

        Nobody may write meanwhile; searches go on. When it is interrupted the rows that were copied make the
        graph the tenant's home, and those that were not are missing from it, which is found by counting.
        """
        with answering(ADVICE):
            rows = self._exact.count(tenant)
            if self._graph is None or self._home(tenant) is not self._graph:
                if self._cloud or rows < self._exact_rows:
                    return
                self._log.info("index.moving_to_graph", tenant=tenant, rows=rows)
                self._graph = self._graph or self._open_graph()
                for page in self._exact.rows(tenant, FIELDS):
                    self._graph.put(page)
                self._fresh.doubt(tenant)
                self._homes[tenant] = self._graph
            if rows:
                self._exact.drop(tenant)

    def drop(self, tenant: str) -> None:
        """Remove the tenant's rows."""
        with answering(ADVICE):
            for collection in filter(None, (self._exact, self._graph)):
                collection.drop(tenant)
            self._homes.pop(tenant, None)
            self._fresh.doubt(tenant)

    def drop_encoder(self, fingerprint: str) -> None:
        """Remove that encoder's collections, aliases first: dropping an aliased collection succeeds in silence."""
        alias = f"{self._prefix}_{fingerprint}"
        if alias == self._alias:
            raise ValueError("the encoder in use can't be dropped")
        with answering(ADVICE):
            for name in self._client.list_collections():
                if name.startswith(f"{alias}_"):
                    for other in self._client.list_aliases(name).get("aliases", []):
                        self._client.drop_alias(other)
                    self._client.drop_collection(name)

    def check(self) -> None:
        """Ask for the server's version and the state of the collection."""
        with answering(ADVICE):
            self._client.get_server_version()
            self._exact.check()

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _open_graph(self) -> ServerCollection:
        return ServerCollection(self._client, self._alias + GRAPH.suffix, self._dimension, GRAPH)

    @contextmanager
    def _noted(self, tenant: str, rows: Mapping[str, Record | None]) -> Iterator[None]:
        """Note what is written within, when it is; after a failure nobody knows."""
        with answering(ADVICE):
            try:
                yield
            except BaseException:
                self._fresh.doubt(tenant)
                raise
            self._fresh.wrote(tenant, rows)

    def _home(self, tenant: str) -> ServerCollection:
        """Where the tenant's rows are: in the graph if it has any there."""
        if (home := self._homes.get(tenant)) is None:
            home = self._graph if self._graph is not None and self._graph.count(tenant) else self._exact
            self._homes[tenant] = home
        return home


def _has_tag(tag: str) -> str:
    """The tags are an array."""
    return f"array_contains(tags, {literal(tag)})"
