"""The stream of a session's pages: order, catching up, and when to start afresh."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from bot.web.channel import KEPT, KEPT_BYTES, Channel, Channels, Event


def data(event: Event) -> Any:
    return json.loads(event.wire.partition(b"data: ")[2])


async def take(channel: Channel, since: str, count: int) -> list[dict[str, Any]]:
    events = channel.follow(since)
    found = [data(await asyncio.wait_for(anext(events), 1)) for _ in range(count)]
    await events.aclose()
    return found


async def test_a_page_gets_what_came_since_it_was_rendered_and_then_what_comes() -> None:
    channel = Channel()
    channel.publish({"n": 0})
    since = channel.now
    channel.publish({"n": 1})
    waiting = asyncio.create_task(take(channel, since, 3))
    await asyncio.sleep(0)
    channel.publish({"n": 2})
    channel.publish({"n": 3})
    assert await waiting == [{"n": 1}, {"n": 2}, {"n": 3}]


async def test_two_pages_get_the_same() -> None:
    channel = Channel()
    pages = [asyncio.create_task(take(channel, channel.now, 2)) for _ in range(2)]
    await asyncio.sleep(0)
    channel.publish({"n": 1})
    channel.publish({"n": 2})
    assert await asyncio.gather(*pages) == [[{"n": 1}, {"n": 2}]] * 2


async def test_a_page_from_before_a_restart_or_away_too_long_is_told_to_reload() -> None:
    channel = Channel()
    early = channel.now
    for number in range(KEPT + 1):
        channel.publish({"n": number})
    for since in (early, Channel().now, "", "nonsense", f"{early[:8]}-99999", f"{early[:8]}-²"):
        assert await take(channel, since, 1) == [{"op": "reload"}], since


async def test_what_is_kept_has_a_bound_in_bytes() -> None:
    channel = Channel()
    early = channel.now
    for number in range(12):
        since = channel.now
        channel.publish({"n": number, "html": "x" * (KEPT_BYTES // 10)})
    assert await take(channel, early, 1) == [{"op": "reload"}]
    assert (await take(channel, since, 1))[0]["n"] == 11


async def test_an_event_larger_than_the_bound_has_pages_start_afresh() -> None:
    channel = Channel()
    since = channel.now
    channel.publish({"html": "x" * KEPT_BYTES})
    assert await take(channel, since, 1) == [{"op": "reload"}]


async def test_closing_ends_the_streams_after_what_was_published() -> None:
    channel = Channel()
    since = channel.now
    channel.publish({"n": 1})
    channel.close()
    assert [data(event) async for event in channel.follow(since)] == [{"n": 1}]


async def test_quiet_sessions_are_forgotten_first() -> None:
    channels = Channels(most=3)
    open_page = asyncio.create_task(take(channels.of("a"), channels.of("a").now, 1))
    first = channels.of("a")
    while not first.pages:
        await asyncio.sleep(0)
    second = channels.of("b")
    channels.of("c")
    channels.of("d")
    assert channels.of("a") is first
    assert channels.of("b") is not second
    channels.publish({"n": 1})
    assert await open_page == [{"n": 1}]


def test_events_go_over_the_wire_on_one_line() -> None:
    wire = Event.of("e-1", {"html": "<p>\nzwei\n\nZeilen ü</p>"}).wire.decode()
    assert wire.startswith("id: e-1\ndata: {")
    assert wire.endswith("}\n\n")
    assert wire.count("\n") == 3
