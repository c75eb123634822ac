"""Looking at the catalogue and changing it, from Slack."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.bot.house import png
from tests.bot.slack.conftest import WORKSPACE, Bot, bot
from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import ANN, BEN, GENERAL

LIME = ("lime.png", png("lime"))


def archive(good: int, bad: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for number in range(good):
            packed.writestr(f"good-{number}.png", png("green", (20 + number, 30)))
        for number in range(bad):
            packed.writestr(f"bad-{number}.png", b"no picture %d" % number)
    return file.getvalue()


async def test_the_form_adds_a_product_with_its_details(both: Bot) -> None:
    await both.slack.command("/catalog", "add")
    await both.slack.until(lambda: both.slack.api.views)
    wrong = await both.slack.submit({"files": [LIME], "price": "cheap", "link": "shop"})
    assert set(wrong.answer["errors"]) == {"price", "link"}
    details = {"title": "Lime mug", "price": "12.50 EUR", "category": "mug", "link": "https://shop.example/lime"}
    await both.slack.submit({"files": [LIME], **details})
    root = await both.slack.root()
    (report,) = await both.slack.answers(root)
    assert "1 product added" in report["text"]
    (item,) = both.house.catalog.list(WORKSPACE, 0, 1)
    assert (item.title, item.price, item.currency, item.category) == ("Lime mug", 12.5, "EUR", "mug")


async def test_an_archive_is_reported_with_a_table_of_what_was_skipped(made: Bot) -> None:
    post = await made.slack.post("@bot add to the catalogue", files=[("goods.zip", archive(3, 8))])
    report, table = await made.slack.answers(post, count=2)
    assert "3 products added, 8 files skipped" in report["text"]
    file = made.slack.world.files[table["files"][0]]
    assert file.name == "skipped.csv"
    assert file.data.decode("utf-8-sig").count("bad-") == 8
    assert made.house.catalog.count(WORKSPACE) == 15


async def test_a_few_skipped_files_are_named_in_the_message(made: Bot) -> None:
    post = await made.slack.post("@bot add to the catalogue", files=[LIME, ("notes.txt", b"hello")])
    (report,) = await made.slack.answers(post)
    assert "notes.txt" in json.dumps(report["blocks"])


async def test_the_shortcut_and_a_reply_add_a_messages_pictures(made: Bot) -> None:
    photo = await made.slack.post("new in stock", files=[LIME], user=BEN)
    await made.slack.shortcut("add_to_catalogue", photo, GENERAL)
    await made.slack.answers(photo)
    other = await made.slack.post("and this", files=[("teal.png", png("teal"))], user=BEN)
    await made.slack.post("@bot add this to the catalogue", thread=other["ts"])
    (report,) = await made.slack.answers(other)
    assert "1 product added" in report["text"]
    assert made.house.catalog.count(WORKSPACE) == 14


async def test_only_admins_may_change_it_and_others_hear_whom_to_ask_privately(both: Bot) -> None:
    slack = both.slack
    post = await slack.post("@bot add to the catalogue", files=[LIME], user=BEN)
    await slack.until(lambda: slack.api.ephemerals)
    assert slack.api.ephemerals[0]["user"] == BEN
    assert "admin" in slack.api.ephemerals[0]["text"]
    for text in ("add", "import https://shop.example/all.zip", "remove 123"):
        await slack.command("/catalog", text, user=BEN)
    await slack.until(lambda: len(slack.responses) == 3)
    assert all("may not" in response["text"] for response in slack.responses)
    assert slack.world.mine() == []
    assert slack.api.views == {}
    assert slack.world.thread(GENERAL, post["ts"]) == []


async def test_configured_managers_and_groups_take_the_place_of_admins(tmp_path: Path, slack: SlackServer) -> None:
    slack.api.group = [BEN]
    async with bot(tmp_path / "group", slack, managers_group="S0MANAGERS"):
        await slack.command("/catalog", "add", user=BEN)
        await slack.until(lambda: slack.api.views)
        await slack.command("/catalog", "add", user=ANN)
        await slack.until(lambda: slack.responses)
        assert "user group" in slack.responses[-1]["text"]
    async with bot(tmp_path / "list", slack, managers=(BEN,)):
        await slack.command("/catalog", "add", user=ANN)
        await slack.until(lambda: len(slack.responses) == 2)
        assert "@Ben" in slack.responses[-1]["text"]


async def test_listing_turns_pages_in_place(tmp_path: Path, slack: SlackServer) -> None:
    async with bot(tmp_path, slack, products=25):
        await slack.command("/catalog", "list")
        await slack.until(lambda: slack.responses)
        first = slack.responses[0]
        assert first["text"].startswith("1–20")
        shown = {"ts": "1.1", "blocks": first["blocks"], "text": first["text"]}
        await slack.press(shown, GENERAL, "catalogue.page.on")
        await slack.until(lambda: len(slack.responses) == 2)
        assert slack.responses[1]["replace_original"]
        assert slack.responses[1]["text"].startswith("21–25")


async def test_stats_help_remove_and_mistakes_are_private(made: Bot) -> None:
    slack = made.slack
    (item,) = made.house.catalog.list(WORKSPACE, 0, 1)
    for count, (text, expected) in enumerate(
        [
            ("stats", "12 products"),
            ("help", "ask"),
            ("", "ask"),
            (f"remove {item.id[:10]}", "Removed 1 product"),
            ("explode", "no command"),
            ("remove", "no product"),
            ("import", "no address"),
        ],
        start=1,
    ):
        await slack.command("/catalog", text)
        await slack.until(lambda count=count: len(slack.responses) == count)
        assert expected in slack.responses[-1]["text"]
    assert slack.world.mine() == []
    assert made.house.catalog.count(WORKSPACE) == 11


async def test_the_home_tab_shows_what_it_can_do_figures_searches_and_settings(made: Bot) -> None:
    post = await made.slack.post("@bot a red mug")
    await made.slack.answers(post)
    await made.slack.event({"type": "app_home_opened", "user": ANN, "channel": "D1", "tab": "home"})
    await made.slack.until(lambda: made.slack.api.homes)
    home = json.dumps(made.slack.api.homes[ANN], ensure_ascii=False)
    for expected in ("What you can ask", "12 products", "a red mug", "Who may change the catalogue"):
        assert expected in home


async def test_an_admin_of_another_workspace_is_none_here(made: Bot) -> None:
    """Shared channels bring people of other workspaces, with their rights there."""
    made.slack.world.people[ANN]["team_id"] = "T0OTHER001"
    await made.slack.post("@bot add to the catalogue", files=[LIME])
    await made.slack.until(lambda: made.slack.api.ephemerals)
    assert "may not change" in made.slack.api.ephemerals[0]["text"]
    assert made.house.catalog.count(WORKSPACE) == 12


async def test_an_archive_is_imported_from_its_address(made: Bot) -> None:
    async def serve(_: web.Request) -> web.Response:
        return web.Response(body=archive(3, 0))

    app = web.Application()
    app.router.add_get("/shop.zip", serve)
    async with TestServer(app) as server:
        await made.slack.command("/catalog", f"import <{server.make_url('/shop.zip')}>")
        root = await made.slack.root()
        (report,) = await made.slack.answers(root)
    assert "3 products added" in report["text"]
    assert made.house.catalog.count(WORKSPACE) == 15
