"""One request, start to end, on real stores: answers, silence, repeats, quotas, failures, stopping."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from bot import wording
from bot.attachments import in_memory
from bot.request import (
    AddProducts,
    Addressed,
    Attachment,
    ListProducts,
    MoreLike,
    NextPage,
    RemoveProducts,
    Reword,
    ShowHelp,
    ShowStats,
    Vote,
)
from bot.results import Courtesy, Figures, Found, Help, Imported, Listing, Removed, Voted
from core import itself
from core.errors import Unavailable
from core.models import Skipped, Tenant
from core.settings import LimitSettings
from core.words import Words, locales
from tests.bot.house import House, Replies, house, png
from tests.bot.requests import ask
from tests.core.shop import picture, product
from tests.malformed import encoded


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, search={"limit": 3}, limits=LimitSettings(searches_per_minute=0)) as made:
        made.catalog.put([product(number, price=10.0 + number, category="mug") for number in range(8)])
        yield made


async def found(place: House, *args: str, **values: object) -> Found:
    replies = Replies()
    assert await place.handler.handle(ask(*args, **values), replies) == "sent"
    (result,) = replies.results
    assert isinstance(result, Found)
    return result


async def test_a_photo_and_words_are_one_wish_and_remembered(place: House) -> None:
    result = await found(place, "find a mug like this", message="m1", attachments=(in_memory("a.png", png("red")),))
    (query,) = place.searched
    assert [picture.size for picture in query.pictures] == [(64, 48)]
    assert "mug" in query.text
    remembered = place.history.get(result.ask)
    assert remembered is not None
    assert (remembered.message, remembered.said) == ("m1", "find a mug like this")
    assert len(result.answer.hits) == 3


async def test_a_first_sign_comes_before_anything_else(place: House) -> None:
    replies = Replies()
    await place.handler.handle(ask("mug"), replies)
    assert replies.calls[0] == "begin"
    assert replies.calls[-1] == "send"


async def test_a_message_is_answered_once_however_often_it_comes(place: House) -> None:
    replies = [Replies() for _ in range(5)]
    outcomes = await asyncio.gather(*(place.handler.handle(ask("mug", message="same"), each) for each in replies))
    assert sorted(outcomes) == ["repeated"] * 4 + ["sent"]
    assert sum(len(each.calls) > 0 for each in replies) == 1


async def test_silence_makes_no_call_at_all_and_leaves_the_message_unseen(place: House) -> None:
    replies = Replies()
    chat = ask("lunch?", message="m2", addressed=Addressed.THREAD)
    assert await place.handler.handle(chat, replies) == "silent"
    assert replies.calls == []
    assert not place.history.seen("m2")


async def test_a_follow_up_in_the_bots_own_thread_needs_no_mention(place: House) -> None:
    await found(place, "red mug", message="m1")
    replies = Replies()
    cheaper = ask("cheaper than 14", message="m2", addressed=Addressed.THREAD)
    assert await place.handler.handle(cheaper, replies) == "sent"
    (result,) = replies.results
    assert isinstance(result, Found)
    assert result.answer.hits
    assert all((hit.item.price or 0) <= 14 for hit in result.answer.hits)
    assert await place.handler.handle(ask("thanks!", message="m3", addressed=Addressed.THREAD), Replies()) == "silent"


async def test_a_number_that_was_not_shown_is_explained_even_without_a_mention(place: House) -> None:
    await found(place, "red mug", message="m1")
    replies = Replies()
    assert (
        await place.handler.handle(ask("like number 7", message="m2", addressed=Addressed.THREAD), replies) == "refused"
    )
    assert "7" in replies.failures[0].reason


async def test_buttons_go_on_from_the_answer_that_they_belong_to(place: House) -> None:
    first = await found(place, "mug", message="m1")
    await found(place, "something else entirely", message="m2")
    shown = {hit.item.id for hit in first.answer.hits}
    following = await found(place, message="m3", intent=NextPage(first.ask))
    assert shown.isdisjoint(hit.item.id for hit in following.answer.hits)
    item = first.answer.hits[1].item.id
    alike = await found(place, message="m4", intent=MoreLike(first.ask, item[:12]))
    assert alike.answer.query.like == (item,)
    assert "mug" in alike.answer.query.text
    other = await found(place, "cup", message="m5", intent=Reword(first.ask))
    assert other.answer.query.text == "cup"


async def test_a_foreign_tenants_answer_is_unknown(place: House) -> None:
    first = await found(place, "mug", message="m1")
    replies = Replies()
    spy = ask(message="m2", tenant=Tenant("slack", "T2"), intent=NextPage(first.ask))
    assert await place.handler.handle(spy, replies) == "refused"
    assert "no longer known" in replies.failures[0].reason


async def test_a_vote_is_kept(place: House) -> None:
    first = await found(place, "mug", message="m1")
    replies = Replies()
    await place.handler.handle(ask(message="m2", intent=Vote(first.ask, up=False)), replies)
    assert replies.results == [Voted(first.ask, False)]
    remembered = place.history.get(first.ask)
    assert remembered is not None
    assert remembered.feedback == -1


async def test_a_broken_photo_is_named_and_the_good_one_is_searched(place: House) -> None:
    files = (in_memory("notes.txt", b"hello"), in_memory("mug.png", png("blue")))
    result = await found(place, "mug", attachments=files)
    assert [each.name for each in result.skipped] == ["notes.txt"]
    assert len(place.searched[0].pictures) == 1


async def test_a_broken_photo_alone_is_a_failure_with_its_reason(place: House) -> None:
    replies = Replies()
    assert await place.handler.handle(ask(attachments=(in_memory("a.jpg", b""),)), replies) == "refused"
    assert "empty" in replies.failures[0].reason
    assert not place.searched


async def test_what_goes_on_is_marked_as_that(place: House) -> None:
    red = (in_memory("red.png", png("red")),)
    first = await found(place, "mug", message="m1", attachments=red)
    ask_id = first.ask
    await found(place, "cheaper than 14", message="m2")
    await found(place, message="m3", intent=NextPage(ask_id))
    await found(place, message="m4", intent=MoreLike(ask_id, first.answer.hits[0].item.id))
    await found(place, "cup", message="m5", intent=Reword(ask_id))
    await found(place, "mug", message="m6", attachments=red)
    assert [query.continued for query in place.searched] == [False, True, True, True, True, False]


async def test_a_photo_from_the_catalogue_is_recognised_once(place: House) -> None:
    photo = (in_memory("3.png", picture(3).data),)
    first = await found(place, "", message="m1", attachments=photo)
    assert [item.title for item in itself.told(first.answer)] == ["Product 3"]
    following = await found(place, message="m2", intent=NextPage(first.ask))
    assert "Product 3" not in [hit.item.title for hit in following.answer.hits]
    assert itself.told(following.answer) == ()
    nothing = await found(place, "only mugs between 13 and 13", message="m3")
    assert nothing.answer.hits == ()
    assert [item.title for item in itself.told(nothing.answer)] == ["Product 3"]


@pytest.mark.parametrize("addressed", [Addressed.DIRECT, Addressed.MENTION])
@pytest.mark.parametrize("text", ["thanks", "Danke!", "ok, great", "hello", "👍", "ありがとう"])
async def test_thanks_and_greetings_get_a_friendly_word(place: House, text: str, addressed: Addressed) -> None:
    replies = Replies()
    assert await place.handler.handle(ask(text, addressed=addressed), replies) == "sent"
    assert replies.results == [Courtesy()]
    assert place.searched == []


async def test_a_friendly_word_with_a_photo_is_a_wish(place: House) -> None:
    red = (in_memory("red.png", png("red")),)
    assert (await found(place, "thanks", message="m1", attachments=red)).answer.hits
    assert (await found(place, "hello", message="m2", replied=red, conversation="other")).answer.hits


async def test_nothing_to_search_by_is_explained(place: House) -> None:
    replies = Replies()
    assert await place.handler.handle(ask("find"), replies) == "refused"
    assert "neither a picture nor a word" in replies.failures[0].reason


async def test_the_announced_size_is_not_trusted(tmp_path: Path) -> None:
    served = 0

    async def endless() -> AsyncGenerator[bytes, None]:
        nonlocal served
        while True:
            served += 1
            yield b"x" * 1000

    async with house(tmp_path, images={"max_bytes": 10_000}) as place:
        replies = Replies()
        await place.handler.handle(ask(attachments=(Attachment("a.jpg", endless, size=5),)), replies)
    assert "larger than" in replies.failures[0].reason
    assert served == 11


async def test_an_outage_of_a_download_names_the_file(place: House) -> None:
    async def broken() -> AsyncGenerator[bytes, None]:
        raise Unavailable("The platform does not hand the file out.", "Try again.")
        yield b""

    result = await found(place, "mug", attachments=(Attachment("a.jpg", broken),))
    assert [(each.name, each.reason) for each in result.skipped] == [
        ("a.jpg", "The platform does not hand the file out.")
    ]


@pytest.mark.parametrize("locale", locales())
async def test_a_broken_picture_is_told_in_the_askers_language(place: House, locale: str) -> None:
    words, broken = Words(locale), encoded("JPEG")[:400]
    damaged = words("picture.damaged", file=words("picture.this"), format="JPEG")
    reason = words("skipped.attachment", name="half.jpg", reason=damaged)
    replies = Replies()
    await place.handler.handle(ask(attachments=(in_memory("half.jpg", broken),), locale=locale), replies)
    assert (replies.failures[0].reason, replies.failures[0].advice) == (reason, words("picture.damaged_advice"))
    result = await found(place, "mug", attachments=(in_memory("half.jpg", broken),), locale=locale, message="m2")
    assert wording.notes(result, words)[-1] == f"{reason} {words('picture.damaged_advice')}"
    assert reason.count("half.jpg") == 1


async def test_a_skipped_manifest_is_told_in_the_askers_language(place: House) -> None:
    words, replies = Words("ar"), Replies()
    files = (in_memory("list.csv", b"title\nmug\n"), in_memory("rows.csv", b"image\nno.jpg\n"))
    await place.handler.handle(ask(intent=AddProducts(), manager=True, attachments=files, locale="ar"), replies)
    (result,) = replies.results
    assert isinstance(result, Imported)
    told = {each.name: each for each in (wording.translated(each, words) for each in result.report.skipped)}
    assert told == {
        "list.csv": Skipped(
            "list.csv", words("entry.no_image_column", columns="'title'"), words("entry.image_column_advice")
        ),
        "no.jpg (السطر 2)": Skipped("no.jpg (السطر 2)", words("entry.no_file"), words("entry.no_file_advice")),
    }


async def test_quotas_refuse_and_say_which(tmp_path: Path) -> None:
    async with house(tmp_path, limits=LimitSettings(searches_per_minute=2)) as place:
        replies = [Replies() for _ in range(4)]
        for number, each in enumerate(replies):
            await place.handler.handle(ask("mug", message=f"m{number}"), each)
        assert [bool(each.results) for each in replies] == [True, True, False, False]
        assert "2 times in the last minute" in replies[3].failures[0].reason
        other = Replies()
        await place.handler.handle(ask("mug", message="m9", user="test:bob"), other)
        assert other.results


async def test_progress_that_cannot_be_shown_does_not_stop_the_search(place: House) -> None:
    replies = Replies("begin", "progress")
    assert await place.handler.handle(ask("mug"), replies) == "sent"


async def test_a_reply_that_cannot_be_delivered_ends_as_a_failure_in_its_place(place: House) -> None:
    replies = Replies("send")
    assert await place.handler.handle(ask("mug"), replies) == "lost"
    assert len(replies.failures) == 1
    assert await place.handler.handle(ask("mug", message="m2"), Replies("send", "fail")) == "lost"


async def test_what_was_taken_and_not_answered_is_pending(place: House) -> None:
    await place.handler.handle(ask("mug", message="m1"), Replies())
    hanging = asyncio.Event()

    async def never() -> AsyncGenerator[bytes, None]:
        hanging.set()
        await asyncio.Event().wait()
        yield b""

    waits = ask(message="m2", attachments=(Attachment("a.jpg", never),), context={"channel": "C1"})
    replies = Replies()
    task = place.handler.submit(waits, replies)
    await hanging.wait()
    assert place.handler.cancel() == 1
    await asyncio.wait([task])
    assert task.cancelled()
    assert replies.failures == []
    assert [(each.key, dict(each.payload)) for each in place.history.pending()] == [("m2", {"channel": "C1"})]


async def test_draining_waits_for_its_own_platform_only(place: House) -> None:
    release = asyncio.Event()

    async def slow() -> AsyncGenerator[bytes, None]:
        await release.wait()
        yield png("red")

    replies = Replies()
    place.handler.submit(ask(attachments=(Attachment("a.png", slow),)), replies)
    await asyncio.wait_for(place.handler.drain("another"), 1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(place.handler.drain("test"), 0.05)
    release.set()
    await asyncio.wait_for(place.handler.drain("test"), 10)
    assert replies.results


async def test_only_managers_add_and_remove(place: House) -> None:
    for number, intent in enumerate([AddProducts(), RemoveProducts(("0",))]):
        replies = Replies()
        request = ask(
            message=f"m{number}", intent=intent, managers="@dana", attachments=(in_memory("a.png", png("red")),)
        )
        assert await place.handler.handle(request, replies) == "refused"
        assert "@dana" in replies.failures[0].advice
    assert place.catalog.count(ask().tenant) == 8


async def test_files_become_products_with_a_report_and_details(place: House) -> None:
    replies = Replies()
    files = (in_memory("lime.png", png("lime")), in_memory("notes.txt", b"hello"))
    details = AddProducts(title="Lime mug", price=3.5, currency="EUR", category="mug")
    await place.handler.handle(ask(intent=details, attachments=files, manager=True), replies)
    (result,) = replies.results
    assert isinstance(result, Imported)
    assert (result.report.added, [each.name for each in result.report.skipped]) == (1, ["notes.txt"])
    assert result.catalogue == 9
    (newest,) = place.catalog.list(ask().tenant, 0, 1)
    assert (newest.title, newest.price, newest.category) == ("Lime mug", 3.5, "mug")


async def test_the_other_commands(place: House) -> None:
    replies = Replies()
    for number, intent in enumerate([ListProducts(2, 3), ShowStats(), ShowHelp()]):
        await place.handler.handle(ask(message=f"m{number}", intent=intent), replies)
    listing, figures, help_ = replies.results
    assert isinstance(listing, Listing)
    assert (len(listing.items), listing.more, listing.catalogue) == (3, True, 8)
    assert isinstance(figures, Figures)
    assert figures.stats.categories == {"mug": 8}
    assert help_ == Help(manager=False, categories=("mug",))
    victim = listing.items[0].id
    await place.handler.handle(ask(message="m9", intent=RemoveProducts((victim[:10],)), manager=True), replies)
    removed = replies.results[-1]
    assert isinstance(removed, Removed)
    assert [item.id for item in removed.items] == [victim]
    assert place.catalog.get(ask().tenant, victim) is None


async def test_metrics_count_outcomes(place: House) -> None:
    await place.handler.handle(ask("mug"), Replies())
    await place.handler.handle(ask("find", message="m2"), Replies())
    count = place.metrics.registry.get_sample_value
    assert count("lookalike_requests_total", {"platform": "test", "intent": "Find", "outcome": "sent"}) == 1
    assert count("lookalike_requests_total", {"platform": "test", "intent": "Find", "outcome": "refused"}) == 1
    assert count("lookalike_requests_running") == 0


async def test_an_accepted_message_is_answered_once_and_settled(place: House) -> None:
    assert await place.handler.accept("m1", {"channel": "C1"})
    assert not await place.handler.accept("m1", {"channel": "C1"})
    replies = Replies()
    assert await place.handler.submit(ask("mug", message="m1"), replies, accepted=True) == "sent"
    assert place.history.pending() == []


async def test_an_accepted_message_waits_for_the_next_start(place: House) -> None:
    await place.handler.accept("m1", {"channel": "C1"})
    (event,) = place.history.pending()
    assert (event.key, event.payload) == ("m1", {"channel": "C1"})


async def test_a_reply_searches_with_the_pictures_of_the_post_above(place: House) -> None:
    red = (in_memory("red.png", png("red")),)
    await found(place, "find mugs like this", message="m1", replied=red)
    assert [picture.size for picture in place.searched[0].pictures] == [(64, 48)]


async def test_own_pictures_and_follow_ups_come_before_those_of_the_post_above(place: House) -> None:
    red, blue = (in_memory("red.png", png("red")),), (in_memory("blue.png", png("blue", (32, 32))),)
    await found(place, "mugs like this", message="m1", attachments=blue, replied=red)
    await found(place, "cheaper than 14", message="m2", replied=red)
    for query in place.searched:
        assert [picture.size for picture in query.pictures] == [(32, 32)]


async def test_the_post_above_can_become_a_product(place: House) -> None:
    replies = Replies()
    lime = (in_memory("lime.png", png("lime")),)
    await place.handler.handle(ask("", intent=AddProducts(), replied=lime, manager=True), replies)
    (result,) = replies.results
    assert isinstance(result, Imported)
    assert result.report.added == 1


async def test_a_photo_above_that_cannot_be_used_is_the_reason_where_there_are_no_words(place: House) -> None:
    replies = Replies()
    broken = (in_memory("mug.png", b"no picture"),)
    assert await place.handler.handle(ask("", message="m1", replied=broken), replies) == "refused"
    assert "picture" in replies.failures[0].reason
    assert "neither" not in replies.failures[0].reason
