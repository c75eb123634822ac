"""One sequence on several threads: each computes some of its tokens, and only keys and values are exchanged.

A single picture is too small for threads that meet after every operation, as OpenMP's do: much of their time
goes into waiting. Everything in a transformer but attention is computed token by token, so each thread can
take its own tokens through a whole layer, and the threads meet once a layer instead of twenty times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

import torch
from torch import Tensor

T = TypeVar("T")
_Box = SimpleQueue[Tensor | None]


class Share:
    """One thread's part of a sequence, of ``count`` parts in order. Without others it is the whole."""

    def __init__(self, index: int = 0, boxes: Sequence[Sequence[_Box]] = ((),)) -> None:
        self.index = index
        self._boxes = boxes
        """By sender, then by receiver."""

    @property
    def count(self) -> int:
        """Parts of the sequence."""
        return len(self._boxes)

    def rows(self, length: int) -> slice:
        """Which of ``length`` tokens are this part's."""
        return slice(self.index * length // self.count, (self.index + 1) * length // self.count)

    def whole(self, part: Tensor) -> Tensor:
        """All tokens' values, (batch, length, …), from this part's; every part has to ask, in the same order."""
        if self.count == 1:
            return part
        self._send(part)
        return torch.cat([part if sender == self.index else self._receive(sender) for sender in range(self.count)], 1)

    def abandon(self) -> None:
        """Let the others fail instead of waiting for this part for ever."""
        self._send(None)

    def _send(self, message: Tensor | None) -> None:
        for receiver, box in enumerate(self._boxes[self.index]):
            if receiver != self.index:
                box.put(message)

    def _receive(self, sender: int) -> Tensor:
        part = self._boxes[sender][self.index].get()
        if part is None:
            raise _Abandoned
        return part


class _Abandoned(Exception):
    """Another part of the sequence failed."""


WHOLE = Share()


def divide(function: Callable[[Share], T], count: int) -> list[Callable[[], T]]:
    """The function for each of ``count`` parts, to be called at the same time in threads of their own.

    Where it fails for one part, all tasks raise that part's error, since none of them has a result.
    """
    boxes = [[_Box() for _ in range(count)] for _ in range(count)]
    failed: list[BaseException] = []

    def task(share: Share) -> T:
        try:
            return function(share)
        except _Abandoned:
            share.abandon()
            raise failed[0] from None
        except BaseException as error:
            failed.append(error)
            share.abandon()
            raise

    return [partial(task, Share(index, boxes)) for index in range(count)]
