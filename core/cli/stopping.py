"""Ctrl-C and SIGTERM for commands that work in batches."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class Stopping:
    """Within it, the first signal asks for an orderly end; a second one stops at once.

    Either way nothing is lost that was counted as done.

    Attributes:
        asked: set when an end was asked for.
    """

    def __init__(self) -> None:
        self.asked = threading.Event()
        self._signal: int = signal.SIGINT
        self._before: dict[int, object] = {}

    @property
    def exit_code(self) -> int:
        """What a shell expects of a program that a signal ended."""
        return 128 + self._signal

    def __enter__(self) -> Stopping:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal itself returned

    def _ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signal module's signature
        if self.asked.is_set():
            raise KeyboardInterrupt
        self._signal = number
        self.asked.set()
