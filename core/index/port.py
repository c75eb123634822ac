"""What the index needs of an engine: Milvus Lite and a Milvus server fulfil it differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from core.errors import LookalikeError, Unavailable
from core.index.rows import Vector
from core.models import Filters
from core.words import Sentence


class Store(Protocol):
    """Vectors of all tenants, made by one encoder. Tenants, keys and vectors were checked by the caller."""

    def upsert(self, tenant: str, records: Sequence[dict[str, Any]]) -> None:
        """Write rows with distinct keys; the next search finds them."""
        ...

    def delete(self, tenant: str, keys: Sequence[str]) -> None:
        """Remove rows; keys that are not there don't matter."""
        ...

    def search(self, tenant: str, vector: Vector, limit: int, filters: Filters) -> list[tuple[str, float]]:
        """(key, cosine), best first; keys may repeat and may be another tenant's.

        Raises:
            UserError: a filter can't be used.
        """
        ...

    def keys(self, tenant: str) -> Iterator[str]:
        """All keys of a tenant."""
        ...

    def vectors(self, tenant: str, keys: Sequence[str]) -> dict[str, Vector]:
        """Vectors by key, as many as there are."""
        ...

    def count(self, tenant: str) -> int:
        """Rows of a tenant."""
        ...

    def bulk(self) -> AbstractContextManager[None]:
        """Within it, throughput counts more than the speed of searches."""
        ...

    def flush(self) -> None:
        """Put everything written in its durable, quickly searched form."""
        ...

    def mend(self, tenant: str) -> int:
        """Repair what the engine itself left wrong after a crash; returns how many rows that were."""
        ...

    def optimise(self, tenant: str) -> None:
        """Adapt to how large the tenant has grown; may take long, and nobody may write meanwhile."""
        ...

    def drop(self, tenant: str) -> None:
        """Remove a tenant's rows."""
        ...

    def drop_encoder(self, fingerprint: str) -> None:
        """Remove what another encoder made."""
        ...

    def check(self) -> None:
        """Ask for a sign of life."""
        ...

    def close(self) -> None:
        """Flush and let go."""
        ...


_WHY = {
    2: Sentence("outage.index_unreachable"),
    8: Sentence("outage.index_busy"),
    9: Sentence("outage.index_read_only"),
    1800: Sentence("outage.index_token"),
}
"""What pymilvus' and Milvus' codes mean (``pymilvus.client.types.Status``, ``pkg/util/merr/errors.go``)."""


@contextmanager
def answering(advice: str) -> Iterator[None]:
    """Turn Milvus' failures into :class:`Unavailable` with that advice.

    Raw ``grpc.RpcError`` comes through pymilvus, too (DEADLINE_EXCEEDED while a server restarts).
    """
    import grpc
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except LookalikeError:
        raise
    except MilvusException as error:
        why = _WHY.get(error.code) or Sentence("outage.index_failed", code=error.code)
        if "No space left" in error.message:
            why = Sentence("outage.index_full")
        raise Unavailable(why, advice) from error
    except grpc.RpcError as error:
        raise Unavailable(Sentence("outage.index_silent"), advice) from error
