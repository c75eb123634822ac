"""How does the bot bear a burst? 200 messages in 10 s, against the project's local Discord, which knows no rate limits.

    python -m bench.discord_burst [--posts 200] [--seconds 10] [--channels 10]

Runs ``python -m bot`` as it is (starter encoder, showroom, no ranking model) in a process of its own, messages alone
first, for comparison, and then the burst. Prints the distribution of the time to the first sign (the thread) and to the
answer, in seconds and as ratios to a message that comes alone; how late heartbeats were, which Discord asked for
every half second; and what was lost or answered twice.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

from bench.burst import ALONE, APART, PATIENCE, Times, arguments, photos, program, show
from core.models import Tenant
from tests.fakes.discord_server import DiscordServer
from tests.fakes.discord_world import APP, GENERAL, GUILD, TEXT, TOKEN, Tree

BEAT = 0.5


async def measure(posts: int, seconds: float, channels: int) -> None:
    """Run it and print."""
    pictures = photos()  # drawn before anything is measured
    with tempfile.TemporaryDirectory() as folder:
        async with DiscordServer() as discord:
            names = [GENERAL, *range(7_001, 7_000 + channels)]
            for name in names[1:]:
                discord.world.add_channel(name, TEXT, name=f"burst{name}", guild_id=str(GUILD))
            async with running(discord, Path(folder)):
                alone = await burst(discord, ALONE, ALONE * APART, names, pictures)
                crowd = await burst(discord, posts, seconds, names, pictures)
    print(f"{posts} messages in {seconds:g} s, {channels} channels")
    show(alone, crowd, posts, discord.problems)


@asynccontextmanager
async def running(discord: DiscordServer, folder: Path) -> AsyncIterator[None]:
    """The program, connected."""
    settings = {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_BASE_URL": f"{discord.url}/api/v10",
        "DISCORD_GATEWAY_URL": discord.url.replace("http", "ws"),
    }
    async with program(folder, Tenant("discord", str(GUILD)), settings):
        await discord.until(lambda: discord.sessions, PATIENCE)
        await discord.quiet(1)
        yield


async def burst(
    discord: DiscordServer, posts: int, seconds: float, channels: list[int], pictures: list[tuple[str, bytes]]
) -> Times:
    """Write, wait for all answers, and gather the times."""
    calls, beats = len(discord.calls), len(discord.beats)
    began: dict[int, float] = {}

    async def one(number: int) -> int:
        await asyncio.sleep(number * seconds / posts)
        start, channel = time.monotonic(), channels[number % len(channels)]
        message = await discord.post(f"<@{APP}> find this", channel, [pictures[number % len(pictures)]])
        began[int(message["id"])] = start
        return int(message["id"])

    posted = await asyncio.gather(*(one(number) for number in range(posts)))

    def unanswered() -> int:
        return sum(not answered(discord.world.said(message)) for message in posted)

    try:
        await discord.until(lambda: not unanswered(), PATIENCE)
    except AssertionError:
        print(f"{unanswered()} messages were not answered within {PATIENCE:g} s")
    await discord.quiet(2)
    threads: dict[int, float] = {}
    answers: dict[int, float] = {}
    for at, method, path in discord.calls[calls:]:
        if match := re.search(r"/messages/(\d+)/threads$", path):
            threads[int(match[1])] = at
        elif method == "PATCH" and (match := re.match(r"/channels/(\d+)/messages/", path)):
            answers[int(match[1])] = at  # a thread has its message's id; the last edit is the answer
    replies = [discord.world.said(message) for message in posted]
    waited = {
        "first sign": [at - began[message] for message, at in threads.items()],
        "answer": [at - began[message] for message, at in answers.items()],
        "heartbeat late": [abs(after - before - BEAT) for before, after in pairwise(discord.beats[beats:])],
    }
    failed = sum("⚠️" in json.dumps(each, ensure_ascii=False) for each in replies)
    return Times(waited, sum(len(each) == 1 for each in replies), failed)


def answered(said: list[Tree]) -> bool:
    """Whether the last of the bot's messages is an answer: those stand in a box."""
    return bool(said) and [each["type"] for each in said[-1]["components"]] == [17]


if __name__ == "__main__":
    given = arguments(__doc__).parse_args()
    asyncio.run(measure(given.posts, given.seconds, given.channels))
