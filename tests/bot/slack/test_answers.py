"""What stands in an answer, its buttons, and follow-ups in the thread."""

from __future__ import annotations

import json
from typing import Any

from bot.slack import render
from tests.bot.house import png
from tests.bot.slack.conftest import WORKSPACE, Bot, sizes
from tests.core.shop import product
from tests.fakes.slack_world import ANN, BEN, GENERAL, ME

RED = ("red.png", png("red"))


async def asked(made: Bot, text: str = "@bot find a mug like this") -> tuple[dict[str, Any], dict[str, Any]]:
    post = await made.slack.post(text, files=[RED])
    (answer,) = await made.slack.answers(post)
    return post, answer


def element(answer: dict[str, Any], action: str) -> dict[str, Any]:
    actions = answer["blocks"][-1]
    assert actions["type"] == "actions"
    return next(each for each in actions["elements"] if each["action_id"] == action)


def texts(tree: Any, kind: str) -> list[str]:
    """All text objects of a kind."""
    if isinstance(tree, list):
        return [text for each in tree for text in texts(each, kind)]
    if not isinstance(tree, dict):
        return []
    own = [str(tree["text"])] if tree.get("type") == kind else []
    return own + texts(list(tree.values()), kind)


async def test_an_answer_has_the_pick_the_panorama_the_ranking_and_buttons(made: Bot) -> None:
    _, answer = await asked(made)
    titles = [option["text"]["text"] for option in element(answer, render.MORE)["options"]]
    assert [title.split(".")[0] for title in titles] == ["1", "2", "3", "4"]
    text = json.dumps(answer["blocks"], ensure_ascii=False)
    assert all(f"*{number}.*" in text for number in range(1, 5))
    assert "My pick: number" in answer["text"]
    assert {each["action_id"] for each in answer["blocks"][-1]["elements"]} == {
        render.MORE,
        render.NEXT,
        render.REFINE,
        render.UP,
        render.DOWN,
    }
    alts = [block["alt_text"] for block in answer["blocks"] if block["type"] == "image"]
    assert len(alts) == 2
    assert all(len(alt) > 5 for alt in alts)
    files = [file for file in made.slack.world.files.values() if file.user == ME]
    assert sorted(file.name for file in files) == ["panorama.jpg", "pick.jpg"]
    assert all(file.alt for file in files)


async def test_one_message_is_edited_and_the_note_is_gone(made: Bot) -> None:
    post, answer = await asked(made)
    assert len(made.slack.world.thread(GENERAL, post["ts"])) == 1
    assert answer["edits"] >= 1
    assert answer["metadata"]["event_type"] != "lookalike_note"


async def test_titles_neither_ping_nor_format(made: Bot) -> None:
    evil = "<!channel> <@U0BEN00001> *bold* _it_ `code` :tada: <https://evil.example|free>"
    made.house.catalog.put(
        [product(n, WORKSPACE, title=evil * 10, url="https://shop.example/1") for n in range(40, 50)]
    )
    _, answer = await asked(made)
    text = json.dumps([answer["text"], answer["blocks"]], ensure_ascii=False)
    for wrong in ("<!channel>", "<@U0BEN00001>", ":tada:"):
        assert wrong not in text
    markup = json.dumps([answer["text"], texts(answer["blocks"], "mrkdwn")], ensure_ascii=False)
    for wrong in ("*bold*", "`code`", "<https://evil"):
        assert wrong not in markup
    assert "<https://shop.example/1|" in text


async def test_more_like_one_of_them(both: Bot) -> None:
    post, answer = await asked(both)
    await both.slack.press(answer, GENERAL, render.MORE, option=2, user=BEN)
    replies = await both.slack.answers(post, count=2)
    chosen = json.loads(element(answer, render.MORE)["options"][2]["value"])["item"]
    assert both.house.searched[-1].like == (chosen,)
    assert f"<@{BEN}>" in json.dumps(replies[-1]["blocks"])


async def test_the_next_page_repeats_nothing(made: Bot) -> None:
    post, answer = await asked(made)
    await made.slack.press(answer, GENERAL, render.NEXT)
    await made.slack.answers(post, count=2)
    first, second = (list(made.house.history.recent(WORKSPACE, f"slack:{WORKSPACE.workspace}:{ANN}"))[::-1])[:2]
    assert {item.id for item in first.items}.isdisjoint({item.id for item in second.items})


async def test_refine_changes_the_words_and_keeps_the_picture(both: Bot) -> None:
    post, answer = await asked(both)
    await both.slack.press(answer, GENERAL, render.REFINE)
    (view,) = await both.slack.until(lambda: list(both.slack.api.views.values()))
    assert "mug" in view["blocks"][0]["element"]["initial_value"]
    await both.slack.submit({"words": "in green"})
    await both.slack.answers(post, count=2)
    assert both.house.searched[-1].text == "in green"
    assert sizes(both.house.searched[-1]) == [(64, 48)]


async def test_thumbs_are_kept_and_thanked_for_privately(made: Bot) -> None:
    post, answer = await asked(made)
    await made.slack.press(answer, GENERAL, render.DOWN)
    await made.slack.until(lambda: made.slack.responses)
    assert made.slack.responses[0]["response_type"] == "ephemeral"
    assert len(made.slack.world.thread(GENERAL, post["ts"])) == 1
    (ask,) = made.house.history.recent(WORKSPACE, f"slack:{WORKSPACE.workspace}:{ANN}")
    assert ask.feedback == -1


async def test_follow_ups_need_no_mention_in_the_bots_own_thread(both: Bot) -> None:
    post, _ = await asked(both)
    await both.slack.post("cheaper than 14", thread=post["ts"], user=BEN)
    await both.slack.answers(post, count=2)
    assert both.house.searched[-1].filters.max_price is not None
    assert sizes(both.house.searched[-1]) == [(64, 48)]


async def test_between_people_the_bot_is_silent(made: Bot) -> None:
    slack = made.slack
    post, _ = await asked(made)
    chat = await slack.post("anyone for lunch?", user=BEN)
    await slack.post("the same in blue", thread=chat["ts"], user=BEN)
    await slack.post("lovely, thank you both", thread=post["ts"], user=BEN)
    await slack.quiet()
    assert len(made.house.searched) == 1
    assert slack.world.thread(GENERAL, chat["ts"])[0]["user"] == BEN
    assert len(slack.world.mine()) == 1


async def test_nothing_found_says_so_and_offers_other_words(made: Bot) -> None:
    post = await made.slack.post("@bot a mug under 1")
    (answer,) = await made.slack.answers(post)
    assert answer["blocks"][-1]["elements"][0]["action_id"] == render.REFINE
