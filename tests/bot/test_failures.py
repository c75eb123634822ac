"""Every exception becomes a reason, an advice and a reference that is also in the log."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.failures import explain
from core.errors import PictureError, Unavailable
from core.words import Words


def test_a_users_error_is_told_as_it_is() -> None:
    failure = explain(PictureError("The file is empty.", "Send it again."), Words())
    assert (failure.reason, failure.advice, failure.mendable) == ("The file is empty.", "Send it again.", True)


def test_an_outage_asks_for_patience() -> None:
    failure = explain(Unavailable("Milvus does not answer."), Words())
    assert failure.reason == "Milvus does not answer."
    assert "again" in failure.advice
    assert not failure.mendable


@pytest.mark.parametrize("error", [KeyError("/home/ann/secret-path"), TimeoutError("10.0.0.7:19530")])
def test_a_bug_shows_nothing_of_itself(error: Exception) -> None:
    failure = explain(error, Words())
    assert str(error.args[0]) not in failure.reason + failure.advice
    assert failure.advice


def test_the_reference_is_in_the_log_with_the_trace() -> None:
    with capture_logs() as logs:
        failure = explain(KeyError("x"), Words())
    (entry,) = logs
    assert entry["reference"] == failure.reference
    assert isinstance(entry["exc_info"], KeyError)


def test_references_differ() -> None:
    assert len({explain(KeyError(), Words()).reference for _ in range(50)}) == 50
