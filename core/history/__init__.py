"""What has to be remembered beside the catalogue: asks and answers, seen events, and what was used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.blobs import BlobStore
from core.database import Database
from core.history.ask import Ask
from core.history.asks import Asks, Forgotten
from core.history.events import Events, Pending
from core.history.usage import Quota, Usage
from core.settings import HistorySettings

__all__ = ["Ask", "Forgotten", "History", "Pending", "Quota"]

EVENT_DAYS = 7
"""Days for which events and admissions are kept, whatever the settings say: nothing older is asked for."""

USAGE_DAYS = 400
"""Days for which daily figures are kept."""


class History(Asks, Events, Usage):
    """The one to use. Thread-safe; every method may block, so callers on an event loop use a thread.

    The budget of the ranking model (:class:`core.reranker.budget.Budget`) is kept here, too.
    """

    def __init__(self, database: Database, blobs: BlobStore) -> None:
        Asks.__init__(self, database, blobs)
        Events.__init__(self, database)
        Usage.__init__(self, database)

    def purge(self, settings: HistorySettings, now: datetime | None = None) -> Forgotten:
        """Delete what is older than the settings keep.

        Returns:
            what was deleted; the pictures are the caller's to delete (see :meth:`Asks.forget`).
        """
        now = now or datetime.now(UTC)
        self.forget_events(now - timedelta(days=EVENT_DAYS))
        self.forget_admissions(now - timedelta(days=EVENT_DAYS))
        self.forget_usage(now - timedelta(days=USAGE_DAYS))
        if settings.days == 0:
            return Forgotten(0, frozenset())
        return self.forget(now - timedelta(days=settings.days))
