"""What test_crash kills: puts, changes and removes products, and tells of each step before and after.

Lines on standard output: ``["begin", {number: price}]``, then the same with ``done``; no price: removed.
"""

from __future__ import annotations

import json
import random
import sys
import threading
from pathlib import Path

from core.models import LOCAL
from core.settings import IndexSettings
from tests.core.shop import Shop, product

NUMBERS = 400
"""Products are drawn from this many, so that many steps change what is there."""


def main(folder: Path, seed: int, threads: int) -> None:
    """Work until killed."""
    shop = Shop(folder, settings=IndexSettings(flush_rows=30, flush_idle=0.05))
    say = threading.Lock()

    def tell(*words: object) -> None:
        with say:
            print(json.dumps(words), flush=True)  # noqa: T201 - this is how the parent learns

    def work(mine: int) -> None:
        dice = random.Random(seed * 100 + mine)
        numbers = [number for number in range(NUMBERS) if number % threads == mine]
        while True:
            some = dice.sample(numbers, dice.randint(1, 40))
            if dice.random() < 0.8:
                prices: dict[int, float | None] = {number: float(dice.randint(0, 10**6)) for number in some}
                tell("begin", prices)
                shop.catalog.put([product(number, price=price) for number, price in prices.items()])
            else:
                prices = dict.fromkeys(some)
                tell("begin", prices)
                shop.catalog.remove(LOCAL, [product(number).id for number in some])
            tell("done", prices)

    tell("ready", {})
    workers = [threading.Thread(target=work, args=(mine,)) for mine in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
