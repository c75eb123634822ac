"""What the ranking model may cost, and who counts it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import structlog

from core.errors import LookalikeError
from core.models import Tenant
from core.settings import RerankerSettings


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

    def reserve(self, tenant: Tenant, prompt_tokens: int, completion_tokens: int, allowance: Allowance) -> date | None:
        """Count one call of about so many tokens, unless the day's use would then exceed the allowance.

        Returns:
            the day for which it was counted, or None when there is no room for it.
        """
        ...

    def settle(self, tenant: Tenant, day: date, calls: int, prompt_tokens: int, completion_tokens: int) -> None:
        """Correct a reservation by these differences, which may be negative."""
        ...


@dataclass(frozen=True, slots=True)
class Reservation:
    """A call that was counted with an estimate, until it is known what it used.

    Attributes:
        day: where it was counted; None when nobody counts.
    """

    purse: Purse
    tenant: Tenant
    day: date | None
    prompt_tokens: int
    completion_tokens: int

    async def cancel(self) -> None:
        """The call was not billed."""
        await self.purse.settle(self, -1, -self.prompt_tokens, -self.completion_tokens)

    async def correct(self, prompt_tokens: int, completion_tokens: int) -> None:
        """The call used this much."""
        await self.purse.settle(self, 0, prompt_tokens - self.prompt_tokens, completion_tokens - self.completion_tokens)


class Purse:
    """A budget with the settings' bounds, for use on an event loop."""

    def __init__(self, settings: RerankerSettings, budget: Budget | None) -> None:
        self._budget = budget
        self._answer_tokens = settings.max_output_tokens
        self._allowance = Allowance(
            settings.daily_calls, settings.daily_cost, settings.prompt_price, settings.completion_price
        )
        self._log = structlog.get_logger(__name__)

    async def reserve(self, tenant: Tenant, prompt_tokens: int) -> Reservation | None:
        """Count a call before it is made; None when the day's allowance is used up.

        Raises:
            Unavailable: the database is down.
        """
        day = None
        if self._budget is not None:
            day = await asyncio.to_thread(
                self._budget.reserve, tenant, prompt_tokens, self._answer_tokens, self._allowance
            )
            if day is None:
                return None
        return Reservation(self, tenant, day, prompt_tokens, self._answer_tokens)

    async def settle(self, reserved: Reservation, calls: int, prompt_tokens: int, completion_tokens: int) -> None:
        """Correct a reservation; when that fails the estimate stays, and the log says so."""
        if self._budget is None or reserved.day is None:
            return
        try:
            await asyncio.to_thread(
                self._budget.settle, reserved.tenant, reserved.day, calls, prompt_tokens, completion_tokens
            )
        except LookalikeError as error:
            self._log.warning("reranker_use_not_corrected", tenant=reserved.tenant.key, reason=error.reason)
