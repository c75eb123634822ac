"""What the ranking model may cost, and who counts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.models import Tenant


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a tenant may use of the ranking model in one day (UTC); 0 is no bound.

    Attributes:
        calls: most calls.
        cost: most money, in the unit of the prices.
        prompt_price, completion_price: of a million tokens.
    """

    calls: int
    cost: float
    prompt_price: float
    completion_price: float

    def price(self, prompt_tokens: int, completion_tokens: int) -> float:
        """What so many tokens cost."""
        return (prompt_tokens * self.prompt_price + completion_tokens * self.completion_price) / 1e6

    def admits(self, calls: int, prompt_tokens: int, completion_tokens: int) -> bool:
        """Whether a day's use as great as this is within the bounds."""
        within_calls = not self.calls or calls <= self.calls
        return within_calls and (not self.cost or self.price(prompt_tokens, completion_tokens) <= self.cost)


class Budget(Protocol):
    """Counts what is used. Calls block, and are atomic across processes (:class:`core.history.History`)."""

    def reserve(self, tenant: Tenant, prompt_tokens: int, completion_tokens: int, allowance: Allowance) -> bool:
        """Count one call of about so many tokens, unless the day's use would then exceed the allowance."""
        ...

    def settle(self, tenant: Tenant, calls: int, prompt_tokens: int, completion_tokens: int) -> None:
        """Correct a reservation by these differences, which may be negative."""
        ...
