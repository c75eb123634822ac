"""How does the bot bear a burst? 200 posts in 10 s, against the project's own local Slack, which knows no rate limits.

    python -m bench.slack_burst [--posts 200] [--seconds 10] [--mode socket|http] [--channels 10]

Runs ``python -m bot`` as it is (starter encoder, showroom, no ranking model) in a process of its own, posts alone
first, for comparison, and then the burst. Prints the distribution of the time to acknowledgement, to the first
sign and to the answer, in seconds and as ratios to a post that comes alone, and what was lost or answered twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core.showroom import products
from tests.fakes.slack_api import APP_TOKEN, BOT_TOKEN
from tests.fakes.slack_server import SIGNING_SECRET, SlackServer
from tests.fakes.slack_world import ANN, BEN, GENERAL, ME, TEAM

ALONE = 5
PATIENCE = 600.0
QUANTILES = (0.5, 0.95, 1.0)


async def measure(posts: int, seconds: float, mode: str, channels: int) -> None:
    """Run it and print."""
    photos = [(f"{number}.jpg", sample.jpeg()) for number, sample in zip(range(20), products(), strict=False)]
    with tempfile.TemporaryDirectory() as folder:
        async with SlackServer() as slack:
            slack.api.processing = 0.5
            names = [GENERAL, *(f"C0BURST{number:03d}" for number in range(1, channels))]
            slack.world.members |= {name: {ANN, BEN, ME} for name in names}
            bot = await start(slack, Path(folder), mode)
            try:
                alone = await burst(slack, ALONE, ALONE * 3.0, photos, names)
                crowd = await burst(slack, posts, seconds, photos, names)
            finally:
                bot.send_signal(signal.SIGTERM)
                await bot.wait()
    print(f"{posts} posts in {seconds:g} s, {mode} mode, {channels} channels")
    print(
        f"{'':16}{'alone':>10}" + "".join(f"{f'p{quantile:.0%}'[:-1]:>10}" for quantile in QUANTILES) + f"{'ratio':>10}"
    )
    for name in ("acknowledgement", "first sign", "answer"):
        base, found = quantile_of(alone[name], 0.5), [quantile_of(crowd[name], each) for each in QUANTILES]
        print(f"{name:16}{base:10.3f}" + "".join(f"{each:10.3f}" for each in found) + f"{found[0] / base:10.1f}")
    print(f"answered once: {crowd['once']} of {posts}; failed: {crowd['failed']}; wrong: {slack.problems[:3]}")


async def start(slack: SlackServer, folder: Path, mode: str) -> asyncio.subprocess.Process:
    """The program, with a showroom in the workspace's catalogue."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "LOOKALIKE_DATA_DIR": str(folder),
        "LOOKALIKE_WEB__ENABLED": "false",
        "LOOKALIKE_WEB__PORT": "0",
        "LOOKALIKE_LIMITS__SEARCHES_PER_MINUTE": "0",
        "LOOKALIKE_LOG__LEVEL": "error",
        "LOOKALIKE_SLACK__MODE": mode,
        "LOOKALIKE_SLACK__PORT": str(port),
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_BASE_URL": f"{slack.api.base}/api/",
    }
    arguments = (sys.executable, "-m", "core", "sample", "--tenant", f"slack:{TEAM}")
    filling = await asyncio.create_subprocess_exec(*arguments, env=environment, stdout=asyncio.subprocess.DEVNULL)
    assert await filling.wait() == 0
    bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", env=environment)
    if mode == "http":
        slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        await slack.until(lambda: listening(port), PATIENCE)
    else:
        await slack.until(lambda: slack.sockets, PATIENCE)
    return bot


async def burst(
    slack: SlackServer, posts: int, seconds: float, photos: list[tuple[str, bytes]], channels: list[str]
) -> dict[str, Any]:
    """Post, wait for all answers, and gather the times."""
    calls, deliveries = len(slack.calls), len(slack.deliveries)

    async def one(number: int) -> tuple[str, str, float]:
        await asyncio.sleep(number * seconds / posts)
        channel, began = channels[number % len(channels)], time.monotonic()
        message = await slack.post("@bot find this", files=[photos[number % len(photos)]], channel=channel)
        return channel, message["ts"], began

    posted = await asyncio.gather(*(one(number) for number in range(posts)))
    began = {ts: start for _, ts, start in posted}
    first: dict[str, float] = {}
    answers: dict[str, float] = {}

    def done() -> bool:
        for at, method, call in slack.calls[calls:]:
            if method == "reactions.add":
                first.setdefault(call["timestamp"], at)
            elif method == "chat.update" and finished(call):
                thread = slack.world.messages[call["channel"]][call["ts"]]["thread_ts"]
                answers.setdefault(thread, at)
        return len(answers) == posts

    try:
        await slack.until(done, PATIENCE)
    except AssertionError:
        print(f"{posts - len(answers)} posts were not answered within {PATIENCE:g} s")
    await slack.quiet(2)
    replies = [slack.world.thread(channel, ts) for channel, ts, _ in posted]
    return {
        "acknowledgement": [each.seconds or PATIENCE for each in slack.deliveries[deliveries:]],
        "first sign": [at - began[ts] for ts, at in first.items() if ts in began],
        "answer": [at - began[ts] for ts, at in answers.items()],
        "once": sum(len(each) == 1 for each in replies),
        "failed": sum(":warning:" in json.dumps(reply.get("blocks")) for each in replies for reply in each),
    }


def finished(call: dict[str, Any]) -> bool:
    """Whether an edit put the answer there."""
    metadata = call.get("metadata") or {}
    return str(metadata.get("event_type", "")).endswith("_done")


def listening(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def quantile_of(values: Iterable[float], share: float) -> float:
    """The value below which ``share`` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--mode", choices=["socket", "http"], default="socket")
    parser.add_argument("--channels", type=int, default=10)
    given = parser.parse_args()
    asyncio.run(measure(given.posts, given.seconds, given.mode, given.channels))
