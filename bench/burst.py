"""What the bursts of both chats share: the program in a process of its own, the waiting, the table."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from core.models import Tenant
from core.showroom import products

ALONE = 5
"""Posts that come alone, for comparison, one every :data:`APART` seconds."""
APART = 3.0
PATIENCE = 600.0
QUANTILES = (0.5, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Times:
    """What a burst took, in seconds by what was waited for, and what became of its posts."""

    seconds: Mapping[str, Sequence[float]]
    once: int
    failed: int


def photos() -> list[tuple[str, bytes]]:
    """Pictures to ask with."""
    return [(f"{number}.jpg", sample.jpeg()) for number, sample in zip(range(20), products(), strict=False)]


@asynccontextmanager
async def program(folder: Path, tenant: Tenant, settings: Mapping[str, str]) -> AsyncIterator[None]:
    """``python -m bot`` with a showroom in the tenant's catalogue; stopped with SIGTERM at the end."""
    environment = {
        **os.environ,
        "LOOKALIKE_DATA_DIR": str(folder),
        "LOOKALIKE_WEB__ENABLED": "false",
        "LOOKALIKE_WEB__PORT": "0",
        "LOOKALIKE_LIMITS__SEARCHES_PER_MINUTE": "0",
        "LOOKALIKE_LOG__LEVEL": "error",
        **settings,
    }
    name = f"{tenant.platform}:{tenant.workspace}"
    arguments = (sys.executable, "-m", "core", "sample", "--tenant", name)
    filling = await asyncio.create_subprocess_exec(*arguments, env=environment, stdout=asyncio.subprocess.DEVNULL)
    assert await filling.wait() == 0
    bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", env=environment)
    try:
        yield
    finally:
        bot.send_signal(signal.SIGTERM)
        await bot.wait()


def show(alone: Times, crowd: Times, posts: int, problems: Sequence[str]) -> None:
    """Print the distributions, beside a post that comes alone, and what was lost or answered twice."""
    heads = "".join(f"{f'p{quantile:.0%}'[:-1]:>10}" for quantile in QUANTILES)
    print(f"{'':16}{'alone':>10}{heads}{'ratio':>10}")
    for name, values in crowd.seconds.items():
        base, found = quantile_of(alone.seconds[name], 0.5), [quantile_of(values, each) for each in QUANTILES]
        print(f"{name:16}{base:10.3f}" + "".join(f"{each:10.3f}" for each in found) + f"{found[0] / base:10.1f}")
    print(f"answered once: {crowd.once} of {posts}; failed: {crowd.failed}; wrong: {problems[:3]}")


def arguments(description: str | None) -> argparse.ArgumentParser:
    """What can be chosen on the command line of both."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--channels", type=int, default=10)
    return parser


def quantile_of(values: Iterable[float], share: float) -> float:
    """The value below which ``share`` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")
