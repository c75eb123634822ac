"""What was acknowledged survives ``kill -9``, whenever it comes; what was not is there in whole or not at all."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.models import LOCAL
from tests.core.shop import Shop, opened, product

ROUNDS = int(os.environ.get("LOOKALIKE_TEST_CRASHES", "4"))
Prices = dict[int, float | None]
"""What the catalogue should hold: product number and price; None: removed."""


def _run_and_kill(folder: Path, seed: int, threads: int) -> tuple[Prices, list[Prices]]:
    """Let the child work and kill it at a random moment: what was acknowledged, and what was begun only."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.core.crash_child", str(folder), str(seed), str(threads)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    lines: list[str] = []
    errors: list[str] = []
    readers = [
        threading.Thread(target=lines.extend, args=(process.stdout,)),
        threading.Thread(target=errors.extend, args=(process.stderr,)),
    ]
    for reader in readers:
        reader.start()
    dice = random.Random(seed)
    if dice.random() < 0.8:
        deadline = time.monotonic() + 60
        while not any(line.startswith("[") for line in lines) and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(dice.uniform(0.0, 2.0))
    else:
        time.sleep(dice.uniform(0.5, 2.5))  # perhaps in the middle of its own recovery
    assert process.poll() is None, "".join(errors)
    process.kill()
    for reader in readers:
        reader.join()
    process.wait()
    assert "Traceback" not in "".join(errors), "".join(errors)
    return _read(lines)


def _read(lines: list[str]) -> tuple[Prices, list[Prices]]:
    done: Prices = {}
    begun: list[Prices] = []
    for line in lines:
        if not (line.startswith("[") and line.endswith("]\n")):
            continue  # a log line, or one that was cut
        what, prices = json.loads(line)
        step = {int(number): price for number, price in prices.items()}
        if what == "begin":
            begun.append(step)
        elif what == "done":
            begun.remove(step)
            done |= step
    return done, begun


def _check(shop: Shop, expected: Prices, perhaps: list[Prices]) -> Prices:
    """Compare all three stores with what was acknowledged; returns what is really there."""
    listed = {item.id: item for item in shop.catalog.list(LOCAL, limit=10_000)}
    numbers = {product(number).id: number for number in set(expected) | {n for step in perhaps for n in step}}
    assert set(listed) <= set(numbers)
    for item_id, number in numbers.items():
        allowed = {expected.get(number)} | {step[number] for step in perhaps if number in step}
        item = listed.get(item_id)
        assert (item.price if item else None) in allowed
        if item is not None:
            assert shop.catalog.picture(item) == product(number).picture.data
            assert shop.nearest(number) == item_id
    assert shop.index.ids(LOCAL.key) == set(listed)
    assert shop.index.count(LOCAL.key) == len(listed)
    return {numbers[item_id]: item.price for item_id, item in listed.items()}


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.timeout(60 * ROUNDS)
def test_what_was_acknowledged_survives_kills(tmp_path: Path, threads: int) -> None:
    expected: Prices = {}
    acknowledged = 0
    for seed in range(ROUNDS):
        done, perhaps = _run_and_kill(tmp_path, seed, threads)
        acknowledged += len(done)
        expected |= done
        with opened(tmp_path) as shop:
            expected = _check(shop, expected, perhaps)
    assert acknowledged > 100
