"""What was asked and shown: for the next page, follow-ups and feedback, also after a restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import delete, func, select, update

from core import images
from core.blobs import BlobStore, PictureLost
from core.bounded_cache import BoundedCache
from core.database import Database
from core.errors import PictureError
from core.history.ask import Ask, answer_from_json, answer_to_json, query_from_json, query_to_json
from core.models import Picture, Tenant
from core.tables import AskPictureRow, AskRow, ItemRow

CACHE_BYTES = 64_000_000
"""Query pictures that are kept decoded, so that a follow-up in the same process decodes nothing."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was purged: how many asks, and pictures that no ask and no item needs any more."""

    asks: int
    pictures: frozenset[str]


class Asks:
    """The asks in the database, and their pictures in the picture store."""

    def __init__(self, database: Database, blobs: BlobStore) -> None:
        self._database = database
        self._blobs = blobs
        self._pictures: BoundedCache[str, Picture] = BoundedCache(CACHE_BYTES, _weight)
        self._log = structlog.get_logger(__name__)

    def record(self, ask: Ask) -> Ask:
        """Remember an ask, with its pictures' bytes; returns it.

        The row is written before the bytes: the other way round, a repair that runs in between would
        delete a picture that nothing refers to yet.
        """
        pictures = {picture.hash: picture for picture in ask.query.pictures}
        with self._database.session() as session:
            session.add(
                AskRow(
                    id=ask.id,
                    tenant=ask.tenant.key,
                    platform=ask.platform,
                    conversation=ask.conversation,
                    message=ask.message,
                    user=ask.user,
                    query=query_to_json(ask.query) | {"said": ask.said},
                    answer=answer_to_json(ask.answer),
                    feedback=ask.feedback,
                    created_at=ask.created_at,
                )
            )
            session.flush()
            session.add_all(AskPictureRow(ask=ask.id, hash=digest) for digest in pictures)
        for digest, picture in pictures.items():
            self._blobs.put(digest, picture.data)
            self._pictures.put(digest, picture)
        return ask

    def get(self, ask_id: str) -> Ask | None:
        """An ask by its id, or None when it is not known (any more)."""
        with self._database.reading() as session:
            row = session.get(AskRow, ask_id)
        return self._restore(row)

    def by_message(self, tenant: Tenant, message: str) -> Ask | None:
        """The ask that a message made, or None."""
        made = select(AskRow).where(AskRow.tenant == tenant.key, AskRow.message == message).limit(1)
        with self._database.reading() as session:
            row = session.scalars(made).first()
        return self._restore(row)

    def last(self, conversation: str) -> Ask | None:
        """The newest ask of a conversation."""
        newest = select(AskRow).where(AskRow.conversation == conversation).order_by(AskRow.created_at.desc()).limit(1)
        with self._database.reading() as session:
            row = session.scalars(newest).first()
        return self._restore(row)

    def first(self, conversation: str) -> Ask | None:
        """The oldest ask of a conversation that is still known."""
        oldest = select(AskRow).where(AskRow.conversation == conversation).order_by(AskRow.created_at).limit(1)
        with self._database.reading() as session:
            row = session.scalars(oldest).first()
        return self._restore(row)

    def recent(self, tenant: Tenant, user: str, limit: int = 5) -> list[Ask]:
        """A person's newest asks, newest first."""
        newest = (
            select(AskRow)
            .where(AskRow.tenant == tenant.key, AskRow.user == user)
            .order_by(AskRow.created_at.desc())
            .limit(limit)
        )
        with self._database.reading() as session:
            rows = session.scalars(newest).all()
        return [ask for row in rows if (ask := self._restore(row)) is not None]

    def asked(self, tenant: Tenant, user: str, since: datetime) -> int:
        """How many asks of a person are on record since then."""
        count = select(func.count()).where(AskRow.tenant == tenant.key, AskRow.user == user, AskRow.created_at >= since)
        with self._database.reading() as session:
            return int(session.scalar(count) or 0)

    def feedback(self, ask_id: str, thumb: int) -> bool:
        """Note a thumb: 1 up, -1 down, 0 taken back. Returns whether the ask is known."""
        if thumb not in (-1, 0, 1):
            raise ValueError("a thumb is 1, 0 or -1")
        with self._database.session() as session:
            found = session.execute(
                update(AskRow).where(AskRow.id == ask_id).values(feedback=thumb).returning(AskRow.id)
            ).first()
        return found is not None

    def forget(self, before: datetime) -> Forgotten:
        """Delete asks from before then. Their pictures are the caller's to delete, under the catalogue's lock."""
        old = select(AskRow.id).where(AskRow.created_at < before)
        young = select(AskPictureRow.hash).where(AskPictureRow.ask.not_in(old))
        unneeded = select(AskPictureRow.hash).where(
            AskPictureRow.ask.in_(old), AskPictureRow.hash.not_in(young), AskPictureRow.hash.not_in(select(ItemRow.id))
        )
        with self._database.session() as session:
            pictures = frozenset(session.scalars(unneeded))
            asks = session.execute(delete(AskRow).where(AskRow.created_at < before).returning(AskRow.id)).all()
        return Forgotten(len(asks), pictures)

    def _restore(self, row: AskRow | None) -> Ask | None:
        if row is None:
            return None
        digests: Sequence[str] = row.query["pictures"]
        pictures = [picture for digest in digests if (picture := self._picture(row, digest)) is not None]
        query = query_from_json(row.query, pictures)
        return Ask(
            answer=answer_from_json(row.answer, query),
            conversation=row.conversation,
            user=row.user,
            platform=row.platform,
            message=row.message,
            said=row.query.get("said", ""),
            id=row.id,
            feedback=row.feedback,
            created_at=row.created_at.astimezone(UTC),
        )

    def _picture(self, row: AskRow, digest: str) -> Picture | None:
        """A query's picture; one that is lost is left out, since the words and examples still make a wish."""
        kept = self._pictures.get(digest)
        if kept is not None:
            return kept
        try:
            picture = images.decode_stored(self._blobs.get(digest))
        except (PictureLost, PictureError) as error:
            self._log.warning("history.picture_lost", ask=row.id, picture=digest, reason=error.reason)
            return None
        self._pictures.put(digest, picture)
        return picture


def _weight(picture: Picture) -> int:
    return len(picture.data) + 3 * picture.image.width * picture.image.height
