"""Busy seconds per step, added up over threads."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter


class Clock:
    """Times steps that run in several threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Add the time that the block takes to ``step``."""
        started = perf_counter()
        try:
            yield
        finally:
            with self._lock:
                self._seconds[step] += perf_counter() - started

    def seconds(self) -> Mapping[str, float]:
        """What was added up, in seconds."""
        with self._lock:
            return dict(self._seconds)
