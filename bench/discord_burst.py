"""How does the bot bear a burst? 200 messages in 10 s, against the project's local Discord, which knows no rate limits.

    python -m bench.discord_burst [--posts 200] [--seconds 10] [--channels 10]

Runs ``python -m bot`` as it is (starter encoder, showroom, no ranking model) in a process of its own, messages alone
first, for comparison, and then the burst. Prints the distribution of the time to the first sign (the thread) and to the
answer, in seconds and as ratios to a message that comes alone; how late heartbeats were, which Discord asked for
every half second; and what was lost or answered twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from core.showroom import products
from tests.fakes.discord_server import DiscordServer
from tests.fakes.discord_world import APP, GENERAL, GUILD, TEXT, TOKEN

ALONE = 5
PATIENCE = 600.0
BEAT = 0.5
QUANTILES = (0.5, 0.95, 1.0)


async def measure(posts: int, seconds: float, channels: int) -> None:
    """Run it and print."""
    photos = [(f"{number}.jpg", sample.jpeg()) for number, sample in zip(range(20), products(), strict=False)]
    with tempfile.TemporaryDirectory() as folder:
        async with DiscordServer() as discord:
            names = [GENERAL, *range(7_001, 7_000 + channels)]
            for name in names[1:]:
                discord.world.add_channel(name, TEXT, name=f"burst{name}", guild_id=str(GUILD))
            bot = await start(discord, Path(folder))
            try:
                alone = await burst(discord, ALONE, ALONE * 3.0, photos, names)
                crowd = await burst(discord, posts, seconds, photos, names)
            finally:
                bot.send_signal(signal.SIGTERM)
                await bot.wait()
    print(f"{posts} messages in {seconds:g} s, {channels} channels")
    heads = "".join(f"{f'p{quantile:.0%}'[:-1]:>10}" for quantile in QUANTILES)
    print(f"{'':16}{'alone':>10}{heads}{'ratio':>10}")
    for name in ("first sign", "answer", "heartbeat late"):
        base, found = quantile_of(alone[name], 0.5), [quantile_of(crowd[name], each) for each in QUANTILES]
        print(f"{name:16}{base:10.3f}" + "".join(f"{each:10.3f}" for each in found) + f"{found[0] / base:10.1f}")
    print(f"answered once: {crowd['once']} of {posts}; failed: {crowd['failed']}; wrong: {discord.problems[:3]}")


async def start(discord: DiscordServer, folder: Path) -> asyncio.subprocess.Process:
    """The program, with a showroom in the server's catalogue."""
    environment = os.environ | {
        "LOOKALIKE_DATA_DIR": str(folder),
        "LOOKALIKE_WEB__ENABLED": "false",
        "LOOKALIKE_WEB__PORT": "0",
        "LOOKALIKE_LIMITS__SEARCHES_PER_MINUTE": "0",
        "LOOKALIKE_LOG__LEVEL": "error",
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_BASE_URL": f"{discord.url}/api/v10",
        "DISCORD_GATEWAY_URL": discord.url.replace("http", "ws"),
    }
    arguments = (sys.executable, "-m", "core", "sample", "--tenant", f"discord:{GUILD}")
    filling = await asyncio.create_subprocess_exec(*arguments, env=environment, stdout=asyncio.subprocess.DEVNULL)
    assert await filling.wait() == 0
    bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", env=environment)
    await discord.until(lambda: discord.sessions, PATIENCE)
    await discord.quiet(1)
    return bot


async def burst(
    discord: DiscordServer, posts: int, seconds: float, photos: list[tuple[str, bytes]], channels: list[int]
) -> dict[str, Any]:
    """Write, wait for all answers, and gather the times."""
    calls, beats = len(discord.calls), len(discord.beats)
    began: dict[int, float] = {}

    async def one(number: int) -> int:
        await asyncio.sleep(number * seconds / posts)
        start, channel = time.monotonic(), channels[number % len(channels)]
        message = await discord.post(f"<@{APP}> find this", channel, [photos[number % len(photos)]])
        began[int(message["id"])] = start
        return int(message["id"])

    posted = await asyncio.gather(*(one(number) for number in range(posts)))
    answers: dict[int, float] = {}

    def done() -> bool:
        for message in posted:
            said = discord.world.said(message)
            if said and [each["type"] for each in said[-1]["components"]] == [17]:
                answers.setdefault(message, time.monotonic())
        return len(answers) == posts

    try:
        await discord.until(done, PATIENCE)
    except AssertionError:
        print(f"{posts - len(answers)} messages were not answered within {PATIENCE:g} s")
    await discord.quiet(2)
    threads = {
        int(match[1]): at
        for at, _, path in discord.calls[calls:]
        if (match := re.search(r"/messages/(\d+)/threads$", path))
    }
    replies = [discord.world.said(message) for message in posted]
    return {
        "first sign": [at - began[message] for message, at in threads.items()],
        "answer": [at - began[message] for message, at in answers.items()],
        "heartbeat late": [abs(after - before - BEAT) for before, after in pairwise(discord.beats[beats:])],
        "once": sum(len(each) == 1 for each in replies),
        "failed": sum("⚠️" in json.dumps(each, ensure_ascii=False) for each in replies),
    }


def quantile_of(values: Iterable[float], share: float) -> float:
    """The value below which ``share`` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--channels", type=int, default=10)
    given = parser.parse_args()
    asyncio.run(measure(given.posts, given.seconds, given.channels))
