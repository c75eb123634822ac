"""The vector index on Milvus Lite, and on a server where LOOKALIKE_TEST_MILVUS_URI names one."""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.encoders.base import EncoderIdentity
from core.errors import ConfigurationError, Unavailable, UserError
from core.folding import fold
from core.index import Index, IndexRow
from core.index.filters import expression, literal, tag_token
from core.models import LOCAL, Filters, Tenant
from core.settings import IndexSettings
from tests.core import milvus

IDENTITY = EncoderIdentity("test", "1", 24, "none")
OTHER = Tenant("slack", "T1").key
MINE = LOCAL.key

HOSTILE = [
    '"] or tenant != "',
    'x" or priced == true or category == "',
    "it's",
    "back\\slash",
    "trailing\\",
    '\\" or 1 == 1 or category == \\"',
    "%",
    "_",
    "{category}",
    "' or ''='",
    "// comment",
    "#",
    "日本語 カテゴリ",
    "عربى",
    "\N{PILE OF POO}",
    "a,b]",
    "null",
    "true",
    "\N{RIGHT-TO-LEFT OVERRIDE}abc",
    "\N{LINE SEPARATOR}x",
    "a" * 200,
]


def ident(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def vectors(count: int, seed: int = 0) -> NDArray[np.float32]:
    made = np.random.default_rng(seed).normal(size=(count, IDENTITY.dimension)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture(params=["lite", "server"])
def settings(request: pytest.FixtureRequest) -> Iterator[IndexSettings]:
    if request.param == "lite":
        yield IndexSettings(flush_idle=0.2)
        return
    if not milvus.URI:
        pytest.skip(milvus.REASON)
    made = milvus.settings()
    yield made
    milvus.sweep(made)


@pytest.fixture
def index(settings: IndexSettings, tmp_path: Path) -> Iterator[Index]:
    index = Index(settings, tmp_path, IDENTITY)
    yield index
    index.close()


def test_searches_are_exact(index: Index) -> None:
    made, queries = vectors(700), vectors(20, seed=1)
    for start in range(0, 700, 32):
        index.upsert(MINE, [IndexRow(ident(n), made[n]) for n in range(start, min(start + 32, 700))])
    for query in queries:
        scores = made @ query
        order = np.argsort(-scores)[:9]
        found = index.search(MINE, query, 9)
        assert [item for item, _ in found] == [ident(int(n)) for n in order]
        assert np.allclose([score for _, score in found], scores[order], atol=1e-5)


def test_each_own_vector_is_found_also_in_a_narrow_cone(index: Index) -> None:
    """Embeddings of real models point much the same way, where graph indexes lose rows."""
    made = vectors(400) * 0.05 + 1.0
    index.upsert(MINE, [IndexRow(ident(n), made[n]) for n in range(400)])
    index.flush()
    assert [index.search(MINE, made[n], 1)[0][0] for n in range(400)] == [ident(n) for n in range(400)]


def test_a_fresh_row_is_found_by_the_next_search(index: Index) -> None:
    made = vectors(30)
    for number, vector in enumerate(made):
        index.upsert(MINE, [IndexRow(ident(number), vector)])
        assert index.search(MINE, vector, 1)[0][0] == ident(number)
        assert index.count(MINE) == number + 1


def test_an_upsert_replaces_and_a_delete_removes(index: Index) -> None:
    first, second, other = vectors(3)
    index.upsert(MINE, [IndexRow(ident(1), first, "hat", 10.0, ("red",)), IndexRow(ident(2), other)])
    index.upsert(MINE, [IndexRow(ident(1), second, "bag")])
    assert index.count(MINE) == 2
    assert index.search(MINE, second, 1)[0] == (ident(1), pytest.approx(1.0, abs=1e-5))
    assert index.search(MINE, second, 9, Filters(categories=("hat",))) == []
    assert index.search(MINE, second, 9, Filters(min_price=0)) == []
    assert index.search(MINE, second, 9, Filters(tags=("red",))) == []
    assert [item for item, _ in index.search(MINE, second, 9, Filters(categories=("bag",)))] == [ident(1)]
    index.delete(MINE, [ident(1), ident(99)])
    assert index.ids(MINE) == {ident(2)}
    assert [item for item, _ in index.search(MINE, second, 9)] == [ident(2)]


def test_of_equal_ids_in_one_write_the_last_counts(index: Index) -> None:
    first, second = vectors(2)
    index.upsert(MINE, [IndexRow(ident(1), first), IndexRow(ident(1), second)])
    assert index.count(MINE) == 1
    assert np.allclose(index.vectors(MINE, [ident(1)])[ident(1)], second, atol=1e-6)


def test_filters(index: Index) -> None:
    made = vectors(6)
    index.upsert(
        MINE,
        [
            IndexRow(ident(0), made[0], "Hat", 5.0, ("Red", "wool")),
            IndexRow(ident(1), made[1], "HAT", 19.999, ("red",)),
            IndexRow(ident(2), made[2], "bag", 20.0, ("blue", "wool")),
            IndexRow(ident(3), made[3], "bag", None, ("wool",)),
            IndexRow(ident(4), made[4], "", 0.0),
            IndexRow(ident(5), made[5], "Crème  Brûlée", 1e-7, ("red wool",)),
        ],
    )

    def passing(filters: Filters) -> set[int]:
        found = {item for item, _ in index.search(MINE, made[0], 9, filters)}
        return {number for number in range(6) if ident(number) in found}

    assert passing(Filters()) == {0, 1, 2, 3, 4, 5}
    assert passing(Filters(categories=("hAT",))) == {0, 1}
    assert passing(Filters(categories=("bag", "creme", "cre\N{COMBINING GRAVE ACCENT}me BRÛLÉE"))) == {2, 3, 5}
    assert passing(Filters(min_price=5, max_price=20)) == {0, 1, 2}
    assert passing(Filters(max_price=1e16)) == {0, 1, 2, 4, 5}
    assert passing(Filters(max_price=0)) == {4}
    assert passing(Filters(min_price=-1e300)) == {0, 1, 2, 4, 5}
    assert passing(Filters(tags=("RED",))) == {0, 1}
    assert passing(Filters(tags=("red", "wool"))) == {0}
    assert passing(Filters(tags=("wool",), categories=("bag",), max_price=20)) == {2}
    assert passing(Filters(tags=("%",))) == set()


def test_excluded_items_never_come_back_and_are_made_up_for(index: Index) -> None:
    made = vectors(40)
    index.upsert(MINE, [IndexRow(ident(n), made[n]) for n in range(40)])
    ranked = [item for item, _ in index.search(MINE, made[0], 40)]
    assert [item for item, _ in index.search(MINE, made[0], 9, exclude=set(ranked[:20]))] == ranked[20:29]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_names(index: Index, name: str) -> None:
    made = vectors(3)
    index.upsert(MINE, [IndexRow(ident(0), made[0], name, tags=(name,)), IndexRow(ident(1), made[1], "safe", 1.0)])
    index.upsert(OTHER, [IndexRow(ident(2), made[2], name, 1.0, (name,))])
    for filters in (Filters(categories=(name,)), Filters(tags=(name,)), Filters(categories=(name,), tags=(name,))):
        assert [item for item, _ in index.search(MINE, made[0], 9, filters)] == [ident(0)]


@pytest.mark.parametrize("name", ["nul\0", "esc\x1b[0m", "\ud800", "\x7f", "a" * 201])
def test_what_no_filter_can_carry_is_refused(index: Index, name: str) -> None:
    vector = vectors(1)[0]
    for filters in (Filters(categories=(name,)), Filters(tags=(name,))):
        with pytest.raises(UserError) as caught:
            index.search(MINE, vector, 9, filters)
        assert caught.value.advice
    for row in (IndexRow(ident(1), vector, name), IndexRow(ident(1), vector, tags=(name,))):
        with pytest.raises(UserError):
            index.upsert(MINE, [row])


def test_bounds_that_are_no_numbers_are_refused(index: Index) -> None:
    for bound in (float("nan"), float("inf"), float("-inf")):
        with pytest.raises(UserError, match="not a number"):
            index.search(MINE, vectors(1)[0], 9, Filters(max_price=bound))


def test_tenants_share_nothing(index: Index) -> None:
    made = vectors(2)
    index.upsert(MINE, [IndexRow(ident(1), made[0])])
    index.upsert(OTHER, [IndexRow(ident(1), made[1]), IndexRow(ident(2), made[0])])
    assert [item for item, _ in index.search(MINE, made[0], 9)] == [ident(1)]
    assert index.ids(OTHER) == {ident(1), ident(2)}
    assert set(index.vectors(MINE, [ident(1), ident(2)])) == {ident(1)}
    index.delete(MINE, [ident(1), ident(2)])
    assert (index.count(MINE), index.count(OTHER)) == (0, 2)
    index.drop(OTHER)
    assert (index.count(OTHER), index.search(OTHER, made[0], 9)) == (0, [])


@pytest.mark.parametrize("tenant", ["", "../../x", MINE + '" or tenant != "', MINE.upper() + "G", "x" * 16])
def test_only_hashed_tenants_come_near_the_engine(index: Index, tenant: str) -> None:
    for use in (
        lambda: index.search(tenant, vectors(1)[0], 1),
        lambda: index.upsert(tenant, [IndexRow(ident(1), vectors(1)[0])]),
        lambda: index.delete(tenant, [ident(1)]),
        lambda: index.count(tenant),
        lambda: index.drop(tenant),
    ):
        with pytest.raises(ValueError, match="tenant"):
            use()


def test_only_content_hashes_are_ids(index: Index) -> None:
    with pytest.raises(ValueError, match="item's id"):
        index.delete(MINE, [f"{ident(1)}' or '1'=='1"])


@pytest.mark.parametrize(
    "vector",
    [
        np.full(24, np.nan),
        np.full(24, np.inf),
        np.zeros(24),
        np.ones(23),
        np.ones((1, 24)),
        np.ones(0),
        np.full(24, 1e30),
    ],
    ids=["nan", "inf", "zero", "short", "2d", "empty", "overflow"],
)
def test_vectors_without_a_direction_are_refused(index: Index, vector: NDArray[np.float64]) -> None:
    bad = vector.astype(np.float32)
    with pytest.raises(ValueError, match="vector"):
        index.upsert(MINE, [IndexRow(ident(1), vectors(1)[0]), IndexRow(ident(2), bad)])
    with pytest.raises(ValueError, match="vector"):
        index.search(MINE, bad, 9)
    assert index.count(MINE) == 0


def test_nothing_wanted_is_nothing_found(index: Index) -> None:
    index.upsert(MINE, [IndexRow(ident(1), vectors(1)[0])])
    assert index.search(MINE, vectors(1)[0], 0) == []


def test_an_unknown_tenant_has_nothing(index: Index) -> None:
    assert index.search(MINE, vectors(1)[0], 9) == []
    assert (index.count(MINE), index.ids(MINE), index.vectors(MINE, [ident(1)])) == (0, set(), {})
    index.delete(MINE, [ident(1)])


def test_what_was_written_is_there_after_reopening(settings: IndexSettings, tmp_path: Path) -> None:
    made = vectors(100)
    index = Index(settings, tmp_path, IDENTITY)
    index.upsert(MINE, [IndexRow(ident(n), made[n], metadata={"n": n, "ö": None}) for n in range(100)])
    index.close()
    again = Index(settings, tmp_path, IDENTITY)
    assert again.ids(MINE) == {ident(n) for n in range(100)}
    assert again.search(MINE, made[42], 1)[0][0] == ident(42)
    again.close()


def test_encoders_are_kept_apart_and_dropped_one_by_one(settings: IndexSettings, tmp_path: Path) -> None:
    wide = EncoderIdentity("test", "2", 31, "none")
    for identity in (IDENTITY, wide):
        index = Index(settings, tmp_path, identity)
        assert index.count(MINE) == 0
        index.upsert(MINE, [IndexRow(ident(1), np.ones(identity.dimension, np.float32))])
        index.close()
    index = Index(settings, tmp_path, wide)
    index.drop_encoder(IDENTITY.fingerprint)
    assert index.count(MINE) == 1
    index.close()
    index = Index(settings, tmp_path, IDENTITY)
    assert index.count(MINE) == 0
    index.close()


def test_searches_during_writes_and_flushes_miss_nothing(index: Index) -> None:
    """Milvus Lite alone missed acknowledged rows in searches that ran during a flush."""
    made = vectors(1200)
    written = 0
    missed: list[int] = []
    done = threading.Event()

    def search() -> None:
        random = np.random.default_rng(threading.get_ident() % 2**32)
        while not done.is_set():
            if known := written:
                number = int(random.integers(known))
                if index.search(MINE, made[number], 1)[0][0] != ident(number):
                    missed.append(number)

    searchers = [threading.Thread(target=search) for _ in range(3)]
    for searcher in searchers:
        searcher.start()
    for start in range(0, 1200, 40):
        index.upsert(MINE, [IndexRow(ident(n), made[n]) for n in range(start, start + 40)])
        written = start + 40
        if start % 200 == 0:
            index.flush()
    done.set()
    for searcher in searchers:
        searcher.join()
    assert missed == []


class TestLite:
    """What only Milvus Lite does."""

    @pytest.fixture
    def settings(self) -> IndexSettings:
        return IndexSettings(flush_rows=50, flush_idle=0.2)

    @staticmethod
    def _segments(folder: Path) -> int:
        return len(list(folder.rglob("data_*.parquet")))

    def test_rows_are_flushed_by_number_and_by_silence(self, index: Index, tmp_path: Path) -> None:
        made = vectors(95)
        index.upsert(MINE, [IndexRow(ident(n), made[n]) for n in range(49)])
        assert self._segments(tmp_path) == 0
        index.upsert(MINE, [IndexRow(ident(49), made[49])])
        assert self._segments(tmp_path) == 1
        index.upsert(MINE, [IndexRow(ident(n), made[n]) for n in range(50, 95)])
        deadline = time.monotonic() + 20
        while self._segments(tmp_path) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert self._segments(tmp_path) == 2

    def test_a_flush_of_few_rows_writes_nothing_onto_the_terminal(
        self, index: Index, capfd: pytest.CaptureFixture[str]
    ) -> None:
        made = vectors(20)
        with index.bulk():
            index.upsert(MINE, [IndexRow(ident(n), made[n]) for n in range(20)])
        assert index.search(MINE, made[3], 1)[0][0] == ident(3)
        assert capfd.readouterr().err == ""

    def test_a_bulk_load_flushes_once_at_its_end(self, index: Index, tmp_path: Path) -> None:
        made = vectors(300)
        with index.bulk():
            for start in range(0, 300, 30):
                index.upsert(MINE, [IndexRow(ident(n), made[n]) for n in range(start, start + 30)])
            assert self._segments(tmp_path) == 0
        assert self._segments(tmp_path) == 1

    @pytest.mark.parametrize("damage", ["cut", "empty", "garbage", "deleted"])
    def test_broken_index_files_are_made_anew(self, settings: IndexSettings, tmp_path: Path, damage: str) -> None:
        made = vectors(120)
        index = Index(settings, tmp_path, IDENTITY)
        index.upsert(MINE, [IndexRow(ident(n), made[n]) for n in range(120)])
        index.close()
        files = list(tmp_path.rglob("*.idx"))
        assert files
        for file in files:
            whole = file.read_bytes()
            if damage == "deleted":
                file.unlink()
            else:
                file.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "garbage": b"\xff" * 999}[damage])
        index = Index(settings, tmp_path, IDENTITY)
        assert index.count(MINE) == 120
        assert [index.search(MINE, made[n], 1)[0][0] for n in range(0, 120, 10)] == [
            ident(n) for n in range(0, 120, 10)
        ]
        index.close()

    @pytest.mark.parametrize("damage", ["data_*.parquet", "schema.json", "manifest.json*"])
    def test_a_collection_that_cannot_be_opened_is_empty_and_usable(
        self, settings: IndexSettings, tmp_path: Path, damage: str
    ) -> None:
        made = vectors(120)
        index = Index(settings, tmp_path, IDENTITY)
        index.upsert(MINE, [IndexRow(ident(n), made[n]) for n in range(120)])
        index.close()
        files = list(tmp_path.rglob(damage))
        assert files
        for file in files:
            file.write_bytes(b"\xff" * 100)
        index = Index(settings, tmp_path, IDENTITY)
        assert index.count(MINE) == 0
        index.upsert(MINE, [IndexRow(ident(1), made[1])])
        assert index.search(MINE, made[1], 9)[0][0] == ident(1)
        index.close()

    def test_rows_that_are_there_twice_are_found_once_and_mended(self, settings: IndexSettings, tmp_path: Path) -> None:
        """As after a kill in the middle of a flush: a log that is in a segment already, and more rows after it."""
        made = vectors(80)
        index = Index(IndexSettings(flush_rows=1000, flush_idle=1000), tmp_path / "live", IDENTITY)
        index.upsert(MINE, [IndexRow(ident(n), made[n], "hat", 1.0, ("a",)) for n in range(60)])
        (log,) = (tmp_path / "live").rglob("wal_data_*.arrow")
        kept = log.read_bytes()
        index.flush()
        index.upsert(MINE, [IndexRow(ident(n), made[n], "hat", 1.0, ("a",)) for n in range(60, 80)])
        shutil.copytree(tmp_path / "live", tmp_path / "crashed")
        index.close()
        (tmp_path / "crashed" / log.relative_to(tmp_path / "live")).write_bytes(kept)

        index = Index(settings, tmp_path / "crashed", IDENTITY)
        assert index.count(MINE) == 140  # if this fails the engine has learned better, and mend() can go
        found = index.search(MINE, made[0], 30)
        assert len({item for item, _ in found}) == len(found) == 30
        assert index.mend(MINE) == 60
        assert index.count(MINE) == 80
        assert len(index.search(MINE, made[0], 80, Filters(("hat",), 1, 1, ("a",)))) == 80
        assert index.mend(MINE) == 0
        index.close()

    def test_a_collection_left_half_made_is_made_anew(self, settings: IndexSettings, tmp_path: Path) -> None:
        (tmp_path / "index.db" / "collections" / f"items_{IDENTITY.fingerprint}_{MINE}").mkdir(parents=True)
        index = Index(settings, tmp_path, IDENTITY)
        index.upsert(MINE, [IndexRow(ident(1), vectors(1)[0])])
        assert index.count(MINE) == 1
        index.close()

    def test_a_second_opening_of_the_folder_is_refused_in_words(self, index: Index, tmp_path: Path) -> None:
        program = (
            "import sys; from pathlib import Path; from core.index import Index\n"
            "from core.settings import IndexSettings; from core.encoders.base import EncoderIdentity\n"
            "from core.errors import Unavailable\n"
            "try: Index(IndexSettings(), Path(sys.argv[1]), EncoderIdentity('t', '1', 4, ''))\n"
            "except Unavailable as error: print(error)"
        )
        ran = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
        )
        assert "can't be opened" in ran.stdout

    def test_a_file_of_the_old_engine_is_refused_in_words(self, tmp_path: Path) -> None:
        (tmp_path / "old.db").write_bytes(b"SQLite format 3\0")
        with pytest.raises(ConfigurationError, match="Milvus Lite 2"):
            Index(IndexSettings(uri=str(tmp_path / "old.db")), tmp_path, IDENTITY)

    def test_a_path_may_lack_the_suffix(self, tmp_path: Path) -> None:
        index = Index(IndexSettings(uri=str(tmp_path / "deep" / "index.v1")), tmp_path, IDENTITY)
        index.check()
        index.close()
        assert (tmp_path / "deep" / "index.v1.db").is_dir()


class TestServer:
    """What only a server does."""

    @pytest.fixture
    def settings(self) -> Iterator[IndexSettings]:
        if not milvus.URI:
            pytest.skip(milvus.REASON)
        made = milvus.settings().model_copy(update={"exact_rows": 500})
        yield made
        milvus.sweep(made)

    def test_a_tenant_that_grew_large_moves_and_loses_nothing(self, settings: IndexSettings, tmp_path: Path) -> None:
        made = vectors(700)
        index = Index(settings, tmp_path, IDENTITY)
        index.upsert(MINE, [IndexRow(ident(n), made[n], "hat", float(n), ("a",)) for n in range(700)])
        index.upsert(OTHER, [IndexRow(ident(n), made[n]) for n in range(100)])
        for tenant in (MINE, OTHER):
            index.optimise(tenant)
        for again in (False, True):
            if again:
                index.close()
                index = Index(settings, tmp_path, IDENTITY)
            assert (index.count(MINE), index.count(OTHER)) == (700, 100)
            assert sum(index.search(MINE, made[n], 1)[0][0] == ident(n) for n in range(0, 700, 20)) == 35
            assert len(index.search(MINE, made[0], 9, Filters(("hat",), 10, 14, ("a",)))) == 5
            index.upsert(MINE, [IndexRow(ident(900), vectors(1, seed=9)[0])])
            assert index.search(MINE, vectors(1, seed=9)[0], 1)[0][0] == ident(900)
            index.delete(MINE, [ident(900)])
        index.drop(MINE)
        assert (index.count(MINE), index.count(OTHER)) == (0, 100)
        index.close()


def test_a_server_that_is_down_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="can't be reached") as caught:
        Index(IndexSettings(uri="http://127.0.0.1:1", timeout=1), tmp_path, IDENTITY)
    assert "index.uri" in caught.value.advice


def test_an_address_that_milvus_has_not_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"index\.uri"):
        Index(IndexSettings(uri="htp://127.0.0.1:19530"), tmp_path, IDENTITY)


def test_it_works_behind_a_proxy_and_leaves_no_trace_in_logs_and_environment(tmp_path: Path) -> None:
    """pymilvus reads a .env file when it is imported, and logs whole requests when they fail; and gRPC would look
    for the embedded engine behind a proxy."""
    program = (
        "import os, sys; from pathlib import Path; before = dict(os.environ)\n"
        "from core.index import Index, IndexRow; from core.settings import IndexSettings\n"
        "from core.encoders.base import EncoderIdentity; from core.errors import Unavailable\n"
        "import numpy as np\n"
        "index = Index(IndexSettings(), Path(sys.argv[1]), EncoderIdentity('t', '1', 4, ''))\n"
        "index.upsert('0' * 16, [IndexRow('a' * 64, np.ones(4))])\n"
        "index.close()\n"
        "try: index.search('0' * 16, np.ones(4), 1)\n"
        "except Unavailable: print('told')\n"
        "print(dict(os.environ) == before)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=os.environ | {"http_proxy": "http://127.0.0.1:9", "no_proxy": ""},
    )
    assert ran.stdout.split() == ["told", "True"]
    assert "Milvus" not in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    index = Index(IndexSettings(flush_rows=60), tmp_path_factory.mktemp("shared"), IDENTITY)
    index.upsert(OTHER, [IndexRow(ident(1), vectors(1)[0], "mine", 1.0, ("mine",))])
    yield index
    index.close()


@settings_of_hypothesis(max_examples=60, deadline=None)
@given(name=st.text(max_size=40) | st.text(alphabet="\"'\\\\%_[](){}=!&|<>\n\t or and not in like true", max_size=40))
def test_any_name_finds_what_is_called_so_and_nothing_else(shared: Index, name: str) -> None:
    vector = vectors(1)[0]
    both = Filters(categories=(name,), tags=(name,))
    try:
        shared.upsert(MINE, [IndexRow(ident(0), vector, name, tags=(name,)), IndexRow(ident(1), vector, "mine")])
    except UserError:
        with pytest.raises(UserError):
            shared.search(MINE, vector, 9, both)
        return
    expected = {ident(0)} | ({ident(1)} if fold(name) == "mine" else set())
    assert {item for item, _ in shared.search(MINE, vector, 9, Filters(categories=(name,)))} == expected
    if fold(name):
        assert [item for item, _ in shared.search(MINE, vector, 9, both)] == [ident(0)]


def test_expressions_hold_text_only_as_literals() -> None:
    made = expression(Filters(categories=('A "b" \\',), min_price=1, tags=("x",)), lambda tag: f"has({literal(tag)})")
    assert made == 'category in ["a \\"b\\" \\\\"] and priced == true and price >= 1.0 and has("x")'
    assert tag_token("ö").strip("|").isalnum()
    with pytest.raises(UserError, match="at most"):
        expression(Filters(tags=tuple(map(str, range(101)))), tag_token)
