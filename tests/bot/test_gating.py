"""When the bot answers, and when it stays silent."""

from __future__ import annotations

import pytest

from bot.attachments import in_memory
from bot.gating import Silence, check_manager, silence
from bot.request import AddProducts, Addressed, ListProducts, MoreLike, RemoveProducts
from core.errors import UserError
from tests.bot.requests import ask

PHOTO = (in_memory("mug.jpg", b"bytes"),)


@pytest.mark.parametrize("addressed", list(Addressed))
def test_programs_are_never_answered(addressed: Addressed) -> None:
    request = ask("find this", attachments=PHOTO, addressed=addressed, is_bot=True)
    assert silence(request, ours=True, follow_up=True) is Silence.BOT


@pytest.mark.parametrize("addressed", [Addressed.DIRECT, Addressed.MENTION])
def test_whoever_speaks_to_the_bot_is_answered(addressed: Addressed) -> None:
    assert silence(ask("hm", addressed=addressed), ours=False, follow_up=False) is None


def test_a_configured_channel_is_answered_for_photos_only() -> None:
    assert silence(ask("a mug", attachments=PHOTO, addressed=Addressed.CHANNEL), ours=False, follow_up=False) is None
    chat = ask("who wants coffee?", addressed=Addressed.CHANNEL)
    assert silence(chat, ours=False, follow_up=False) is Silence.NO_PICTURE


def test_between_people_in_a_thread_the_bot_is_silent() -> None:
    request = ask("the same in blue", attachments=PHOTO, addressed=Addressed.THREAD)
    assert silence(request, ours=False, follow_up=True) is Silence.FOREIGN_THREAD


def test_in_its_own_thread_it_follows_up_without_a_mention_but_does_not_join_small_talk() -> None:
    follow_up = ask("the same in blue", addressed=Addressed.THREAD)
    assert silence(follow_up, ours=True, follow_up=True) is None
    thanks = ask("thanks, lovely", addressed=Addressed.THREAD)
    assert silence(thanks, ours=True, follow_up=False) is Silence.SMALL_TALK
    photo = ask("", attachments=PHOTO, addressed=Addressed.THREAD)
    assert silence(photo, ours=True, follow_up=False) is None


def test_buttons_are_answered_wherever_they_are() -> None:
    press = ask(intent=MoreLike("ask", "item"), addressed=Addressed.THREAD)
    assert silence(press, ours=False, follow_up=False) is None


@pytest.mark.parametrize("intent", [AddProducts(), RemoveProducts(("abc",))])
def test_only_managers_change_the_catalogue(intent: AddProducts | RemoveProducts) -> None:
    with pytest.raises(UserError) as refusal:
        check_manager(ask(intent=intent, managers="@dana or @eli"))
    assert "@dana or @eli" in refusal.value.advice
    check_manager(ask(intent=intent, manager=True))


def test_everybody_may_look() -> None:
    check_manager(ask(intent=ListProducts()))
