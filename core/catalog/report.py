"""What a repair tells: on its way, and in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
    """

    encoded: int = 0
    removals: int = 0
    strays: int = 0
    orphans: int = 0
    lost: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != RepairReport()
