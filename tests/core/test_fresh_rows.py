"""Rows that a Milvus server has acknowledged and may not find yet."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.catalog.items import passes
from core.encoders.base import EncoderIdentity
from core.index import Index, IndexRow, rows
from core.index.filters import admits
from core.index.fresh import SETTLED, FreshRows, Record, View
from core.models import LOCAL, Filters, Item
from core.settings import IndexSettings
from tests.core import milvus

TENANT = LOCAL.key
EVERYTHING = Filters()
SHORT = 0.05


def vector(number: int) -> NDArray[np.float32]:
    made = np.random.default_rng(number).normal(size=8).astype(np.float32)
    return made / np.linalg.norm(made)


def record(number: int, category: str = "mug", price: float | None = 5.0, tags: tuple[str, ...] = ()) -> Record:
    return {
        "key": str(number), "vector": vector(number), "category": category, "price": price or 0.0,
        "priced": price is not None, "tags": list(tags),
    }  # fmt: skip


@pytest.fixture
def fresh() -> FreshRows:
    """One that was opened a while ago."""
    made = FreshRows(SHORT, most=20)
    time.sleep(1.2 * SHORT)
    return made


def test_what_the_server_lacks_is_added_in_its_place(fresh: FreshRows) -> None:
    fresh.wrote(TENANT, {"1": record(1), "2": None, "3": record(3, "hat")})
    view = fresh.view(TENANT)
    assert view.consistency == "Bounded"
    server = [("2", 0.99), ("3", 0.95), ("9", 0.5), ("8", -0.9)]
    found = view.completed(server, vector(1), Filters(("mug",)), 2)
    assert found == [("1", pytest.approx(1.0)), ("9", 0.5)]
    assert fresh.view("0" * 16).rows == {}, "another tenant's rows are not shown"


@given(st.integers(1, 6), st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=9))
def test_the_answer_is_that_of_a_server_that_has_caught_up(limit: int, writes: list[tuple[int, bool]]) -> None:
    old = {str(n): vector(n) for n in range(5)}
    new: dict[str, Record | None] = {str(n): record(n + 10) if stays else None for n, stays in writes}
    view = View("Bounded", new, 0.0)
    query = vector(77)

    def ranked(found: dict[str, NDArray[np.float32]]) -> list[tuple[str, float]]:
        return sorted(((key, float(each @ query)) for key, each in found.items()), key=lambda hit: -hit[1])

    now = {key: each for key, each in old.items() if key not in new}
    now |= {key: row["vector"] for key, row in new.items() if row is not None}
    found = view.completed(ranked(old)[: limit + len(view.rows)], query, EVERYTHING, limit)
    assert [key for key, _ in found] == [key for key, _ in ranked(now)[:limit]]


def test_rows_are_kept_until_a_search_has_seen_them(fresh: FreshRows) -> None:
    fresh.wrote(TENANT, {"1": record(1)})
    view = fresh.view(TENANT)
    fresh.seen(TENANT, view)
    assert fresh.view(TENANT).rows, "a Bounded search proves nothing"
    time.sleep(1.2 * SHORT)
    settled = fresh.view(TENANT)
    assert (settled.consistency, settled.rows) == ("Session", {})
    fresh.wrote(TENANT, {"2": record(2)})
    fresh.seen(TENANT, settled)
    assert set(fresh.view(TENANT).rows) == {"2"}, "what came after the question was not answered by it"


@pytest.mark.parametrize("cause", ["many rows", "a failure", "just opened"])
def test_what_is_not_known_is_waited_for(fresh: FreshRows, cause: str) -> None:
    if cause == "many rows":
        fresh.wrote(TENANT, {str(n): record(n) for n in range(21)})
    elif cause == "a failure":
        fresh.wrote(TENANT, {"1": record(1)})
        fresh.doubt(TENANT)
    else:
        fresh = FreshRows(SHORT)
    view = fresh.view(TENANT)
    assert (view.consistency, view.rows) == ("Strong", {})
    fresh.seen(TENANT, view)
    assert fresh.view(TENANT).consistency == "Strong", "what was asked too early settles nothing"
    time.sleep(1.2 * SHORT)
    fresh.seen(TENANT, fresh.view(TENANT))
    assert fresh.view(TENANT).consistency == "Session"


PRICES = st.none() | st.sampled_from([0.0, 4.99, 5.0, 5.01])
NAMES = st.sampled_from(["Mug", "MUG ", "hat", "Crème", ""])


@given(NAMES, PRICES, st.lists(NAMES, max_size=2), st.lists(NAMES, max_size=2), PRICES, PRICES, st.lists(NAMES))
def test_filters_mean_what_they_mean_elsewhere(
    category: str, price: float | None, tags: list[str], categories: list[str], low: float | None,
    high: float | None, wanted: list[str],
) -> None:  # fmt: skip
    row = rows.record(TENANT, IndexRow("a" * 64, vector(1), category, price, tuple(tags)), 8)
    filters = Filters(tuple(categories), low, high, tuple(filter(str.strip, wanted)))
    item = Item(LOCAL, "a" * 64, price=price, category=category, tags=tuple(filter(str.strip, tags)))
    assert admits(row, filters) == passes(item, filters)


class TestServer:
    """On a server, after the first seconds, in which it is waited for."""

    @pytest.fixture
    def settings(self) -> Iterator[IndexSettings]:
        if not milvus.URI:
            pytest.skip(milvus.REASON)
        made = milvus.settings()
        yield made
        milvus.sweep(made)

    def test_what_was_just_written_is_found_filtered_replaced_and_gone(
        self, settings: IndexSettings, tmp_path: Path
    ) -> None:
        def ident(number: int) -> str:
            return hashlib.sha256(str(number).encode()).hexdigest()

        index = Index(settings, tmp_path, EncoderIdentity("test", "1", 8, "none"))
        index.upsert(TENANT, [IndexRow(ident(n), vector(n), "mug", float(n), ("old",)) for n in range(30)])
        time.sleep(SETTLED + 0.5)
        index.search(TENANT, vector(0), 1)
        took = []
        for n in range(30, 45):
            index.upsert(TENANT, [IndexRow(ident(n), vector(n), "Hat", float(n), ("new",))])
            began = time.perf_counter()
            assert index.search(TENANT, vector(n), 1)[0] == (ident(n), pytest.approx(1.0, abs=1e-5))
            took.append(time.perf_counter() - began)
        assert sorted(took)[7] < 0.1, "it waits for a tick of 0.2 s"
        assert len(index.search(TENANT, vector(0), 99)) == 45
        assert len(index.search(TENANT, vector(0), 99, Filters(("hat",), 32, 40, ("NEW",)))) == 9
        index.upsert(TENANT, [IndexRow(ident(3), vector(99), "hat")])
        assert index.search(TENANT, vector(99), 1)[0][0] == ident(3)
        assert ident(3) not in dict(index.search(TENANT, vector(3), 99, Filters(("mug",))))
        assert np.allclose(index.vectors(TENANT, [ident(3), ident(4)])[ident(3)], vector(99))
        index.delete(TENANT, [ident(4), ident(44)])
        assert not {ident(4), ident(44)} & dict(index.search(TENANT, vector(4), 99)).keys()
        assert index.vectors(TENANT, [ident(4)]) == {}
        index.close()
