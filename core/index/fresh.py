"""What was written to a Milvus server lately, and a search there may not see yet.

A server searches what its query nodes have caught up with, in ticks of a fifth of a second: a search that waits for
its own client's writes (Session) takes 0.1 to 0.4 s after each of them, and one that does not (Bounded) found a fresh
row 0 times in 15. So the rows of the last seconds are kept here, too, and looked through beside the server: what was
acknowledged is found at once, and no search waits for an ingest.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.index.filters import admits
from core.index.rows import Vector
from core.models import Filters

SETTLED = 10.0
"""Seconds after which a Bounded search sees a row on every replica; the servers' own bound is 5."""

MOST = 1_000
"""Rows that are kept for a tenant; a faster ingest makes searches wait for it instead."""

Record = dict[str, Any]
"""A row as it is stored, see :func:`core.index.schema.schema`."""


@dataclass(frozen=True, slots=True)
class View:
    """How to ask the server now, and what its answer lacks.

    Attributes:
        consistency: ``Bounded`` beside the kept rows; ``Session`` when there are none that matter, or to be rid of
            old ones; ``Strong`` when it is not known what was written.
        rows: by key; None: deleted.
        asked_at: of the clock that the rows are kept by.
    """

    consistency: str
    rows: Mapping[str, Record | None]
    asked_at: float

    def completed(
        self, found: Sequence[tuple[str, float]], vector: Vector, filters: Filters, limit: int
    ) -> list[tuple[str, float]]:
        """The server's answer, as if it had caught up. It must have been asked for as many more as there are rows."""
        if not self.rows:
            return list(found)
        fitting = [(key, row["vector"]) for key, row in self.rows.items() if row is not None and admits(row, filters)]
        merged = [(key, score) for key, score in found if key not in self.rows]
        if fitting:
            matrix = np.stack([each for _, each in fitting])
            scores = matrix @ vector / (np.linalg.norm(matrix, axis=1) * np.linalg.norm(vector))
            merged += [(key, float(score)) for (key, _), score in zip(fitting, scores, strict=True)]
        return sorted(merged, key=lambda hit: -hit[1])[:limit]


@dataclass(slots=True)
class _Tenant:
    """Rows with the time of their writing; ``unknown_at``: when something was written that is not among them."""

    rows: dict[str, tuple[float, Record | None]] = field(default_factory=dict)
    unknown_at: float | None = None


class FreshRows:
    """The rows of all tenants that were written in the last seconds. Thread-safe.

    Args:
        settled, most: see :data:`SETTLED` and :data:`MOST`.
    """

    def __init__(self, settled: float = SETTLED, most: int = MOST) -> None:
        self._settled = settled
        self._most = most
        self._lock = threading.Lock()
        self._opened_at = time.monotonic()
        self._tenants: dict[str, _Tenant] = {}

    def wrote(self, tenant: str, rows: Mapping[str, Record | None]) -> None:
        """Note what the server has acknowledged; None: a deletion."""
        now = time.monotonic()
        with self._lock:
            mine = self._of(tenant)
            if mine.unknown_at is None and len(mine.rows) + len(rows) <= self._most:
                mine.rows.update((key, (now, row)) for key, row in rows.items())
            else:
                mine.rows.clear()
                mine.unknown_at = now

    def doubt(self, tenant: str) -> None:
        """Note that something was written, or not."""
        with self._lock:
            mine = self._of(tenant)
            mine.rows.clear()
            mine.unknown_at = time.monotonic()

    def view(self, tenant: str) -> View:
        """How to ask for the tenant's rows now."""
        now = time.monotonic()
        with self._lock:
            mine = self._of(tenant)
            if mine.unknown_at is not None:
                return View("Strong", {}, now)
            times = [written for written, _ in mine.rows.values()]
            if not times or max(times) <= now - self._settled or min(times) <= now - 2 * self._settled:
                return View("Session", {}, now)
            return View("Bounded", {key: row for key, (_, row) in mine.rows.items()}, now)

    def seen(self, tenant: str, view: View) -> None:
        """Forget what an answered question, other than a Bounded one, has made sure of."""
        if view.consistency == "Bounded":
            return
        settled = view.asked_at - self._settled
        with self._lock:
            mine = self._of(tenant)
            mine.rows = {key: kept for key, kept in mine.rows.items() if kept[0] > settled}
            if mine.unknown_at is not None and mine.unknown_at <= settled:
                mine.unknown_at = None

    def _of(self, tenant: str) -> _Tenant:
        """What is kept of a tenant. The program before this one may have written just before it ended."""
        if tenant not in self._tenants:
            recent = time.monotonic() - self._opened_at < self._settled
            self._tenants[tenant] = _Tenant(unknown_at=self._opened_at if recent else None)
        return self._tenants[tenant]
