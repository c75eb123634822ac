"""One collection on a Milvus server, behind an alias and partitioned by tenant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import structlog
from pymilvus import MilvusClient
from pymilvus.exceptions import MilvusException

from core.index.rows import Vector
from core.index.schema import schema

CONSISTENCY = "Session"
"""A client finds what it wrote. The default, Bounded, found a fresh row 0 times in 15."""

FIELDS = ("key", "tenant", "vector", "category", "price", "priced", "tags", "metadata")
PAGE = 1_000
"""Rows in one request: a row of 4,096 dimensions and full metadata takes 50 kB, and a server takes 64 MB."""

PROBE = "0" * 16
"""Tenant of the row by which the server's upsert is tried out."""


class Kind(NamedTuple):
    """How a collection is indexed.

    Attributes:
        suffix: of the alias.
        index_type, build, search: Milvus' index type and its parameters.
    """

    suffix: str
    index_type: str
    build: dict[str, Any]
    search: dict[str, Any]


EXACT = Kind("", "FLAT", {}, {})
"""A search reads one tenant's partition: 3.8 ms for 1,000 rows of 100,000."""

GRAPH = Kind("_large", "HNSW", {"M": 16, "efConstruction": 200}, {"ef": 256})
"""For tenants whose partition takes too long to read. In a graph shared with larger tenants, small ones lose
rows (recall 0.37 to 0.84), and so do large ones with a small ``ef`` (0.95 at 64 in a million)."""

CLOUD = Kind("", "AUTOINDEX", {}, {"level": 5})
"""Zilliz Cloud has no other; the level (1 to 10) trades speed for recall."""


class ServerCollection:
    """A collection, made when it is missing and loaded.

    Args:
        alias: the name by which it is used; the collection itself has a number behind it, so that another
            one can take its place without anybody noticing.
    """

    def __init__(self, client: MilvusClient, alias: str, dimension: int, kind: Kind) -> None:
        self._client = client
        self._alias = alias
        self._dimension = dimension
        self._kind = kind
        self._log = structlog.get_logger(__name__)
        if not client.has_collection(alias):
            self._create()
        client.load_collection(alias)
        self._upserts = self._upsert_is_visible()

    def put(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write rows with distinct keys."""
        for start in range(0, len(rows), PAGE):
            some = list(rows[start : start + PAGE])
            if self._upserts:
                self._client.upsert(self._alias, some)
            else:
                self._client.delete(self._alias, ids=[row["key"] for row in some])
                self._client.insert(self._alias, some)

    def delete(self, keys: Sequence[str]) -> None:
        """Remove rows."""
        for start in range(0, len(keys), PAGE):
            self._client.delete(self._alias, ids=list(keys[start : start + PAGE]))

    def search(
        self, tenant: str, vector: Vector, limit: int, expression: str, consistency: str = CONSISTENCY
    ) -> list[tuple[str, float]]:
        """(key, cosine), best first."""
        mine = owned_by(tenant)
        found = self._client.search(
            self._alias,
            data=[vector],
            limit=limit,
            filter=f"{mine} and {expression}" if expression else mine,
            output_fields=["key"],
            anns_field="vector",
            search_params={"params": self._search_params(limit)},
            consistency_level=consistency,
        )
        return [(str(hit["key"]), float(hit["distance"])) for hit in found[0]]

    def rows(self, tenant: str, fields: Sequence[str] = ("key",)) -> Iterator[list[dict[str, Any]]]:
        """All rows of a tenant, in pages in order of the key."""
        pages = self._client.query_iterator(
            self._alias,
            batch_size=PAGE,
            filter=owned_by(tenant),
            output_fields=list(fields),
            consistency_level="Strong",
        )
        try:
            while page := pages.next():
                yield [{name: row[name] for name in fields} for row in page]
        finally:
            pages.close()

    def vectors(self, keys: Sequence[str], consistency: str = CONSISTENCY) -> dict[str, Vector]:
        """Vectors by key."""
        found: dict[str, Vector] = {}
        for start in range(0, len(keys), PAGE):
            rows = self._client.get(
                self._alias,
                ids=list(keys[start : start + PAGE]),
                output_fields=["key", "vector"],
                consistency_level=consistency,
            )
            found.update((str(row["key"]), np.asarray(row["vector"], np.float32)) for row in rows)
        return found

    def count(self, tenant: str) -> int:
        """Rows of a tenant."""
        rows = self._client.query(
            self._alias, filter=owned_by(tenant), output_fields=["count(*)"], consistency_level="Strong"
        )
        return int(rows[0]["count(*)"])

    def drop(self, tenant: str) -> None:
        """Remove a tenant's rows."""
        self._client.delete(self._alias, filter=owned_by(tenant))

    def check(self) -> None:
        """Ask for its state."""
        self._client.get_load_state(self._alias)

    def _search_params(self, limit: int) -> dict[str, Any]:
        if "ef" in self._kind.search:  # which Milvus wants to be no less than the limit
            return {"ef": max(self._kind.search["ef"], limit)}
        return self._kind.search

    def _create(self) -> None:
        name = f"{self._alias}_1"
        params = self._client.prepare_index_params()
        params.add_index("vector", index_type=self._kind.index_type, metric_type="COSINE", params=self._kind.build)
        if not self._client.has_collection(name):
            self._client.create_collection(
                name,
                schema=schema(self._dimension, server=True),
                index_params=params,
                consistency_level=CONSISTENCY,
            )
        try:
            self._client.create_alias(name, self._alias)
        except MilvusException:
            if not self._client.has_collection(self._alias):  # else another program was quicker
                raise

    def _upsert_is_visible(self) -> bool:
        """Whether an upserted row is found under its tenant, twice in a row.

        Before 2.3.6 an upsert with a partition key writes rows that the tenant filter does not find
        (milvus-io/milvus#30607); such servers get a delete and an insert instead.
        """
        vector = np.full(self._dimension, 1.0, np.float32)
        values: tuple[Any, ...] = (f"{PROBE}:{'0' * 64}", PROBE, vector, "", 0.0, False, [], {})
        row = dict(zip(FIELDS, values, strict=True))
        try:
            for _ in range(2):
                self._client.upsert(self._alias, [row])
                if not self.search(PROBE, vector, 1, ""):
                    self._log.info("index.upsert_replaced", reason="an upserted row was not found under its tenant")
                    return False
            return True
        except MilvusException as error:
            self._log.info("index.upsert_replaced", reason="an upsert failed", code=error.code)
            return False
        finally:
            self._client.delete(self._alias, ids=[row["key"]])


def owned_by(tenant: str) -> str:
    """The filter for one tenant; its key is hex and was checked."""
    return f'tenant == "{tenant}"'
