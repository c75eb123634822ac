"""The last answer's candidates, by the numbers that messages call them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from core.errors import UserError
from core.refine.prices import Price
from core.refine.references import LAST, References
from core.words import Words


class Shown(Protocol):
    """A candidate of the last answer; :class:`~core.models.Item` is one."""

    @property
    def id(self) -> str:
        """The item's id."""
        ...

    @property
    def price(self) -> float | None:
        """Its price, if known."""
        ...


class Numbered:
    """The last answer's candidates, by the numbers that messages call them."""

    def __init__(self, shown: Sequence[Shown], pick: int, say: Words) -> None:
        self._shown = shown
        self._pick = pick + 1
        self._say = say

    def examples(self, references: References) -> tuple[str, ...]:
        """Ids of those that a message calls examples."""
        numbers = references.numbers or ((self._pick,) if references.pick else ())
        return self.ids(numbers)

    def ids(self, numbers: Sequence[int]) -> tuple[str, ...]:
        """Ids of the numbered ones."""
        return tuple(dict.fromkeys(self._get(number).id for number in numbers))

    def bounds(self, price: Price, references: References) -> tuple[float | None, float | None]:
        """The stated bounds; "cheaper" is relative to the product that the message names, else to the pick."""
        if price.below is None and not price.relative:
            return price.low, price.high
        number = price.below or (references.numbers[0] if references.numbers else self._pick)
        reference = self._get(number).price
        if reference is None:
            raise UserError(self._say("refine.no_price", number=number), self._say("refine.no_price_advice"))
        if price.relative > 0:
            return math.nextafter(reference, math.inf), price.high
        return price.low, math.nextafter(reference, -math.inf)

    def _get(self, number: int) -> Shown:
        say, last = self._say, len(self._shown)
        if not last:
            raise UserError(say("refine.no_answer"), say("refine.no_answer_advice"))
        number = last if number == LAST else number
        if not 1 <= number <= last:
            advice = say("refine.no_number_advice", last=last) if last > 1 else say("refine.no_number_advice_single")
            raise UserError(say("refine.no_number", number=number), advice)
        return self._shown[number - 1]
