"""What was acknowledged survives ``kill -9``, whenever it comes; what was not is there in whole or not at all."""

import hashlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.encoders.base import EncoderIdentity
from core.index import Index, IndexRow
from core.models import LOCAL, Filters
from core.settings import IndexSettings
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
            if any(number in step for step in perhaps):  # the index knows what the database knows
                query = shop.vector(number, f"Product {number}")
                hits = shop.catalog.search(LOCAL, query, 1, Filters((), item.price, item.price))
                assert [hit.item.id for hit in hits] == [item_id]
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


FULL = """
import os, resource, signal, sys
from pathlib import Path
from core.errors import Unavailable
from core.index import Index
from core.settings import IndexSettings
from tests.core.test_crash import FULL_IDENTITY, full_row
from core.models import LOCAL, Filters

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
index = Index(IndexSettings(), folder, FULL_IDENTITY)
index.upsert(LOCAL.key, [full_row(n) for n in range(10)])
(log,) = folder.rglob("wal_data_*.arrow")
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 5000, before[1]))
try:
    index.upsert(LOCAL.key, [full_row(n) for n in range(10, 30)])
except Unavailable:
    print("refused", flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, before)
for n in range(30, 40):
    index.upsert(LOCAL.key, [full_row(n)])
    print(n, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
FULL_IDENTITY = EncoderIdentity("full", "1", 256, "")


def full_row(number: int) -> IndexRow:
    """A row of random numbers."""
    vector = np.random.default_rng(number).standard_normal(256, np.float32)
    return IndexRow(hashlib.sha256(str(number).encode()).hexdigest(), vector)


def test_what_is_written_after_the_disk_was_full_survives_a_kill(tmp_path: Path) -> None:
    """Milvus Lite loses all of it, unless a flush follows the error at once."""
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.stdout.split() == ["refused", *map(str, range(30, 40))], ran.stderr
    with closing(Index(IndexSettings(), tmp_path, FULL_IDENTITY)) as index:
        wanted = {full_row(number).id for number in [*range(10), *range(30, 40)]}
        assert wanted <= index.ids(LOCAL.key)
        for number in [*range(10), *range(30, 40)]:
            assert index.search(LOCAL.key, full_row(number).vector, 1)[0][0] == full_row(number).id
