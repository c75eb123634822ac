"""A bounded memory: what was used longest ago is forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """Values by digest. For one thread at a time, as all of an encoder."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[bytes, T] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, digest: bytes) -> T | None:
        """The value, which counts as used now; None when it was never there or is forgotten."""
        if digest in self._values:
            self._values.move_to_end(digest)
        return self._values.get(digest)

    def put(self, digest: bytes, value: T) -> None:
        """Remember a value, forgetting the one that was used longest ago where there is no room."""
        self._values[digest] = value
        self._values.move_to_end(digest)
        if len(self._values) > self._most:
            self._values.popitem(last=False)
