"""Quotas: how often one person may search."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.request import Request
from core.errors import UserError
from core.history import History, Quota
from core.settings import LimitSettings
from core.words import Words


class Quotas:
    """The settings' limits, counted by the history."""

    def __init__(self, history: History, limits: LimitSettings) -> None:
        self._history = history
        self._names = {
            Quota(timedelta(minutes=1), limits.searches_per_minute): "minute",
            Quota(timedelta(days=1), limits.searches_per_day): "day",
        }

    async def admit(self, request: Request) -> None:
        """Count a search.

        Raises:
            UserError: the person has searched as often as is allowed; nothing was counted.
        """
        used_up = await asyncio.to_thread(self._history.admit, request.tenant, request.user, tuple(self._names))
        if used_up is not None:
            words = Words(request.locale)
            name = self._names[used_up]
            raise UserError(words(f"failure.quota_{name}", count=used_up.most), words(f"failure.quota_{name}_advice"))
