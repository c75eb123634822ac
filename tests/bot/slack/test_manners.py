"""One answer for each post whatever goes wrong, acknowledged first, also across reconnects and restarts."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.slack.places import NOTE
from tests.bot.house import png
from tests.bot.slack.conftest import WORKSPACE, Bot, bot
from tests.fakes.slack_server import Fault, SlackServer
from tests.fakes.slack_world import ANN, BEN, GENERAL

RED = ("red.png", png("red"))
METHODS = (
    "chat.postMessage",
    "chat.update",
    "reactions.add",
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
    "files.info",
    "users.info",
)


async def ask(made: Bot, text: str = "@bot like this") -> dict[str, object]:
    post = await made.slack.post(text, files=[RED])
    (answer,) = await made.slack.answers(post)
    return answer


@pytest.mark.parametrize("status", [429, 500, 0])
async def test_one_failing_call_of_any_kind_leaves_one_right_answer(made: Bot, status: int) -> None:
    made.slack.faults = [Fault(method, status) for method in METHODS]
    answer = await ask(made)
    await made.slack.quiet()
    assert json.dumps(answer["blocks"]).count('"image"') == 2
    assert len(made.slack.world.mine()) == 1


async def test_uploads_that_slack_refuses_leave_an_answer_without_pictures_that_says_so(made: Bot) -> None:
    made.slack.faults = [Fault("files.getUploadURLExternal", error="storage_limit_reached", times=9)]
    answer = await ask(made)
    text = json.dumps(answer["blocks"])
    assert "My pick" in text
    assert "pictures can't be shown" in text


async def test_pictures_that_are_processed_late_are_added_to_the_answer(made: Bot) -> None:
    made.slack.api.processing = 5.0
    answer = await ask(made)
    assert '"image"' not in json.dumps(answer["blocks"])
    await made.slack.until(lambda: json.dumps(answer["blocks"]).count('"image"') == 2)
    assert len(made.slack.world.mine()) == 1


async def test_a_failing_step_is_told_with_reason_advice_and_reference(made: Bot) -> None:
    made.house.shop.encoder.close()
    answer = await ask(made)
    assert "Reference: " in json.dumps(answer["blocks"])
    assert len(made.slack.world.mine()) == 1


async def test_a_missing_scope_is_named(tmp_path: Path, slack: SlackServer) -> None:
    slack.api.scopes -= {"files:read"}
    async with bot(tmp_path, slack):
        post = await slack.post("@bot", files=[RED])
        (answer,) = await slack.answers(post)
        assert "files:read" in json.dumps(answer["blocks"])


async def test_events_that_come_again_are_not_answered_again(both: Bot) -> None:
    answer = await ask(both)
    for delivery in list(both.slack.deliveries):
        await both.slack.deliver(delivery.kind, delivery.payload)
    await both.slack.quiet()
    assert both.slack.world.mine() == [answer]


async def test_every_event_is_acknowledged_while_many_searches_run(both: Bot) -> None:
    posts = await asyncio.gather(*(both.slack.post("@bot like this", files=[RED]) for _ in range(50)))
    await asyncio.gather(*(both.slack.answers(post) for post in posts))
    assert len(both.slack.world.mine()) == 50
    waits = sorted(delivery.seconds for delivery in both.slack.deliveries if delivery.seconds is not None)
    assert len(waits) == 100
    assert waits[-1] < 3


async def test_a_lost_socket_is_opened_again(made: Bot) -> None:
    await made.slack.disconnect()
    await made.slack.until(lambda: made.slack.sockets and made.adapter.healthy())
    await ask(made)


async def test_an_unsigned_or_forged_request_is_refused(tmp_path: Path, slack: SlackServer) -> None:
    async with bot(tmp_path, slack, mode="http", port=0):
        assert await slack.forge("wrong secret") == 401
        assert await slack.forge(None) == 401
        assert await slack.forge("fake-signing-secret", age=600) == 401
        await slack.quiet()
        assert slack.world.mine() == []


async def test_stopping_lets_the_running_search_finish(tmp_path: Path, slack: SlackServer) -> None:
    async with bot(tmp_path, slack) as made:
        slack.api.processing = 1.0
        post = await slack.post("@bot like this", files=[RED])
    (answer,) = slack.world.thread(GENERAL, post["ts"])
    assert json.dumps(answer["blocks"]).count('"image"') == 2
    assert not made.adapter.healthy()


async def test_what_was_acknowledged_just_before_the_stop_is_answered(tmp_path: Path, slack: SlackServer) -> None:
    async with bot(tmp_path, slack):
        posts = await asyncio.gather(*(slack.post("@bot like this", files=[RED]) for _ in range(5)))
    for post in posts:
        (answer,) = slack.world.thread(GENERAL, post["ts"])
        assert json.dumps(answer["blocks"]).count('"image"') == 2


async def test_what_a_crash_left_unanswered_is_answered_once_in_the_note_that_was_begun(
    tmp_path: Path, slack: SlackServer
) -> None:
    async with bot(tmp_path, slack) as made:
        slack.faults = [Fault("files.info", 429, times=100, retry_after=30)]
        post = await slack.post("@bot like this", files=[RED])
        await slack.until(lambda: slack.world.mine())
        made.house.handler.cancel()
    slack.faults = []
    (note,) = slack.world.mine()
    assert note["metadata"]["event_type"] == NOTE
    async with bot(tmp_path, slack, products=0) as made:
        for event in made.house.history.pending():
            await made.adapter.resume(event.payload)
        await slack.answers(post)
        await slack.quiet()
        assert made.house.history.pending() == []
    assert slack.world.mine() == [note]
    assert json.dumps(note["blocks"]).count('"image"') == 2


async def test_a_workspace_s_catalogue_is_its_own(made: Bot) -> None:
    answer = await ask(made)
    assert "Mug" in json.dumps(answer["blocks"])
    assert made.house.catalog.tenants() == [WORKSPACE]
    (asked,) = made.house.history.recent(WORKSPACE, f"slack:{WORKSPACE.workspace}:{ANN}")
    assert asked.tenant == WORKSPACE


async def test_forms_wait_for_nobody_who_is_slow_to_tell_a_language(made: Bot) -> None:
    """A form that is sent must be acknowledged, and a press's ticket for a form used, within three seconds."""
    answer = await ask(made)
    made.slack.faults = [Fault("users.info", 429, times=9, retry_after=9)]
    await made.slack.press(answer, GENERAL, "find.refine", user=BEN)
    await made.slack.until(lambda: made.slack.api.views, 2.5)
    sent = await made.slack.submit({"words": "a blue one"}, user=BEN)
    assert sent.seconds is not None
    assert sent.seconds < 2


async def test_a_form_for_an_answer_that_is_forgotten_is_refused_with_the_reason(made: Bot) -> None:
    answer = await ask(made)
    made.house.history.forget(datetime.now(UTC) + timedelta(minutes=1))
    await made.slack.press(answer, GENERAL, "find.refine")
    await made.slack.until(lambda: made.slack.responses)
    assert "no longer known" in made.slack.responses[0]["text"]
    assert made.slack.api.views == {}


async def test_a_start_is_worth_no_warning(
    tmp_path: Path, slack: SlackServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-from-the-environment")
    async with bot(tmp_path, slack):
        assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
