"""What ``python -m core doctor`` finds out about Discord, from a real server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.checks import checks
from core.doctor import Finding, Level
from core.errors import LookalikeError
from core.settings import Settings
from tests.fakes.discord_server import DiscordServer, Fault
from tests.fakes.discord_world import APP, FINDS

CONTENT = 1 << 18
ATTACH, HISTORY = 1 << 15, 1 << 16


@pytest.fixture
async def discord() -> DiscordServer:
    return DiscordServer()


async def found(discord: DiscordServer, folder: Path, **values: object) -> list[Finding]:
    """All findings; the checks start an event loop of their own, so they run in a thread as the doctor runs them."""

    def look() -> list[Finding]:
        settings = Settings.model_validate({"data_dir": folder, "discord": discord.settings(**values)})
        return [finding for check in checks() for finding in check(settings)]

    async with discord:
        return await asyncio.to_thread(look)


async def test_all_is_well(tmp_path: Path, discord: DiscordServer) -> None:
    findings = await found(discord, tmp_path)
    assert {each.level for each in findings} == {Level.OK}
    (invitation,) = [each.text for each in findings if each.subject == "Discord invitation"]
    assert f"client_id={APP}" in invitation
    assert any("All are granted in Shop" in each.text for each in findings)
    assert discord.problems == []


async def test_an_intent_that_the_settings_need_is_named_where_it_is_off(
    tmp_path: Path, discord: DiscordServer
) -> None:
    (wrong,) = [each for each in await found(discord, tmp_path, channels=[str(FINDS)]) if each.level is not Level.OK]
    assert wrong.level is Level.FAIL
    assert "Message Content" in wrong.text
    assert "developer portal" in wrong.advice
    discord.flags = CONTENT
    assert all(each.level is Level.OK for each in await found(discord, tmp_path, channels=[str(FINDS)]))


async def test_missing_permissions_are_named_with_their_server(tmp_path: Path, discord: DiscordServer) -> None:
    discord.lacks = ATTACH | HISTORY
    (wrong,) = [each for each in await found(discord, tmp_path) if each.level is not Level.OK]
    assert wrong.level is Level.WARN
    assert "Shop" in wrong.text
    assert "Attach Files" in wrong.text
    assert "Read Message History" in wrong.text
    assert "Send Messages" not in wrong.text


@pytest.mark.parametrize(("status", "reason"), [(401, "token"), (404, "Discord")])
async def test_what_keeps_it_from_signing_in_is_told(
    tmp_path: Path, discord: DiscordServer, status: int, reason: str
) -> None:
    discord.faults.append(Fault("GET /users/@me", status, 9))
    with pytest.raises(LookalikeError, match=reason):
        await found(discord, tmp_path)
