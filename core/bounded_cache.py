"""A least-recently-used cache that is bounded by what its values weigh, for use from many threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """Keeps the values used last, as many as ``most`` allows.

    Args:
        most: sum of weights that is kept; a value that weighs more alone is not kept at all.
        weigh: the weight of a value, such as its bytes.
    """

    def __init__(self, most: int, weigh: Callable[[Value], int]) -> None:
        self._most = most
        self._weigh = weigh
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """The value, or None when it is not kept."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Key, value: Value) -> None:
        """Keep a value, and let go of those used longest ago."""
        weight = self._weigh(value)
        with self._lock:
            self._weight -= self._values.pop(key, (None, 0))[1]
            if weight > self._most:
                return
            self._values[key] = (value, weight)
            self._weight += weight
            while self._weight > self._most:
                _, (_, lost) = self._values.popitem(last=False)
                self._weight -= lost

    def __len__(self) -> int:
        return len(self._values)
