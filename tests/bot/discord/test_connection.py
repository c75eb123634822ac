"""Lost connections, over a real gateway socket: nothing is lost or answered twice, and `healthy` tells the truth."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from tests.bot.discord.conftest import BLUE, ME, RED, SHOP, bot
from tests.bot.house import House
from tests.fakes.discord_server import DiscordServer
from tests.fakes.discord_world import BEN


async def test_what_was_written_while_the_connection_was_lost_is_answered_once(
    discord: DiscordServer, place: House
) -> None:
    await discord.drop()
    post = await discord.post(f"{ME} like this", files=[RED])
    await discord.connected()
    await discord.answers(int(post["id"]))
    await discord.quiet()
    assert discord.resumed == 1
    assert len(place.searched) == 1


async def test_what_was_written_before_a_new_session_is_answered_once(discord: DiscordServer, tmp_path: Path) -> None:
    async with bot(tmp_path, discord) as (place, adapter):
        await discord.until(adapter.client.catch_up.current)
        discord.forgetful = True
        await discord.drop()
        post = await discord.post(f"{ME} like this", files=[RED])
        await discord.until(lambda: not adapter.client.catch_up.current())
        await discord.answers(int(post["id"]))
        await discord.quiet()
        assert (discord.sessions, discord.resumed) == (2, 0)
        assert len(place.searched) == 1


async def test_stopping_while_the_connection_is_lost_loses_nothing(discord: DiscordServer, tmp_path: Path) -> None:
    async with bot(tmp_path, discord) as (_, adapter):
        await discord.until(adapter.client.catch_up.current)
        discord.forgetful = True
        await discord.drop()
        await discord.until(lambda: not adapter.client.catch_up.current())
        post = await discord.post(f"{ME} like this", files=[RED])
    assert discord.world.said(int(post["id"])) == []
    async with bot(tmp_path, discord):
        await discord.answers(int(post["id"]))


async def test_when_the_clients_own_loop_dies_a_new_one_is_begun_and_answers_go_out_meanwhile(
    discord: DiscordServer, tmp_path: Path
) -> None:
    async with bot(tmp_path, discord) as (place, adapter):
        await discord.until(adapter.client.catch_up.current)
        may, real = asyncio.Event(), place.finder.find

        async def wait(*query: Any) -> Any:
            await may.wait()
            return await real(*query)

        place.finder.find = wait  # type: ignore[method-assign]
        begun = await discord.post(f"{ME} like this", files=[RED])
        await discord.until(lambda: discord.world.said(int(begun["id"])))
        await discord.garble()
        await discord.until(lambda: not adapter.healthy())
        may.set()
        missed = await discord.post(f"{ME} like this too", files=[BLUE])
        await discord.answers(int(begun["id"]))
        await discord.answers(int(missed["id"]))
        assert adapter.healthy()
        assert discord.sessions == 2
        await discord.quiet()
        assert [len(discord.world.said(int(each["id"]))) for each in (begun, missed)] == [1, 1]


async def test_a_token_that_is_revoked_meanwhile_needs_a_human(discord: DiscordServer, tmp_path: Path) -> None:
    async with bot(tmp_path, discord) as (_, adapter):
        discord.forgetful = discord.refuses = True
        with capture_logs() as logs:
            await discord.drop()
            await discord.until(lambda: [each for each in logs if each["event"] == "discord.connection_ended"])
        (ended,) = [each for each in logs if each["event"] == "discord.connection_ended"]
        assert "does not accept the bot's token" in ended["reason"]
        assert "DISCORD_TOKEN" in ended["advice"]
        assert not adapter.healthy()


async def test_while_the_bot_was_away_nobody_became_a_manager(discord: DiscordServer, tmp_path: Path) -> None:
    """Discord tells the roles of a message's writer with the event, not in the channel's history."""
    async with bot(tmp_path, discord, managers_role="Buyers") as (_, adapter):
        await discord.until(adapter.client.catch_up.current)
    bens = await discord.post(f"{ME} add to catalogue", files=[RED], user=BEN)
    anns = await discord.post(f"{ME} add to catalogue", files=[BLUE])
    async with bot(tmp_path, discord, managers_role="Buyers") as (place, _):
        before = place.catalog.count(SHOP)
        await discord.answers(int(anns["id"]))
        await discord.until(lambda: any("may not" in str(each) for each in discord.world.said(int(bens["channel_id"]))))
        assert place.catalog.count(SHOP) == before + 1
