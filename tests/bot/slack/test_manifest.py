"""The manifest is what the program needs, neither less nor more, and ``doctor`` compares what was granted with it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml

from bot import checks
from bot.slack import manifest
from core.doctor import Finding, Level
from core.errors import LookalikeError
from core.settings import Settings
from tests.fakes.slack_api import SCOPES
from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import ELSEWHERE, GENERAL

SUBSCRIBED = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "app_mention": "app_mentions:read",
}


async def found(slack: SlackServer, folder: Path, **values: object) -> list[Finding]:
    settings = Settings(data_dir=folder, slack=slack.settings(**values))

    def examine() -> list[Finding]:
        return [finding for check in checks.checks() for finding in check(settings)]

    return await asyncio.to_thread(examine)


def test_every_scope_says_what_it_is_for() -> None:
    wanted = manifest.load()
    assert set(manifest.reasons()) == {*wanted.scopes, *wanted.optional}


def test_the_scopes_cover_the_methods_that_are_called_and_the_events_that_are_heard() -> None:
    wanted = manifest.load()
    assert {*SCOPES.values(), *SUBSCRIBED.values()} <= {*wanted.scopes, *wanted.optional}
    assert {event for event in wanted.events if event in SUBSCRIBED} == set(SUBSCRIBED)


def test_it_is_an_agent_with_a_home_tab_in_socket_mode() -> None:
    tree = yaml.safe_load(manifest.text())
    assert tree["features"]["agent_view"]["agent_description"]
    assert "assistant_view" not in tree["features"]
    assert tree["features"]["app_home"]["home_tab_enabled"]
    assert tree["settings"]["socket_mode_enabled"]
    assert len(tree["display_information"]["name"]) <= 35
    assert len(tree["display_information"]["description"]) <= 140
    for shortcut in tree["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24


async def test_doctor_is_content_with_everything_granted(tmp_path: Path, slack: SlackServer) -> None:
    findings = await found(slack, tmp_path, channels=(GENERAL,))
    assert {finding.level for finding in findings} == {Level.OK}


async def test_doctor_names_missing_scopes_and_channels_without_the_bot(tmp_path: Path, slack: SlackServer) -> None:
    slack.api.scopes -= {"files:write", "usergroups:read"}
    findings = await found(slack, tmp_path, channels=(ELSEWHERE,))
    broken = [finding for finding in findings if finding.level is not Level.OK]
    assert ["files:write" in finding.text for finding in broken] == [True, False]
    assert "not in" in broken[1].text
    grouped = await found(slack, tmp_path, managers_group="S1")
    assert any("usergroups:read" in finding.text for finding in grouped)


@pytest.mark.parametrize("wrong", [{"bot_token": "xoxb-wrong"}, {"app_token": "xapp-wrong"}])
async def test_doctor_refuses_wrong_tokens(tmp_path: Path, slack: SlackServer, wrong: dict[str, str]) -> None:
    with pytest.raises(LookalikeError) as refusal:
        await found(slack, tmp_path, **wrong)
    assert "token" in refusal.value.reason


async def test_doctor_finds_nothing_where_slack_is_not_asked_for(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert [finding for check in checks.checks() for finding in check(settings)] == []
