"""What is remembered: asks across restarts, events once, and use within its bounds."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from core import images
from core.blobs import BlobStore
from core.bounded_cache import BoundedCache
from core.database import Database
from core.history import Ask, History, Quota
from core.history.ask import answer_from_json, answer_to_json, query_from_json, query_to_json
from core.models import LOCAL, Answer, Fallback, Filters, Hit, Item, Picture, Query, Ranking, Tenant
from core.refine import refine
from core.reranker import Reranker
from core.reranker.budget import Allowance
from core.settings import HistorySettings, ImageSettings
from core.tables import AskRow
from tests.fakes.openai_server import OpenAIServer

FREE = Allowance(0, 0.0, 2.5, 10.0)
OTHER = Tenant("slack", "T1")


def picture(colour: str = "red") -> Picture:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, "PNG")
    return images.decode(file.getvalue(), ImageSettings())


def answer(query: Query) -> Answer:
    hits = tuple(
        Hit(Item(query.tenant, str(number) * 64, title=f"Mug {number}", price=10.0 * number, currency="EUR"), 0.9)
        for number in range(1, 4)
    )
    ranking = Ranking((2, 0, 1), "It is red.", None, 1, True, "gpt-4o", 10, 5)
    itself = (Item(query.tenant, "9" * 64, title="Mug 9", price=19.99, currency="EUR", url="https://shop.example/9"),)
    return Answer(query, hits, ranking, b"jpeg", duplicates=2, more=True, itself=itself)


QUERY = Query(
    LOCAL, (picture(),), "mug like this", Filters(("mug",), 5, 50, ("new",)), ("a",), ("b", "c"), True, 5, "de", True
)


class Home:
    """Where a history lives; opening it again is a restart, or another process."""

    def __init__(self, url: str, pictures: Path) -> None:
        self.pictures = pictures
        self.dialect = url.partition("+")[0].partition(":")[0]
        self.url = url
        self._opened: list[Database] = []

    def open(self) -> History:
        database = Database(self.url)
        database.migrate()
        self._opened.append(database)
        return History(database, BlobStore(self.pictures))

    def close(self) -> None:
        for database in self._opened:
            database.close()


@pytest.fixture
def home(url: str, tmp_path: Path) -> Iterator[Home]:
    made = Home(url, tmp_path / "pictures")
    yield made
    made.close()


@pytest.fixture
def history(home: Home) -> History:
    return home.open()


# Asks


def test_an_ask_survives_a_restart_with_its_pictures(history: History, home: Home) -> None:
    asked = history.record(Ask.of(answer(QUERY), "slack:T1:C1:1.0", user="U1", platform="slack", message="m1"))
    restarted = home.open()
    for found in (history.get(asked.id), restarted.get(asked.id), restarted.last("slack:T1:C1:1.0")):
        assert found is not None
        restored = found.query.pictures[0]
        assert (restored.hash, restored.data) == (QUERY.pictures[0].hash, QUERY.pictures[0].data)
        assert np.array_equal(np.asarray(restored.image), np.asarray(QUERY.pictures[0].image))
        same = replace(found.query, pictures=QUERY.pictures)
        assert same == QUERY
        expected = replace(asked.answer, panorama=b"")
        assert replace(found.answer, query=QUERY) == expected
        assert (found.user, found.platform, found.message, found.created_at) == ("U1", "slack", "m1", asked.created_at)
        assert found.pick == 2
        assert [item.price for item in found.items] == [10.0, 20.0, 30.0]


def test_asks_of_earlier_versions_load(history: History, home: Home) -> None:
    asked = history.record(Ask.of(answer(replace(QUERY, pictures=())), "thread"))
    database = Database(home.url)
    with database.session() as session:
        row = session.get(AskRow, asked.id)
        assert row is not None
        row.query = {name: value for name, value in row.query.items() if name != "continued"}
        row.answer = {name: value for name, value in row.answer.items() if name != "itself"}
    database.close()
    found = home.open().get(asked.id)
    assert found is not None
    assert (found.answer.itself, found.query.continued) == ((), False)
    assert found.answer.hits == asked.answer.hits


def test_a_follow_up_works_on_what_is_restored(history: History, home: Home) -> None:
    history.record(Ask.of(answer(QUERY), "thread"))
    last = home.open().last("thread")
    assert last is not None
    query = refine("like number 2 but cheaper", last.query, last.items, pick=last.pick)
    assert query is not None
    assert query.like == ("a", "2" * 64)
    assert query.filters.max_price == math.nextafter(20.0, -math.inf)
    assert query.pictures == last.query.pictures


def test_a_conversation_has_a_first_and_a_last(history: History) -> None:
    assert history.first("thread") is history.last("thread") is None
    asks = [history.record(Ask.of(answer(replace(QUERY, text=f"wish {n}")), "thread", user="U1")) for n in range(3)]
    history.record(Ask.of(answer(QUERY), "another thread", user="U2"))
    assert getattr(history.first("thread"), "id", None) == asks[0].id
    assert getattr(history.last("thread"), "id", None) == asks[2].id
    assert [ask.id for ask in history.recent(LOCAL, "U1", 2)] == [asks[2].id, asks[1].id]
    assert history.recent(OTHER, "U1") == []
    assert history.asked(LOCAL, "U1", asks[1].created_at) == 2
    assert history.asked(LOCAL, "U1", datetime.now(UTC) + timedelta(seconds=1)) == 0


def test_an_answer_without_hits_or_ranking_model(history: History) -> None:
    nothing = Answer(Query(OTHER, text="a spoon"), (), Ranking((), fallback=Fallback.NO_KEY))
    asked = history.record(Ask.of(nothing, "thread"))
    found = history.get(asked.id)
    assert found is not None
    assert found.answer == nothing
    assert (found.pick, found.items, found.tenant) == (0, (), OTHER)


def test_a_lost_picture_leaves_the_words(history: History, home: Home) -> None:
    asked = history.record(Ask.of(answer(replace(QUERY, pictures=(picture("blue"), picture("green")))), "thread"))
    BlobStore(home.pictures).delete(asked.query.pictures[0].hash)
    found = home.open().get(asked.id)
    assert found is not None
    assert [kept.hash for kept in found.query.pictures] == [asked.query.pictures[1].hash]
    assert found.query.text == "mug like this"


def test_feedback(history: History) -> None:
    asked = history.record(Ask.of(answer(QUERY), "thread"))
    assert history.feedback(asked.id, 1)
    assert getattr(history.get(asked.id), "feedback", None) == 1
    assert history.feedback(asked.id, -1)
    assert getattr(history.get(asked.id), "feedback", None) == -1
    assert not history.feedback("unknown", 1)
    with pytest.raises(ValueError, match="thumb"):
        history.feedback(asked.id, 5)


names = st.text(max_size=12)
prices = st.none() | st.floats(0, 1e6)


@given(names, st.lists(names, max_size=3), prices, prices, st.booleans(), st.integers(1, 25), names)
@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow])
def test_queries_and_answers_come_back_from_json(
    text: str, ids: list[str], low: float | None, high: float | None, itself: bool, limit: int, locale: str
) -> None:
    filters = Filters(tuple(ids), low, high, tuple(reversed(ids)))
    query = Query(OTHER, (), text, filters, tuple(ids), tuple(ids), itself, limit, locale)
    assert query_from_json(query_to_json(query), ()) == query
    given_answer = answer(query)
    assert answer_from_json(answer_to_json(given_answer), query) == replace(given_answer, panorama=b"")


# Purge


def test_what_is_old_goes_with_its_pictures_and_nothing_else(history: History) -> None:
    now = datetime.now(UTC)
    old, young = now - timedelta(days=91), now - timedelta(days=89)
    red, blue = picture("red"), picture("blue")
    gone = history.record(replace(Ask.of(answer(replace(QUERY, pictures=(red, blue))), "t"), created_at=old))
    stays = history.record(replace(Ask.of(answer(replace(QUERY, pictures=(blue,))), "t"), created_at=young))
    history.seen("event")
    history.reserve(LOCAL, 1, 1, FREE)
    forgotten = history.purge(HistorySettings(days=90))
    assert (forgotten.asks, forgotten.pictures) == (1, {red.hash})
    assert history.get(gone.id) is None
    assert history.get(stays.id) is not None
    assert history.seen("event")
    later = now + timedelta(days=1000)
    assert history.purge(HistorySettings(days=0), later).asks == 0
    assert not history.seen("event")
    assert history.used(LOCAL, now.date()) == (0, 0, 0)


# Events


def test_an_event_is_new_once(history: History, home: Home) -> None:
    assert not history.seen("slack:T1:C1:1.0")
    assert history.seen("slack:T1:C1:1.0")
    assert home.open().seen("slack:T1:C1:1.0")
    assert not history.seen("slack:T1:C1:2.0")
    assert not history.seen("x" * 1_000)
    assert history.seen("x" * 1_000)
    assert not history.seen("x" * 999)


def test_of_many_deliveries_at_once_one_is_new(home: Home) -> None:
    histories = [home.open() for _ in range(4)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: histories[number % 4].seen("event"), range(32)))
    assert answers.count(False) == 1


def test_what_was_acknowledged_and_not_answered_is_handed_out_once(history: History, home: Home) -> None:
    long = "y" * 500
    history.seen("first", {"channel": "C1", "ts": "1.0"})
    history.seen("second", {"channel": "C2"})
    history.seen(long, {"channel": "C3"})
    history.answered("second")
    restarted = home.open()
    found = restarted.pending(timedelta())
    assert [(event.key, event.payload) for event in found] == [
        ("first", {"channel": "C1", "ts": "1.0"}),
        (long, {"channel": "C3"}),
    ]
    assert restarted.pending(timedelta()) == []
    assert history.seen("first"), "a redelivery is still known"
    restarted.answered("first")
    assert home.open().pending(timedelta()) == []


def test_nobody_waits_for_an_answer_for_days(history: History) -> None:
    history.seen("old")
    assert history.pending(timedelta(), within=timedelta()) == []


def test_events_in_work_elsewhere_are_left_there(history: History, home: Home) -> None:
    history.seen("now")
    assert history.pending(timedelta(minutes=10)) == []
    alone = home.dialect == "sqlite"
    assert [event.key for event in history.pending()] == (["now"] if alone else []), "others may be at work on it"


# Use


def test_the_budget_keeps_to_calls_and_cost(history: History, home: Home) -> None:
    two = Allowance(2, 0.0, 2.5, 10.0)
    day = history.reserve(LOCAL, 1_000, 500, two)
    assert day is not None
    assert home.open().reserve(LOCAL, 1_000, 500, two) is not None
    assert history.reserve(LOCAL, 1_000, 500, two) is None
    assert history.reserve(OTHER, 1_000, 500, two) is not None
    history.settle(LOCAL, day, -1, -1_000, -440)
    assert history.used(LOCAL, day) == (1, 1_000, 560)
    a_cent = Allowance(0, 0.01, 2.5, 10.0)
    assert a_cent.price(1_000, 560) == pytest.approx(0.0081)
    assert history.reserve(LOCAL, 0, 200, a_cent) is None
    assert history.reserve(LOCAL, 0, 100, a_cent) is not None


def test_many_reservations_at_once_keep_the_bound(home: Home) -> None:
    histories = [home.open() for _ in range(4)]
    five = Allowance(5, 0.0, 2.5, 10.0)
    with ThreadPoolExecutor(16) as pool:
        days = list(pool.map(lambda number: histories[number % 4].reserve(LOCAL, 1, 1, five), range(32)))
    assert sum(day is not None for day in days) == 5


async def test_the_ranking_model_is_paid_from_it(history: History) -> None:
    async with OpenAIServer() as server:
        reranker = Reranker(server.settings(daily_calls=1), history)
        query = Query(LOCAL, text="mug")
        hits = answer(query).hits
        file = io.BytesIO()
        Image.new("RGB", (90, 90)).save(file, "JPEG")
        first = await reranker.rank(query, hits, file.getvalue())
        second = await reranker.rank(query, hits, file.getvalue())
        await reranker.close()
    assert (first.fallback, second.fallback) == (None, Fallback.BUDGET)
    assert history.used(LOCAL, datetime.now(UTC).date()) == (1, 1_300, 60)


def test_quotas_by_person_and_by_tenant(history: History) -> None:
    mine = Quota(timedelta(minutes=1), 2)
    ours = Quota(timedelta(days=1), 3, per_user=False)
    none = Quota(timedelta(days=1), 0)
    rules = (none, mine, ours)
    assert [history.admit(LOCAL, "U1", rules) for _ in range(3)] == [None, None, mine]
    assert [history.admit(LOCAL, "U2", rules) for _ in range(2)] == [None, ours]
    assert history.admit(OTHER, "U1", rules) is None
    assert history.admit(LOCAL, "U1", (Quota(timedelta(microseconds=1), 1),)) is None


def test_a_burst_passes_no_more_than_its_quota(home: Home) -> None:
    histories = [home.open() for _ in range(4)]
    quota = Quota(timedelta(minutes=1), 5)
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda number: histories[number % 4].admit(LOCAL, "U1", (quota,)), range(40)))
    assert results.count(None) == 5


# The cache


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60)), max_size=40))
def test_the_cache_keeps_the_newest_within_its_weight(steps: list[tuple[int, int]]) -> None:
    cache: BoundedCache[int, int] = BoundedCache(100, lambda weight: weight)
    for key, weight in steps:
        cache.put(key, weight)
        assert cache.get(key) == weight
        kept = [value for number in range(6) if (value := cache.get(number)) is not None]
        assert sum(kept) <= 100
        assert len(kept) == len(cache)


def test_the_cache_lets_go_of_what_was_used_longest_ago() -> None:
    cache: BoundedCache[str, bytes] = BoundedCache(10, len)
    cache.put("a", b"1234")
    cache.put("b", b"1234")
    assert cache.get("a") is not None
    cache.put("c", b"1234")
    assert [cache.get(key) is not None for key in "abc"] == [True, False, True]
    cache.put("huge", b"x" * 11)
    assert cache.get("huge") is None
    assert cache.get("a") is not None
    cache.put("a", b"x" * 11)
    assert cache.get("a") is None
