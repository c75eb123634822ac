"""The taxonomy of what can go wrong.

Three kinds, and each is told to people differently: a :class:`UserError` is the asker's to mend (its
text is shown as it is), :class:`Unavailable` is a dependency that is down (try again), and every other
exception is a bug (a reference is shown, the trace goes to the log).
"""

from __future__ import annotations


class LookalikeError(Exception):
    """Base of all errors that carry words for a person.

    Attributes:
        reason: one sentence that says what is wrong, fit to be shown.
        advice: one sentence that says what to do about it, fit to be shown; may be empty.
    """

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(f"{reason} {advice}".strip())
        self.reason = reason
        self.advice = advice


class UserError(LookalikeError):
    """The asker or the operator can mend it: a broken picture, an unknown filter, a wrong setting."""


class PictureError(UserError):
    """These bytes are not a picture that can be used: empty, truncated, renamed, too large, a bomb."""


class ConfigurationError(UserError):
    """A setting is missing, contradictory, or out of range; found at start or by ``doctor``."""


class EncoderMismatch(UserError):
    """The catalogue was made by another encoder; searching it would compare unlike vectors."""


class DataDirLocked(UserError):
    """Another program works on the same data folder."""


class Unavailable(LookalikeError):
    """A dependency is down or answers wrongly: Milvus, the database, the picture store, a download."""
