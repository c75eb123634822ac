"""Repairing and reindexing while others read and write, and stopping it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.encoders.base import Document, Embeddings
from core.models import LOCAL, Outcome
from tests.core.shop import Shop, opened, picture, product
from tests.fakes.encoder import TinyEncoder


class Meanwhile(TinyEncoder):
    """Does something while it encodes catalogue entries, once: the moment in which the lock must be free."""

    def __init__(self, version: str = "1") -> None:
        super().__init__(version)
        self.work: Callable[[], object] | None = None
        self._beside = ThreadPoolExecutor(1)

    def encode_images(self, batch: Sequence[Document]) -> Embeddings:
        work, self.work = self.work, None
        if work is not None:
            self._beside.submit(work).result(timeout=10)
        return super().encode_images(batch)


def test_others_remove_and_search_while_a_reindex_encodes(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.catalog.put([product(n) for n in range(40)])
    encoder = Meanwhile("2")
    with opened(tmp_path, encoder) as shop:
        encoder.work = lambda: shop.catalog.remove(LOCAL, [product(3).id, product(39).id])
        assert shop.catalog.reindex().encoded == 38
        assert shop.catalog.get(LOCAL, product(3).id) is None
        assert shop.index.ids(LOCAL.key) == {product(n).id for n in range(40) if n not in {3, 39}}
        assert not shop.catalog.repair()


def test_what_is_updated_while_its_vector_is_made_keeps_the_newer_one(tmp_path: Path) -> None:
    encoder = Meanwhile()
    with opened(tmp_path, encoder) as shop:
        shop.catalog.put([product(1), product(2)])
        old = shop.index.vectors(LOCAL.key, [product(1).id])[product(1).id].copy()

        def edit() -> None:
            """Only the price: an edit that needs no encoder, which is busy."""
            assert list(shop.catalog.put([product(1, price=5.0)])) == [Outcome.UPDATED]

        encoder.work = edit
        report = shop.catalog.reindex(force=True)
        assert report.encoded == 1
        found = shop.catalog.get(LOCAL, product(1).id)
        assert found is not None
        assert found.price == 5.0
        assert (shop.index.vectors(LOCAL.key, [product(1).id])[product(1).id] == old).all()
        assert not shop.catalog.repair()


@pytest.mark.parametrize("version", ["1", "2"])
def test_it_stops_after_the_batch_in_hand_and_goes_on_when_run_again(tmp_path: Path, version: str) -> None:
    with opened(tmp_path) as shop:
        shop.catalog.put([product(n) for n in range(100)])
        old = shop.tiny.identity.fingerprint
    cancel = threading.Event()

    def stop(done: int, total: int) -> None:
        assert total == 100
        if done >= 64:
            cancel.set()

    with opened(tmp_path, TinyEncoder(version)) as shop:
        if version == "1":
            shop.index.drop(LOCAL.key)
            report = shop.catalog.repair(stop, cancel)
        else:
            report = shop.catalog.reindex(stop, cancel)
        assert report.stopped is not None
        assert report.stopped.advice
        assert report.encoded == 64
        assert (shop.catalog.mismatch is None) == (version == "1")
        if version == "2":
            assert list(tmp_path.rglob(f"items_{old}*"))
        again = shop.catalog.repair() if version == "1" else shop.catalog.reindex()
        assert (again.encoded, again.stopped) == (36, None)
        assert all(shop.nearest(n) == product(n).id for n in range(0, 100, 9))


def test_a_forced_reindex_that_is_stopped_leaves_the_next_start_nothing_to_do(tmp_path: Path) -> None:
    cancel = threading.Event()
    with opened(tmp_path) as shop:
        shop.catalog.put([product(n) for n in range(70)])
        assert shop.catalog.reindex(lambda done, total: cancel.set(), cancel, force=True).encoded == 32
    with opened(tmp_path) as shop:
        assert not shop.recovered


def test_repairing_over_and_over_takes_nothing_from_those_who_write(tmp_path: Path) -> None:
    """What is being put is in some stores and not yet in others: that is no damage."""
    done = threading.Event()

    def repair(shop: Shop) -> tuple[int, int, int]:
        strays = orphans = rounds = 0
        while not done.is_set() or rounds < 2:
            report = shop.catalog.repair()
            assert not report.lost
            strays, orphans, rounds = strays + report.strays, orphans + report.orphans, rounds + 1
        return strays, orphans, rounds

    with opened(tmp_path) as shop, ThreadPoolExecutor(1) as beside:
        shop.catalog.put([product(0)])
        mending = beside.submit(repair, shop)
        try:
            for n in range(1, 60):
                shop.catalog.put([product(n)])
                assert shop.nearest(n) == product(n).id
                found = shop.catalog.get(LOCAL, product(n).id)
                assert found is not None
                assert shop.catalog.picture(found) == picture(n).data
                if n % 2:
                    shop.catalog.remove(LOCAL, [product(n).id])
                    shop.catalog.put([product(n)])
                    assert shop.catalog.remove(LOCAL, [product(n).id]) == 1
        finally:
            done.set()
        strays, orphans, rounds = mending.result(timeout=60)
        assert (strays, orphans) == (0, 0), rounds
        kept = {product(n).id for n in range(0, 60, 2)}
        assert {each.id for each in shop.catalog.list(LOCAL, limit=100)} == kept
        assert shop.index.ids(LOCAL.key) == kept
        assert set(shop.blobs.hashes()) == kept
        assert not shop.catalog.repair()
