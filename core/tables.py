"""The tables of the record of truth, as SQLAlchemy 2 declarative classes.

The schema itself is made by the migrations in :mod:`core.migrations`; a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Index, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

TENANT = String(16)
HASH = String(64)
FINGERPRINT = String(12)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite keeps no time zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive values: they would be read back as another moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The value in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """Base of all tables. Constraints have names by a rule, so that migrations can alter them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, TypeEngine[Any] | type[TypeEngine[Any]]]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        str: Text,
    }


class MetaRow(Table):
    """Facts about the installation: ``encoder`` holds the identity that made the catalogue's vectors."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[dict[str, Any]]


class TenantRow(Table):
    """A tenant that has had items; the key alone does not tell its platform and workspace."""

    __tablename__ = "tenants"

    key: Mapped[str] = mapped_column(TENANT, primary_key=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    created_at: Mapped[datetime]


class ItemRow(Table):
    """A product.

    Attributes:
        category_key, tags_key, words: folded forms of the user's text, for comparing without regard to
            case (databases fold only ASCII, or by locale). ``tags_key`` is ``\\x1f``-delimited on both ends.
        bytes: size of the picture file.
        indexed: fingerprint of the encoder whose index holds this row's vector; empty until the item was
            stored completely once, and until then nobody sees it.
        stale: what the index holds is older than the row; so between the two writes, and after a crash there.
        removed: a removal has begun; nobody sees the row, which waits for its vector to be deleted.
    """

    __tablename__ = "items"
    __table_args__ = (
        Index(None, "tenant", "removed", "added_at", "id"),
        Index(None, "tenant", "category_key", "category", "removed", "indexed"),
        Index(None, "indexed"),
        Index(None, "id"),
    )

    tenant: Mapped[str] = mapped_column(TENANT, ForeignKey("tenants.key"), primary_key=True)
    id: Mapped[str] = mapped_column(HASH, primary_key=True)
    title: Mapped[str]
    price: Mapped[float | None]
    currency: Mapped[str]
    category: Mapped[str]
    url: Mapped[str]
    tags: Mapped[list[Any]]
    details: Mapped[dict[str, Any]] = mapped_column("metadata")
    source: Mapped[str]
    media_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
    category_key: Mapped[str]
    tags_key: Mapped[str]
    words: Mapped[str]
    indexed: Mapped[str] = mapped_column(FINGERPRINT)
    stale: Mapped[bool]
    removed: Mapped[bool]
    added_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AskRow(Table):
    """What somebody asked and was shown: for the next page, follow-ups, and feedback.

    Attributes:
        conversation, message, user: the platform's own ids.
        query: the query as JSON, pictures by hash (see :class:`AskPictureRow`), and the asker's own words.
        answer: hit ids, scores and the ranking as JSON; empty until it is answered.
        feedback: 1, 0 or -1.
    """

    __tablename__ = "asks"
    __table_args__ = (
        Index(None, "conversation", "created_at"),
        Index(None, "tenant", "user", "created_at"),
        Index(None, "tenant", "message"),
        Index(None, "created_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant: Mapped[str] = mapped_column(TENANT)
    platform: Mapped[str]
    conversation: Mapped[str]
    message: Mapped[str]
    user: Mapped[str]
    query: Mapped[dict[str, Any]]
    answer: Mapped[dict[str, Any]]
    feedback: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class AskPictureRow(Table):
    """Which pictures an ask still needs, so that removing an item does not take them away."""

    __tablename__ = "ask_pictures"
    __table_args__ = (Index(None, "hash"),)

    ask: Mapped[str] = mapped_column(String(36), ForeignKey("asks.id", ondelete="CASCADE"), primary_key=True)
    hash: Mapped[str] = mapped_column(HASH, primary_key=True)


class EventRow(Table):
    """A platform event that was seen, so that a redelivery is not answered twice.

    Attributes:
        key: platform, tenant and the platform's own message or interaction id, joined by the writer.
        state: ``received`` (acknowledged, not answered), ``taken_up`` after a restart, or ``answered``.
        payload: what is needed to answer it after a restart.
    """

    __tablename__ = "events"
    __table_args__ = (Index(None, "state", "created_at"),)

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class UsageRow(Table):
    """What a tenant used of the ranking model in one day (UTC)."""

    __tablename__ = "usage"

    tenant: Mapped[str] = mapped_column(TENANT, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(Integer, default=0)
    prompt_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    completion_tokens: Mapped[int] = mapped_column(BigInteger, default=0)


class AdmissionRow(Table):
    """A search that was let through, for quotas. Kept for a few days."""

    __tablename__ = "admissions"
    __table_args__ = (
        Index(None, "tenant", "user", "created_at"),
        Index(None, "tenant", "created_at"),
        Index(None, "created_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    tenant: Mapped[str] = mapped_column(TENANT)
    user: Mapped[str]
    created_at: Mapped[datetime]
