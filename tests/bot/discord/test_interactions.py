"""Commands, buttons and forms over a real gateway socket, also when something goes wrong on the way."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.bot.discord.conftest import ME, RED, SHOP, sizes
from tests.bot.house import House, png
from tests.fakes.discord_server import DiscordServer, Fault, Used
from tests.fakes.discord_world import ANN, BEN, GENERAL, Tree


def option(name: str, value: object, kind: int = 3) -> Tree:
    return {"name": name, "type": kind, "value": value}


def command(name: str, *options: Tree) -> Tree:
    return {"id": "1", "name": name, "type": 1, "options": list(options), "resolved": {}}


async def answered(discord: DiscordServer) -> Tree:
    """An answer with its buttons."""
    post = await discord.post(f"{ME} like this", files=[RED])
    (answer,) = await discord.answers(int(post["id"]))
    return answer


def controls(answer: Tree, beginning: str) -> Tree:
    """What is sent when somebody presses the answer's button."""
    rows = [each for each in answer["components"][0]["components"] if each["type"] == 1]
    (found,) = [each for row in rows for each in row["components"] if each["custom_id"].startswith(beginning)]
    return {"custom_id": found["custom_id"], "component_type": found["type"]}


async def refine(discord: DiscordServer, answer: Tree, user: int) -> Used:
    """Somebody opens the form."""
    used = await discord.use(3, controls(answer, "find.refine"), int(answer["channel_id"]), user, message=answer)
    await discord.until(lambda: used.kind == 9)
    return used


async def fill_in(discord: DiscordServer, opened: Used, words: str, user: int) -> Used:
    """Somebody sends it."""
    field = {"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "words", "value": words}}
    data = {"custom_id": opened.data["custom_id"], "components": [field], "resolved": {}}
    return await discord.use(5, data, opened.channel, user)


async def test_several_people_fill_in_a_form_at_a_time(discord: DiscordServer, place: House) -> None:
    answer = await answered(discord)
    anns, bens = await refine(discord, answer, ANN), await refine(discord, answer, BEN)
    for opened, words, user in ((anns, "a red one", ANN), (bens, "a blue one", BEN)):
        used = await fill_in(discord, opened, words, user)
        assert words in json.dumps((await discord.reply(used))["components"], ensure_ascii=False)
    assert [query.text for query in place.searched[1:]] == ["a red one", "a blue one"]


async def test_a_button_that_breaks_on_the_way_says_so(discord: DiscordServer, place: House) -> None:
    answer = await answered(discord)
    discord.faults.append(Fault("POST /interactions", 400))
    used = await discord.use(3, controls(answer, "find.next"), int(answer["channel_id"]), message=answer)
    shown = await discord.reply(used)
    assert "Reference: " in json.dumps(shown["components"])
    assert used.data["flags"] & 1 << 6
    assert len(place.searched) == 1


async def test_an_archive_is_imported_from_its_address(discord: DiscordServer, place: House) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for colour in ("lime", "navy"):
            packed.writestr(f"{colour}.png", png(colour))

    async def serve(_: web.Request) -> web.Response:
        return web.Response(body=archive.getvalue())

    app = web.Application()
    app.router.add_get("/shop.zip", serve)
    before = place.catalog.count(SHOP)
    async with TestServer(app) as server:
        url = option("url", str(server.make_url("/shop.zip")))
        used = await discord.use(2, command("catalog", {"name": "import", "type": 1, "options": [url]}))
        shown = await discord.reply(used)
    assert "2 products added" in json.dumps(shown["components"])
    assert place.catalog.count(SHOP) == before + 2


async def test_the_menu_searches_the_picture_of_a_links_preview(discord: DiscordServer, place: House) -> None:
    async def serve(_: web.Request) -> web.Response:
        return web.Response(body=png("teal", (50, 70)))

    app = web.Application()
    app.router.add_get("/mug.png", serve)
    async with TestServer(app) as server:
        preview = {
            "type": "link",
            "url": "https://shop.example/mug",
            "thumbnail": {"url": str(server.make_url("/mug.png"))},
        }
        post = discord.world.add_message(GENERAL, BEN, "https://shop.example/mug", embeds=[preview])
        menu = {"id": "1", "name": "Find similar", "type": 3, "target_id": post["id"]}
        used = await discord.use(2, {**menu, "resolved": {"messages": {post["id"]: post}}})
        await discord.reply(used)
    assert sizes(place.searched[0]) == [(50, 70)]


async def test_an_answer_that_nobody_waits_for_any_more_is_given_up(discord: DiscordServer, place: House) -> None:
    """The interaction is unknown by the time it is acknowledged: neither an answer nor a way to say so."""
    discord.faults.append(Fault("POST /interactions", 404, 9, code=10062))
    await discord.use(2, command("find", option("text", "mug")))
    await discord.until(lambda: discord.faults[0].times == 7)
    await discord.quiet()
    assert discord.world.said(GENERAL) == []
    assert place.searched == []


async def test_a_photo_that_the_bot_cannot_see_is_named_with_the_way_to_search_it(
    discord: DiscordServer, place: House
) -> None:
    """Without the Message Content intent a reply shows nothing of the message above it."""
    above: dict[str, Any] = discord.world.add_message(GENERAL, BEN)
    reference = {"message_id": above["id"], "channel_id": str(GENERAL)}
    alone = await discord.post(ME, type=19, referenced_message=above, message_reference=reference)
    (refusal,) = await discord.answers(int(alone["id"]))
    assert "Find similar" in json.dumps(refusal["components"])
    worded = await discord.post(f"{ME} a red mug", type=19, referenced_message=above, message_reference=reference)
    (answer,) = await discord.answers(int(worded["id"]))
    assert "Find similar" in json.dumps(answer["components"])
    assert [query.text for query in place.searched] == ["a red mug"]
