"""Platform events that were seen: a redelivery is not answered twice, and a crash leaves none unanswered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from core.database import Database
from core.tables import EventRow

RECEIVED = "received"
TAKEN_UP = "taken_up"
ANSWERED = "answered"
KEY_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that was acknowledged and never answered.

    Attributes:
        key: as it was given to :meth:`Events.seen`.
        payload: what was given with it.
    """

    key: str
    payload: Mapping[str, Any]
    created_at: datetime


class Events:
    """Events in the database; every method is atomic across threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, key: str, payload: Mapping[str, Any] | None = None) -> bool:
        """Whether this event was seen before; if not, it is from now on. Of many callers one gets False.

        Args:
            key: the platform's own id of the message, with whatever makes it unique.
            payload: JSON-compatible; what is needed to answer it after a restart.
        """
        row = EventRow(
            key=_short(key),
            state=RECEIVED,
            payload={"key": key, "payload": dict(payload or {})},
            created_at=datetime.now(UTC),
        )
        try:
            with self._database.session() as session:
                session.add(row)
        except IntegrityError:
            return True
        return False

    def answered(self, key: str) -> None:
        """Note that the event needs no answer any more."""
        with self._database.session() as session:
            session.execute(update(EventRow).where(EventRow.key == _short(key)).values(state=ANSWERED, payload={}))

    def pending(self, older_than: timedelta | None = None, within: timedelta = timedelta(days=1)) -> list[Pending]:
        """Take up the events that were never answered, oldest first. Each is handed out once, ever.

        One that also fails the second time, perhaps by bringing the program down, is left alone.

        Args:
            within: most age; after that nobody waits for an answer any more.
            older_than: least age. None: none on SQLite, where this is the only program; ten minutes on a
                shared database, where another program may be at work on them.
        """
        if older_than is None:
            older_than = timedelta() if self._database.dialect == "sqlite" else timedelta(minutes=10)
        now = datetime.now(UTC)
        take = (
            update(EventRow)
            .where(EventRow.state == RECEIVED, EventRow.created_at.between(now - within, now - older_than))
            .values(state=TAKEN_UP)
            .returning(EventRow.payload, EventRow.created_at)
        )
        with self._database.session() as session:
            rows = session.execute(take, execution_options={"synchronize_session": False}).all()
        found = [Pending(payload["key"], payload["payload"], created_at) for payload, created_at in rows]
        return sorted(found, key=lambda event: event.created_at)

    def forget_events(self, before: datetime) -> int:
        """Delete events from before then; platforms redeliver within hours at most."""
        with self._database.session() as session:
            gone = session.execute(delete(EventRow).where(EventRow.created_at < before).returning(EventRow.key)).all()
        return len(gone)


def _short(key: str) -> str:
    """The key as the table holds it: long ones by their SHA-256."""
    if len(key) <= KEY_LENGTH:
        return key
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()
