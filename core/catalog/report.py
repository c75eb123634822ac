"""What a repair tells: on its way, and in the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.errors import LookalikeError, UserError

Progress = Callable[[int, int], None]
"""Called with how many items are done, and how many there are to do."""


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What was mended.

    Attributes:
        encoded: items whose vector was made (again).
        removals: removals that a crash had interrupted.
        strays: vectors without an item, taken out.
        orphans: pictures that nothing refers to, deleted.
        lost: ids of items whose picture is missing or damaged, or that the encoder can make nothing of. They
            are hidden until they are added again.
        stopped: why it ended early; None when all was done. What is counted here is done all the same.
    """

    encoded: int = 0
    removals: int = 0
    strays: int = 0
    orphans: int = 0
    lost: tuple[str, ...] = ()
    stopped: LookalikeError | None = None

    def __bool__(self) -> bool:
        return self != RepairReport()


class _Cancelled(Exception):
    """Leaves the loops of a repair that is to stop."""


@dataclass(slots=True)
class Tally:
    """A repair in progress: what it has done so far, who is told, and whether it is to stop.

    Attributes:
        cancel: when set, the batch in hand is finished, and no other is begun.
    """

    on_progress: Progress | None = None
    cancel: threading.Event = field(default_factory=threading.Event)
    encoded: int = 0
    removals: int = 0
    strays: int = 0
    orphans: int = 0
    lost: list[str] = field(default_factory=list)
    stopped: LookalikeError | None = None

    @contextmanager
    def stoppable(self, advice: str = "Run it again to go on from here.") -> Iterator[None]:
        """Within it, :meth:`pause` may end the work."""
        try:
            yield
        except _Cancelled:
            self.stopped = UserError("It was stopped before the end.", advice)

    def pause(self) -> None:
        """Between two batches, with no lock held: others have their turn, and the work ends here if it is to."""
        if self.cancel.is_set():
            raise _Cancelled

    def tell(self, done: int, total: int) -> None:
        """Report progress."""
        if self.on_progress is not None:
            self.on_progress(done, total)

    def report(self) -> RepairReport:
        """What was done."""
        return RepairReport(self.encoded, self.removals, self.strays, self.orphans, tuple(self.lost), self.stopped)
