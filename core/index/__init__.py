"""The vector index: Milvus, by ``uri``. The only package that imports pymilvus.

It can always be rebuilt from the database and the picture store, and holds nothing that they lack. This
file is the port: it checks what goes in and what comes out, and picks Milvus Lite (:mod:`core.index.lite`)
or a server (:mod:`core.index.server`), which differ in what they need to be quick, exact and durable.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from core.encoders.base import EncoderIdentity
from core.errors import ConfigurationError
from core.index.milvus import load_client
from core.index.port import Store
from core.index.rows import IndexRow, Vector, checked_tenant, checked_vector, id_of, keys, record
from core.models import Filters
from core.settings import IndexSettings

__all__ = ["Index", "IndexRow", "Vector"]

EVERYTHING = Filters()
_SCHEMES = {"http", "https", "tcp", "unix"}
MOST_HITS = 16_384
"""Milvus' own limit on one search."""


class Index:
    """Vectors of all tenants, made by one encoder. Thread-safe; every method may block.

    Args:
        settings: where Milvus is.
        data_dir: the folder in which Milvus Lite keeps its own when no ``uri`` is given.
        identity: the encoder whose vectors these are; others' are kept apart and never searched.

    Raises:
        Unavailable: Milvus can't be reached, or another program uses the local index.
        ConfigurationError: the URI is of a kind that can't be used.
    """

    def __init__(self, settings: IndexSettings, data_dir: Path, identity: EncoderIdentity) -> None:
        self._dimension = identity.dimension
        self._store = _open(settings, data_dir, identity)

    def upsert(self, tenant: str, rows: Sequence[IndexRow]) -> None:
        """Write rows; the next search finds them. Of rows with equal ids the last counts.

        Raises:
            ValueError: a vector has the wrong shape, is zero or not finite; an id is not a content hash.
            UserError: a category or tag can't be stored.
            Unavailable: Milvus failed; the rows may or may not be stored.
        """
        if rows:
            latest = {row.id: row for row in rows}
            self._store.upsert(
                checked_tenant(tenant), [record(tenant, row, self._dimension) for row in latest.values()]
            )

    def delete(self, tenant: str, ids: Collection[str]) -> None:
        """Remove items; those that are not there don't matter."""
        if ids:
            self._store.delete(checked_tenant(tenant), keys(tenant, ids))

    def search(
        self,
        tenant: str,
        vector: Vector,
        limit: int,
        filters: Filters = EVERYTHING,
        exclude: Collection[str] = (),
    ) -> list[tuple[str, float]]:
        """The nearest items.

        Args:
            vector: shape (dimension,), need not be normalised.
            exclude: ids that must not come back.

        Returns:
            At most ``limit`` (item id, cosine from -1 to 1), best first, each id once.
        """
        query = checked_vector(vector, self._dimension)
        if limit < 1:
            return []
        asked = limit + len(exclude)
        while True:
            asked = min(asked, MOST_HITS)
            found = self._store.search(checked_tenant(tenant), query, asked, filters)
            best: dict[str, float] = {}
            for key, score in found:
                item = id_of(tenant, key)
                if item is not None and item not in best and item not in exclude:
                    best[item] = min(1.0, max(-1.0, score))
            if len(best) >= limit or len(found) < asked or asked == MOST_HITS:
                return list(best.items())[:limit]
            asked *= 2  # rows that are there twice took the places of others

    def ids(self, tenant: str) -> set[str]:
        """All ids of a tenant; about 30 ms for a thousand on Milvus Lite."""
        return {item for key in self._store.keys(checked_tenant(tenant)) if (item := id_of(tenant, key))}

    def vectors(self, tenant: str, ids: Collection[str]) -> dict[str, Vector]:
        """Vectors of those items that are there, shape (dimension,) each."""
        if not ids:
            return {}
        found = self._store.vectors(checked_tenant(tenant), keys(tenant, ids))
        return {item: vector for key, vector in found.items() if (item := id_of(tenant, key))}

    def count(self, tenant: str) -> int:
        """Items of a tenant."""
        return self._store.count(checked_tenant(tenant))

    def bulk(self) -> AbstractContextManager[None]:
        """Within it, writes count more than searches; at its end everything is flushed."""
        return self._store.bulk()

    def flush(self) -> None:
        """Put everything written in its durable, quickly searched form. Nobody needs to call it."""
        self._store.flush()

    def mend(self, tenant: str) -> int:
        """Repair what the engine itself left wrong after a crash; returns how many rows that were."""
        return self._store.mend(checked_tenant(tenant))

    def optimise(self, tenant: str) -> None:
        """Adapt to how large the tenant has grown; may take long, and nobody may write meanwhile."""
        self._store.optimise(checked_tenant(tenant))

    def drop(self, tenant: str) -> None:
        """Remove all vectors of a tenant."""
        self._store.drop(checked_tenant(tenant))

    def drop_encoder(self, fingerprint: str) -> None:
        """Remove the vectors of all tenants that another encoder made."""
        self._store.drop_encoder(fingerprint)

    def check(self) -> None:
        """Ask Milvus for a sign of life.

        Raises:
            Unavailable: it gives none.
        """
        self._store.check()

    def close(self) -> None:
        """Flush and let go."""
        self._store.close()


def _open(settings: IndexSettings, data_dir: Path, identity: EncoderIdentity) -> Store:
    load_client()
    scheme, separator, _ = settings.uri.partition("://")
    if separator and scheme.lower() not in _SCHEMES:
        raise ConfigurationError(
            f"The setting index.uri can't be used: Milvus is not reached by {scheme}://.",
            "Write a path, http://host:19530, or the https:// address of a Zilliz Cloud cluster.",
        )
    if separator:
        from core.index.server import ServerStore

        return ServerStore(settings, identity)
    from core.index.lite import LiteStore

    path = Path(settings.uri) if settings.uri else data_dir / "index.db"
    return LiteStore(
        path if path.suffix == ".db" else path.with_name(f"{path.name}.db"),
        identity.fingerprint,
        identity.dimension,
        flush_rows=settings.flush_rows,
        flush_idle=settings.flush_idle,
    )
