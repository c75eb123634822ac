"""The real client over a real gateway socket: every way to ask, faults, lost connections, restarts."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigurationError
from tests.bot.discord.conftest import BLUE, ME, RED, SHOP, bot, sizes
from tests.bot.house import House
from tests.fakes.discord_server import DiscordServer, Fault
from tests.fakes.discord_world import ANN, APP, FINDS, GENERAL, GUILD, walk


def find(*options: dict[str, Any], resolved: dict[str, Any] | None = None) -> dict[str, Any]:
    """The data of ``/find``."""
    return {"id": "1", "name": "find", "type": 1, "options": list(options), "resolved": resolved or {}}


async def test_a_mention_with_a_photo_is_answered_in_a_thread(discord: DiscordServer, place: House) -> None:
    post = await discord.post(f"{ME} find a mug like this", files=[RED])
    (answer,) = await discord.answers(int(post["id"]))
    assert [each["filename"] for each in answer["attachments"]] == ["pick.jpg", "panorama.jpg"]
    assert all(each["description"] for each in answer["attachments"])
    assert sizes(place.searched[0]) == [(64, 48)]
    assert str(APP) not in place.searched[0].text


async def test_a_direct_message_is_answered_in_place(discord: DiscordServer, place: House) -> None:
    channel = discord.world.direct(ANN)
    await discord.send("CHANNEL_CREATE", discord.world.channels[channel])
    post = await discord.post("mugs like this", channel=channel, files=[RED])
    (answer,) = await discord.answers(channel)
    assert answer["message_reference"]["message_id"] == int(post["id"])


async def test_a_configured_channel_needs_no_mention_and_others_do(discord: DiscordServer, place: House) -> None:
    await discord.post("look", files=[RED])
    await discord.post("lunch?", channel=FINDS)
    post = await discord.post("look", channel=FINDS, files=[RED])
    await discord.answers(int(post["id"]))
    await discord.quiet()
    assert len(place.searched) == 1


async def test_a_forwarded_photo_is_searched(discord: DiscordServer, place: House) -> None:
    inner = {"type": 0, "content": "", "embeds": [], "attachments": [discord.world.attach(*BLUE)], "flags": 0}
    inner |= {"timestamp": "2026-11-22T10:00:00+00:00", "edited_timestamp": None, "mentions": [], "mention_roles": []}
    reference = {"type": 1, "channel_id": str(GENERAL), "message_id": "1"}
    post = await discord.post(channel=FINDS, message_snapshots=[{"message": inner}], message_reference=reference)
    await discord.answers(int(post["id"]))
    assert sizes(place.searched[0]) == [(40, 60)]


async def test_find_with_a_photo_is_acknowledged_at_once(discord: DiscordServer, place: House) -> None:
    photo = discord.world.attach(*RED)
    option = {"name": "photo", "type": 11, "value": photo["id"]}
    used = await discord.use(2, find(option, resolved={"attachments": {photo["id"]: photo}}))
    await discord.reply(used)
    assert used.seconds is not None
    assert used.seconds < 1
    assert sizes(place.searched[0]) == [(64, 48)]


async def test_a_job_that_outlives_the_interaction_goes_on_in_the_channel(discord: DiscordServer, place: House) -> None:
    discord.faults.append(Fault("PATCH /webhooks", 401, 99, code=50027))
    await discord.use(2, find({"name": "text", "type": 3, "value": "mug"}))
    await discord.answers(GENERAL)


async def test_a_reply_to_an_answer_follows_it_up(discord: DiscordServer, place: House) -> None:
    used = await discord.use(2, find({"name": "text", "type": 3, "value": "mug"}))
    answer = await discord.reply(used)
    await discord.post(
        "cheaper than 13", type=19, mentions=[discord.world.user(APP)], referenced_message=answer,
        message_reference={"message_id": answer["id"], "channel_id": str(GENERAL), "guild_id": str(GUILD)},
    )  # fmt: skip
    await discord.until(lambda: len(place.searched) == 2)
    assert place.searched[1].filters.max_price == pytest.approx(13)
    await discord.quiet()


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("path", [r"POST .*/threads$", r"POST .*/messages$", r"PATCH .*/messages/\d+$"])
async def test_a_call_that_fails_once_is_made_again(
    discord: DiscordServer, place: House, path: str, status: int
) -> None:
    discord.faults.append(Fault(path, status))
    post = await discord.post(f"{ME} like this", files=[RED])
    await discord.answers(int(post["id"]))
    await discord.quiet(0.3)
    assert len(discord.world.said(int(post["id"]))) == 1


async def test_what_was_begun_or_written_around_a_restart_is_answered_once(
    discord: DiscordServer, tmp_path: Path
) -> None:
    async with bot(tmp_path, discord) as (place, _):
        begun = asyncio.Event()

        async def hang(*_: object) -> Any:
            begun.set()
            await asyncio.sleep(60)

        place.finder.find = hang  # type: ignore[method-assign]
        post = await discord.post(f"{ME} like this", files=[RED])
        await begun.wait()
        await discord.until(lambda: discord.world.said(int(post["id"])))
        place.handler.cancel()
        await asyncio.sleep(0.1)
    away = await discord.post(f"{ME} while you were away", files=[BLUE])
    synced = sum(method == "PUT" for _, method, _ in discord.calls)
    for _ in range(2):
        async with bot(tmp_path, discord):
            for each in (post, away):
                await discord.answers(int(each["id"]))
            await discord.quiet()
            assert [len(discord.world.said(int(each["id"]))) for each in (post, away)] == [1, 1]
    assert synced == 1 == sum(method == "PUT" for _, method, _ in discord.calls)


async def test_bots_are_never_answered(discord: DiscordServer, place: House) -> None:
    await discord.post(f"{ME} like this", files=[RED], user=APP)
    await discord.post(f"{ME} like this", files=[RED], webhook_id="77")
    await discord.quiet()
    assert place.searched == []


async def test_nothing_in_a_title_pings_or_formats(discord: DiscordServer, place: House) -> None:
    item = place.catalog.list(SHOP, 0, 1)[0]
    assert item.title.startswith("Mug")
    post = await discord.post(f"{ME} like this", files=[RED])
    (answer,) = await discord.answers(int(post["id"]))
    texts = [each["content"] for each in walk(answer["components"]) if each["type"] == 10]
    assert "@everyone" not in json.dumps(texts)


async def test_a_wrong_token_is_named(discord: DiscordServer, tmp_path: Path) -> None:
    discord.faults.append(Fault("GET /users/@me", 401, 9))
    with pytest.raises(ConfigurationError, match="token"):
        async with bot(tmp_path, discord):
            pass
