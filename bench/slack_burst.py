"""How does the bot bear a burst? 200 posts in 10 s, against the project's own local Slack, which knows no rate limits.

    python -m bench.slack_burst [--posts 200] [--seconds 10] [--mode socket|http] [--channels 10]

Runs ``python -m bot`` as it is (starter encoder, showroom, no ranking model) in a process of its own, posts alone
first, for comparison, and then the burst. Prints the distribution of the time to acknowledgement, to the first
sign and to the answer, in seconds and as ratios to a post that comes alone, and what was lost or answered twice.
"""

from __future__ import annotations

import asyncio
import json
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.burst import ALONE, APART, PATIENCE, Times, arguments, photos, program, show
from core.models import Tenant
from tests.fakes.slack_api import APP_TOKEN, BOT_TOKEN
from tests.fakes.slack_server import SIGNING_SECRET, SlackServer
from tests.fakes.slack_world import ANN, BEN, GENERAL, ME, TEAM


async def measure(posts: int, seconds: float, mode: str, channels: int) -> None:
    """Run it and print."""
    pictures = photos()  # drawn before anything is measured
    with tempfile.TemporaryDirectory() as folder:
        async with SlackServer() as slack:
            slack.api.processing = 0.5
            names = [GENERAL, *(f"C0BURST{number:03d}" for number in range(1, channels))]
            slack.world.members |= {name: {ANN, BEN, ME} for name in names}
            async with running(slack, Path(folder), mode):
                alone = await burst(slack, ALONE, ALONE * APART, names, pictures)
                crowd = await burst(slack, posts, seconds, names, pictures)
    print(f"{posts} posts in {seconds:g} s, {mode} mode, {channels} channels")
    show(alone, crowd, posts, slack.problems)


@asynccontextmanager
async def running(slack: SlackServer, folder: Path, mode: str) -> AsyncIterator[None]:
    """The program, connected."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "LOOKALIKE_SLACK__MODE": mode,
        "LOOKALIKE_SLACK__PORT": str(port),
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_BASE_URL": f"{slack.api.base}/api/",
    }
    async with program(folder, Tenant("slack", TEAM), settings):
        if mode == "http":
            slack.request_url = f"http://127.0.0.1:{port}/slack/events"
            await slack.until(lambda: listening(port), PATIENCE)
        else:
            await slack.until(lambda: slack.sockets, PATIENCE)
        yield


async def burst(
    slack: SlackServer, posts: int, seconds: float, channels: list[str], pictures: list[tuple[str, bytes]]
) -> Times:
    """Post, wait for all answers, and gather the times."""
    calls, deliveries = len(slack.calls), len(slack.deliveries)

    async def one(number: int) -> tuple[str, str, float]:
        await asyncio.sleep(number * seconds / posts)
        channel, began = channels[number % len(channels)], time.monotonic()
        message = await slack.post("@bot find this", files=[pictures[number % len(pictures)]], channel=channel)
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
    waited = {
        "acknowledgement": [each.seconds or PATIENCE for each in slack.deliveries[deliveries:]],
        "first sign": [at - began[ts] for ts, at in first.items() if ts in began],
        "answer": [at - began[ts] for ts, at in answers.items()],
    }
    failed = sum(":warning:" in json.dumps(reply.get("blocks")) for each in replies for reply in each)
    return Times(waited, sum(len(each) == 1 for each in replies), failed)


def finished(call: dict[str, Any]) -> bool:
    """Whether an edit put the answer there."""
    metadata = call.get("metadata") or {}
    return str(metadata.get("event_type", "")).endswith("_done")


def listening(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--mode", choices=["socket", "http"], default="socket")
    given = parser.parse_args()
    asyncio.run(measure(given.posts, given.seconds, given.mode, given.channels))
