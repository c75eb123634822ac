"""The one place that turns an exception into words for a person."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import structlog

from core.errors import LookalikeError, Unavailable, UserError
from core.words import Words

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without letters and digits that are mistaken for each other when read aloud."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request has no result, fit to be shown.

    Attributes:
        reason: one sentence: what is wrong.
        advice: one sentence: what to do about it; may be empty.
        reference: six characters that are also in the log, for whoever looks after the bot.
        mendable: whether the asker can mend it; else somebody who runs the bot has to.
    """

    reason: str
    advice: str
    reference: str
    mendable: bool = False


def explain(error: BaseException, words: Words) -> Failure:
    """Describe ``error`` for a person and log it under the same reference.

    A :class:`UserError` is told as it is; :class:`Unavailable` asks to try again unless it knows better; both in the
    language of ``words`` as far as they are sentences of its table. Everything else is a bug, whose text stays in
    the log.
    """
    reference = "".join(secrets.choice(_ALPHABET) for _ in range(6))
    log = structlog.get_logger(__name__).bind(reference=reference, error=type(error).__name__)
    match error:
        case UserError():
            log.info("request_refused")
            return Failure(words.of(error.reason), words.of(error.advice), reference, mendable=True)
        case Unavailable():
            log.warning("dependency_unavailable", exc_info=error)
            return Failure(words.of(error.reason), words.of(error.advice) or words("failure.later"), reference)
        case LookalikeError():
            log.error("request_failed", exc_info=error)
            return Failure(words.of(error.reason), words.of(error.advice), reference)
        case TimeoutError():
            log.warning("request_timed_out", exc_info=error)
            return Failure(words("failure.timeout"), words("failure.later"), reference)
        case _:
            log.error("request_failed", exc_info=error)
            return Failure(words("failure.bug"), words("failure.bug_advice"), reference)
