"""Which encoder made the catalogue's vectors, as the database remembers it."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.orm import Session

from core.encoders.base import EncoderIdentity
from core.tables import MetaRow

ENCODER = "encoder"


def recall(session: Session) -> EncoderIdentity | None:
    """The encoder on record; None before there was any."""
    known = session.get(MetaRow, ENCODER)
    return None if known is None else EncoderIdentity(**known.value)


def remember(session: Session, identity: EncoderIdentity) -> None:
    """Put an encoder on record."""
    session.merge(MetaRow(key=ENCODER, value=asdict(identity)))
