"""What is used of shared things: the ranking model by tenants, searches by persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.database import Database
from core.models import Tenant
from core.reranker.budget import Allowance
from core.tables import AdmissionRow, UsageRow


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many searches in any period of this length.

    Attributes:
        most: 0 is no bound.
        per_user: whether it counts one person's searches, or the whole tenant's.
    """

    period: timedelta
    most: int
    per_user: bool = True


class Usage:
    """Use in the database; every method is atomic across threads and processes. Days are UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve(self, tenant: Tenant, prompt_tokens: int, completion_tokens: int, allowance: Allowance) -> date | None:
        """See :meth:`core.reranker.budget.Budget.reserve`."""
        day = datetime.now(UTC).date()
        with self._database.session() as session:
            row = self._today(session, tenant, day)
            wanted = row.calls + 1, row.prompt_tokens + prompt_tokens, row.completion_tokens + completion_tokens
            if not allowance.admits(*wanted):
                return None
            row.calls, row.prompt_tokens, row.completion_tokens = wanted
        return day

    def settle(self, tenant: Tenant, day: date, calls: int, prompt_tokens: int, completion_tokens: int) -> None:
        """See :meth:`core.reranker.budget.Budget.settle`."""
        with self._database.session() as session:
            row = self._today(session, tenant, day)
            row.calls = max(0, row.calls + calls)
            row.prompt_tokens = max(0, row.prompt_tokens + prompt_tokens)
            row.completion_tokens = max(0, row.completion_tokens + completion_tokens)

    def used(self, tenant: Tenant, day: date) -> tuple[int, int, int]:
        """Calls, prompt tokens and answer tokens of the ranking model in one day."""
        with self._database.reading() as session:
            row = session.get(UsageRow, (tenant.key, day))
        return (row.calls, row.prompt_tokens, row.completion_tokens) if row else (0, 0, 0)

    def admit(self, tenant: Tenant, user: str, quotas: Sequence[Quota]) -> Quota | None:
        """Count a search unless a quota is used up; then that quota comes back and nothing is counted.

        Checking and counting is one step: of fifty posts at once no more pass than the quota says.
        """
        now = datetime.now(UTC)
        with self._database.session() as session:
            self._lock(session, tenant)
            for quota in quotas:
                if quota.most and self._admitted(session, tenant, user, quota, now) >= quota.most:
                    return quota
            session.add(AdmissionRow(tenant=tenant.key, user=user, created_at=now))
        return None

    def forget_usage(self, before: datetime) -> int:
        """Delete the daily figures from before then."""
        gone = delete(UsageRow).where(UsageRow.day < before.date()).returning(UsageRow.day)
        with self._database.session() as session:
            return len(session.execute(gone).all())

    def forget_admissions(self, before: datetime) -> int:
        """Delete counted searches from before then."""
        gone = delete(AdmissionRow).where(AdmissionRow.created_at < before).returning(AdmissionRow.id)
        with self._database.session() as session:
            return len(session.execute(gone).all())

    def _today(self, session: Session, tenant: Tenant, day: date) -> UsageRow:
        """The day's row, made if need be and locked until the transaction ends."""
        insert = postgresql.insert if self._database.dialect == "postgresql" else sqlite.insert
        values = {"tenant": tenant.key, "day": day, "calls": 0, "prompt_tokens": 0, "completion_tokens": 0}
        session.execute(insert(UsageRow).values(values).on_conflict_do_nothing())
        return session.get_one(UsageRow, (tenant.key, day), with_for_update=True)

    def _lock(self, session: Session, tenant: Tenant) -> None:
        """One transaction after the other for a tenant; on SQLite writers queue up anyway."""
        if self._database.dialect == "postgresql":
            key = int.from_bytes(bytes.fromhex(tenant.key), signed=True)
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    @staticmethod
    def _admitted(session: Session, tenant: Tenant, user: str, quota: Quota, now: datetime) -> int:
        count = select(func.count()).where(
            AdmissionRow.tenant == tenant.key, AdmissionRow.created_at > now - quota.period
        )
        if quota.per_user:
            count = count.where(AdmissionRow.user == user)
        return int(session.scalar(count) or 0)
