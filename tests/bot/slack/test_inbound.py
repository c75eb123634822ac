"""Recorded payloads become requests; nothing else is read out of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.request import AddProducts, Addressed, Find, ImportProducts, ListProducts, MoreLike, RemoveProducts, ShowHelp
from bot.slack import forms, inbound, payloads, slash
from bot.slack.payloads import Inbound
from core.errors import UserError
from core.words import Words

ME, TEAM, FINDS = "U0LOOKBOT1", "T0WORK0001", "C0FINDS001"
WORDS = Words()


def recorded(name: str) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads((Path(__file__).parent / "recorded" / f"{name}.json").read_text())
    return tree


def post(name: str, *channels: str, **changes: Any) -> Inbound | None:
    return inbound.post({**recorded(name), **changes}, TEAM, ME, channels)


def test_both_events_of_a_post_are_the_same_request() -> None:
    message, mention = post("message_file_share"), post("app_mention")
    assert message == mention
    assert message is not None
    assert message.key == "slack:T0WORK0001:C0FINDS001:1795000101.000200"
    assert message.text == "find a phone case like this & under 20 <3"
    assert (message.addressed, message.intent) == (Addressed.MENTION, Find())
    (file,) = message.files
    assert (file.name, file.size, file.picture) == ("IMG_2041.HEIC", 1893412, True)
    assert file.url == "https://files.slack.com/files-pri/T0WORK0001-F07K2PHOTO1/download/img_2041.heic"


def test_a_direct_message() -> None:
    found = post("message_im")
    assert found is not None
    assert (found.addressed, found.thread, found.post) == (Addressed.DIRECT, "1795000200.000100", "1795000200.000100")


def test_a_reply_without_a_mention_belongs_to_its_thread() -> None:
    found = post("message_thread_reply")
    assert found is not None
    assert (found.addressed, found.conversation) == (Addressed.THREAD, f"slack:{TEAM}:{FINDS}:1795000101.000200")
    assert found.parent == ""


def test_a_link_is_no_text_and_other_peoples_names_are_not_either() -> None:
    found = post("message_mention_reply_link")
    assert found is not None
    assert found.urls == ("https://shop.example/a.jpg?x=1&y=2",)
    assert found.text == "like this one for"
    assert found.parent == "1795000350.000100"


@pytest.mark.parametrize("name", ["message_bot", "message_own", "message_changed"])
def test_what_is_no_new_post_of_a_person_is_ignored(name: str) -> None:
    assert post(name, FINDS) is None


def test_a_file_from_another_workspace_has_to_be_asked_for() -> None:
    found = post("message_slack_connect")
    assert found is not None
    assert found.files[0].unseen


def test_a_forwarded_messages_files_count() -> None:
    found = post("message_shared")
    assert found is not None
    assert [file.id for file in found.files] == ["F07K2PHOTO1"]
    assert isinstance(found.intent, Find)


def test_without_a_mention_only_pictures_in_configured_channels_count() -> None:
    plain = {"text": "nice, isn't it?"}
    assert post("message_file_share", **plain) is None
    found = post("message_file_share", FINDS, **plain)
    assert found is not None
    assert found.addressed is Addressed.CHANNEL
    document = [{**recorded("message_file_share")["files"][0], "name": "a.pdf", "mimetype": "application/pdf"}]
    assert post("message_file_share", FINDS, files=document, **plain) is None


def test_words_that_are_commands() -> None:
    assert post("app_mention", text=f"<@{ME}> add these to the catalogue, please").intent == AddProducts()  # type: ignore[union-attr]
    assert post("message_im", text="help").intent == ShowHelp()  # type: ignore[union-attr]
    assert post("message_im", text="").intent == ShowHelp()  # type: ignore[union-attr]


def test_a_menu_and_a_shortcut() -> None:
    pressed = inbound.press(recorded("block_actions_select"), TEAM)
    assert pressed is not None
    assert pressed.intent == MoreLike("0123456789abcdef", "feedbeef")
    assert (pressed.thread, pressed.post, pressed.visible) == ("1795000101.000200", "", False)
    similar = inbound.shortcut(recorded("message_action"), TEAM)
    assert (similar.thread, similar.user, len(similar.files)) == ("1795000101.000200", "U09FRIEND1", 1)
    assert similar.text == ""
    assert similar.key != pressed.key


def test_a_form() -> None:
    found = forms.submitted(recorded("view_submission"), TEAM, WORDS)
    assert isinstance(found, Inbound)
    assert (found.channel, found.text, len(found.files)) == (FINDS, "a case like this", 1)


@pytest.mark.parametrize("name", ["message_file_share", "message_im", "message_thread_reply", "message_shared"])
def test_what_is_kept_for_a_restart_reads_back_the_same(name: str) -> None:
    found = post(name, FINDS)
    assert found is not None
    assert payloads.load(json.loads(json.dumps(found.dump()))) == found


def test_intents_read_back_as_what_they_were() -> None:
    pressed = inbound.press(recorded("block_actions_select"), TEAM)
    assert pressed is not None
    assert payloads.load(pressed.dump()).intent == pressed.intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("", ShowHelp()),
        ("add", slash.OpenForm()),
        ("import <https://x.example/a.zip>", ImportProducts("https://x.example/a.zip")),
        ("import https://x.example/a.zip", ImportProducts("https://x.example/a.zip")),
        ("remove abc, def", RemoveProducts(("abc", "def"))),
        ("list red mug", ListProducts(text="red mug")),
        ("list mug page 3", ListProducts(offset=40, text="mug")),
    ],
)
def test_the_words_after_catalog(text: str, intent: object) -> None:
    assert slash.catalogue(text, WORDS) == intent


@pytest.mark.parametrize("text", ["import", "remove", "burn everything"])
def test_mistakes_after_catalog_say_what_there_is(text: str) -> None:
    with pytest.raises(UserError) as refusal:
        slash.catalogue(text, WORDS)
    assert refusal.value.advice
