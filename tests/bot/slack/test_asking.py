"""Every way to ask, in both modes, over real sockets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aiohttp import web

from tests.bot.house import png
from tests.bot.slack.conftest import Bot, bot, sizes
from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import ANN, BEN, BOT, ELSEWHERE, FINDS, GENERAL, ME

RED = ("red.png", png("red"))
BLUE = ("blue.png", png("blue", (40, 60)))


async def test_a_mention_with_a_photo_is_answered_in_the_thread(both: Bot) -> None:
    slack = both.slack
    post = await slack.post("@bot find a mug like this", files=[RED])
    (answer,) = await slack.answers(post)
    assert [block["type"] for block in answer["blocks"]].count("image") == 2
    assert slack.world.reactions == [(GENERAL, post["ts"], "eyes")]
    (query,) = both.house.searched
    assert sizes(query) == [(64, 48)]
    assert "bot" not in query.text.lower()
    assert ME not in query.text
    assert len(slack.called("chat.postMessage")) == 1
    assert all(delivery.seconds is not None and delivery.seconds < 1 for delivery in slack.deliveries)


async def test_a_mention_that_comes_only_as_a_message_is_answered(made: Bot) -> None:
    post = await made.slack.post("@bot like this", files=[RED], events=["message"])
    await made.slack.answers(post)


async def test_a_direct_message_needs_no_mention(both: Bot) -> None:
    channel = both.slack.world.direct(ANN)
    post = await both.slack.post("mugs like this", files=[RED], channel=channel)
    await both.slack.answers(post, channel)
    assert sizes(both.house.searched[0]) == [(64, 48)]


async def test_a_photo_in_a_configured_channel_needs_no_mention(tmp_path: Path, slack: SlackServer) -> None:
    async with bot(tmp_path, slack, channels=(FINDS,)) as made:
        chat = await slack.post("anyone for lunch?", channel=FINDS)
        elsewhere = await slack.post("look at this", files=[RED], channel=GENERAL)
        document = await slack.post("the minutes", files=[("minutes.pdf", b"%PDF-1.7")], channel=FINDS)
        post = await slack.post("look at this", files=[RED], channel=FINDS)
        await slack.answers(post, FINDS)
        await slack.quiet()
        assert len(made.house.searched) == 1
        for silent, channel in ((chat, FINDS), (elsewhere, GENERAL), (document, FINDS)):
            assert slack.world.thread(channel, silent["ts"]) == []


async def test_a_reply_with_the_mention_searches_the_photo_above_it(both: Bot) -> None:
    photo = await both.slack.post("my new shoes", files=[RED], user=BEN)
    post = await both.slack.post("@bot find something like this", thread=photo["ts"])
    await both.slack.answers(post)
    assert sizes(both.house.searched[0]) == [(64, 48)]
    assert both.slack.called("conversations.replies") == []


async def test_a_photo_that_was_posted_before_the_bot_started_is_found_all_the_same(
    tmp_path: Path, slack: SlackServer
) -> None:
    async with bot(tmp_path, slack) as made:
        photo = await slack.post("my new shoes", files=[RED], user=BEN, events=())
        post = await slack.post("@bot find something like this", thread=photo["ts"])
        await slack.answers(post)
        assert sizes(made.house.searched[0]) == [(64, 48)]


async def test_the_message_shortcut_searches_any_messages_pictures(both: Bot) -> None:
    photo = await both.slack.post("my new shoes", files=[RED], user=BEN)
    await both.slack.shortcut("find_similar", photo, GENERAL)
    (answer,) = await both.slack.answers(photo)
    assert sizes(both.house.searched[0]) == [(64, 48)]
    assert f"<@{ANN}>" in json.dumps(answer["blocks"])


async def test_find_with_words_begins_a_thread(both: Bot) -> None:
    await both.slack.command("/find", "red mug under 15")
    root = await both.slack.root()
    assert f"<@{ANN}>" in root["text"]
    await both.slack.answers(root)
    assert both.house.searched[0].text == "red mug"
    assert both.house.searched[0].filters.max_price == pytest.approx(15)


async def test_find_without_words_opens_a_form_for_photos(both: Bot) -> None:
    await both.slack.command("/find")
    await both.slack.until(lambda: both.slack.api.views)
    empty = await both.slack.submit({})
    assert "words" in empty.answer["errors"]
    await both.slack.submit({"photos": [RED, BLUE], "words": "mugs"})
    await both.slack.answers(await both.slack.root())
    assert sizes(both.house.searched[0]) == [(64, 48), (40, 60)]


async def test_find_where_the_bot_is_not_answers_in_a_direct_message(made: Bot) -> None:
    await made.slack.command("/find", "red mug", channel=ELSEWHERE)
    channel = made.slack.world.direct(ANN)
    await made.slack.answers(await made.slack.root(channel), channel)


async def test_words_alone_are_searched(made: Bot) -> None:
    post = await made.slack.post("@bot a red mug, please")
    await made.slack.answers(post)
    assert made.house.searched[0].pictures == ()
    assert "red mug" in made.house.searched[0].text


async def test_several_photos_are_views_of_one_wish_and_the_answer_says_so(made: Bot) -> None:
    post = await made.slack.post("@bot mugs like these", files=[RED, BLUE])
    (answer,) = await made.slack.answers(post)
    assert len(made.house.searched[0].pictures) == 2
    assert "2 pictures" in json.dumps(answer["blocks"])


async def test_a_link_to_a_picture_is_fetched(made: Bot) -> None:
    app = web.Application()

    async def picture(_: web.Request) -> web.Response:
        return web.Response(body=RED[1])

    app.router.add_get("/red.png", picture)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/red.png"
    post = await made.slack.post(f"@bot a mug like <{url}|this>")
    await made.slack.answers(post)
    await runner.cleanup()
    assert sizes(made.house.searched[0]) == [(64, 48)]
    assert "127.0.0.1" not in made.house.searched[0].text


async def test_a_forwarded_photo_is_searched(made: Bot) -> None:
    photo = await made.slack.post("my shoes", files=[RED], user=BEN)
    shared = [{"is_share": True, "files": made.slack.api.public(photo)["files"]}]
    post = await made.slack.post("@bot like this", attachments=shared)
    await made.slack.answers(post)
    assert sizes(made.house.searched[0]) == [(64, 48)]


async def test_a_bare_mention_is_told_what_can_be_asked(made: Bot) -> None:
    post = await made.slack.post("@bot")
    (answer,) = await made.slack.answers(post)
    assert "/find" in json.dumps(answer["blocks"])
    assert made.house.searched == []


async def test_programs_and_edits_are_never_answered(made: Bot) -> None:
    slack = made.slack
    bots = await slack.post("@bot find this", files=[RED], bot_id="B0OTHERBOT")
    own = await slack.post("@bot find this", files=[RED], user=ME, bot_id=BOT)
    edited = await slack.post("@bot find this", files=[RED], events=())
    await slack.event(
        {"type": "message", "subtype": "message_changed", "channel": GENERAL, "message": edited, "hidden": True}
    )
    await slack.quiet()
    assert made.house.searched == []
    assert [slack.world.thread(GENERAL, each["ts"]) for each in (bots, own, edited)] == [[], [], []]
