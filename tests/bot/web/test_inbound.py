"""What the page sends becomes requests."""

from __future__ import annotations

import pytest

from bot.attachments import in_memory
from bot.request import AddProducts, Addressed, Find, ListProducts, MoreLike, NextPage, RemoveProducts, Request, Vote
from bot.web import inbound
from core.errors import UserError
from core.models import LOCAL

ENTRY = "0123456789ab"
PHOTO = (in_memory("mug.jpg", b"bytes"),)


def question(fields: dict[str, str], **values: object) -> Request:
    options: dict[str, object] = {"session": "s1", "entry": ENTRY, "locale": "de", "manager": True, "photos": ()}
    return inbound.question(fields, **(options | values))  # type: ignore[arg-type]


def test_a_new_question_begins_a_thread_of_its_own() -> None:
    request = question({"text": "  a mug  "}, photos=PHOTO)
    assert (request.tenant, request.platform, request.locale) == (LOCAL, "web", "de")
    assert (request.text, request.attachments, request.intent) == ("a mug", PHOTO, Find())
    assert request.conversation == request.message == f"web:s1:{ENTRY}"
    assert request.addressed is Addressed.DIRECT
    assert request.message.startswith(f"{request.platform}:")


def test_a_follow_up_shares_the_threads_conversation_but_not_its_message() -> None:
    request = question({"text": "in blue", "thread": "ffffffffffff"})
    assert inbound.last_part(request.conversation) == "ffffffffffff"
    assert inbound.last_part(request.message) == ENTRY


def test_sessions_do_not_share_threads() -> None:
    mine, theirs = (question({"thread": "ffffffffffff"}, session=name) for name in ("s1", "s2"))
    assert mine.conversation != theirs.conversation
    assert mine.user != theirs.user


@pytest.mark.parametrize("thread", ["../../x", "FFFFFFFFFFFF", "ffff", "web:s2:ffffffffffff"])
def test_a_made_up_thread_is_refused(thread: str) -> None:
    with pytest.raises(UserError):
        question({"text": "mug", "thread": thread})


def test_buttons() -> None:
    assert question({"more": "ab12", "of": "ask1"}).intent == MoreLike("ask1", "ab12")
    assert question({"next": "ask1"}).intent == NextPage("ask1")


def test_commands_in_words() -> None:
    assert question({"text": "list"}).intent == ListProducts()
    assert isinstance(question({"text": "add these to the catalogue"}, photos=PHOTO).intent, AddProducts)
    assert question({"text": "a shopping list notebook"}).intent == Find()


def test_a_long_text_is_cut() -> None:
    assert len(question({"text": "x" * 9000}).text) == inbound.TEXT


def test_votes_and_removals_are_checked_for_their_shape() -> None:
    voted = inbound.vote({"ask": "a", "up": True}, session="s1", entry=ENTRY, locale="de")
    assert voted.intent == Vote("a", up=True)
    removal = inbound.removal({"items": ["aa", "bb"]}, session="s1", entry=ENTRY, locale="de", manager=True)
    assert removal.intent == RemoveProducts(("aa", "bb"))
    for body in (None, [], {"ask": "a"}, {"ask": "a", "up": 1}, {"ask": 3, "up": True}):
        with pytest.raises(UserError):
            inbound.vote(body, session="s1", entry=ENTRY, locale="de")
    for body in (None, {"items": []}, {"items": [3]}, {"items": "aa"}):
        with pytest.raises(UserError):
            inbound.removal(body, session="s1", entry=ENTRY, locale="de", manager=True)


def test_words_in_another_script_are_answered_in_theirs() -> None:
    assert question({"text": "غطاء هاتف أزرق"}).locale == "ar"
    assert question({"text": "青いマグカップ"}).locale == "ja"
    assert question({"text": "ein blauer Becher"}).locale == "de"
