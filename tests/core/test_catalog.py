"""A product's life across the three stores, with each store real."""

import dataclasses
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from core.blobs import PictureLost
from core.database import Database
from core.encoders.base import Document, Embeddings
from core.errors import EncoderMismatch, Unavailable, UserError
from core.index import IndexRow
from core.models import LOCAL, Filters, Outcome, Tenant
from core.tables import AskPictureRow, AskRow
from tests.core import milvus
from tests.core.shop import Shop, opened, picture, product
from tests.fakes.encoder import TinyEncoder

ADDED, UPDATED, UNCHANGED, SKIPPED = Outcome.ADDED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.SKIPPED
POSTGRES = os.environ.get("LOOKALIKE_TEST_POSTGRES_URL", "")
OTHER = Tenant("slack", "T1")


@pytest.fixture(params=["embedded", "servers"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """A shop on SQLite and Milvus Lite, and one on PostgreSQL and a Milvus server."""
    if request.param == "embedded":
        with opened(tmp_path) as shop:
            yield shop
        return
    if not (milvus.URI and POSTGRES):
        pytest.skip("no servers given in LOOKALIKE_TEST_MILVUS_URI and LOOKALIKE_TEST_POSTGRES_URL")
    engine = create_engine(POSTGRES)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    settings = milvus.settings()
    with opened(tmp_path, settings=settings, database=POSTGRES) as shop:
        yield shop
    milvus.sweep(settings)


def _tiny(shop: Shop) -> TinyEncoder:
    assert isinstance(shop.tiny, TinyEncoder)
    return shop.tiny


class TestPut:
    def test_a_new_product_is_in_all_three_stores_and_found(self, shop: Shop) -> None:
        new = product(
            1,
            price=9.5,
            currency="EUR",
            category="Hat",
            url="https://shop.example/1",
            tags=("a", "B"),
            metadata={"k": [1]},
        )
        assert list(shop.catalog.put([new])) == [ADDED]
        found = shop.catalog.get(LOCAL, new.id)
        assert found is not None
        assert (found.title, found.price, found.currency, found.category) == ("Product 1", 9.5, "EUR", "Hat")
        assert (found.url, found.tags, found.metadata) == ("https://shop.example/1", ("a", "B"), {"k": [1]})
        assert (found.media_type, found.size) == ("image/png", (16, 16))
        assert found.added_at is not None
        assert shop.catalog.picture(found) == new.picture.data
        assert shop.nearest(1) == new.id

    def test_putting_again_changes_nothing_and_encodes_nothing(self, shop: Shop) -> None:
        entries = [product(n) for n in range(5)]
        shop.catalog.put(entries)
        before = shop.catalog.get_many(LOCAL, [entry.id for entry in entries])
        assert list(shop.catalog.put([product(n, source="elsewhere") for n in range(5)])) == [UNCHANGED] * 5
        assert shop.catalog.get_many(LOCAL, [entry.id for entry in entries]) == before
        assert _tiny(shop).encoded == 5

    def test_a_new_price_needs_no_encoding_and_a_new_title_does(self, shop: Shop) -> None:
        shop.catalog.put([product(1, price=10.0)])
        first = shop.catalog.get(LOCAL, product(1).id)
        assert list(shop.catalog.put([product(1, price=5.0)])) == [UPDATED]
        assert _tiny(shop).encoded == 1
        assert [hit.item.price for hit in shop.catalog.search(LOCAL, shop.vector(1), 9, Filters(max_price=6))] == [5.0]
        assert list(shop.catalog.put([product(1, title="Something else")])) == [UPDATED]
        assert _tiny(shop).encoded == 2
        again = shop.catalog.get(LOCAL, product(1).id)
        assert first is not None
        assert again is not None
        assert again.added_at == first.added_at
        assert again.updated_at != first.updated_at
        assert shop.catalog.search(LOCAL, shop.vector(1), 9, Filters(max_price=6)) == []

    def test_of_one_picture_in_a_batch_the_last_counts(self, shop: Shop) -> None:
        outcomes = shop.catalog.put([product(1, price=1.0), product(2), product(1, price=1.0), product(1, price=2.0)])
        assert list(outcomes) == [ADDED, ADDED, UNCHANGED, UPDATED]
        found = shop.catalog.get(LOCAL, product(1).id)
        assert found is not None
        assert found.price == 2.0
        assert shop.catalog.count(LOCAL) == 2

    def test_tenants_may_be_mixed_and_share_nothing_but_the_bytes(self, shop: Shop) -> None:
        assert list(shop.catalog.put([product(1), product(1, OTHER, price=3.0), product(2, OTHER)])) == [ADDED] * 3
        assert (shop.catalog.count(LOCAL), shop.catalog.count(OTHER)) == (1, 2)
        assert len(list(shop.blobs.hashes())) == 2
        assert [hit.item.tenant for hit in shop.catalog.search(LOCAL, shop.vector(2), 9)] == [LOCAL]
        assert shop.catalog.get(LOCAL, product(2).id) is None
        assert set(shop.catalog.tenants()) == {LOCAL, OTHER}

    def test_what_the_encoder_can_make_nothing_of_is_skipped_and_its_neighbours_are_not(self, tmp_path: Path) -> None:
        class Broken(TinyEncoder):
            def encode_images(self, batch: Sequence[Document]) -> Embeddings:
                made = super().encode_images(batch)
                for row, document in zip(made, batch, strict=True):
                    if document.title == "nan":
                        row[3] = np.nan
                    if document.title == "zero":
                        row[:] = 0
                return made

        with opened(tmp_path, Broken()) as shop:
            entries = [product(1), product(2, title="nan"), product(3, title="zero"), product(4)]
            assert list(shop.catalog.put(entries)) == [ADDED, SKIPPED, SKIPPED, ADDED]
            assert shop.catalog.count(LOCAL) == 2
            assert len(list(shop.blobs.hashes())) == 2

    def test_nothing_is_nothing(self, shop: Shop) -> None:
        assert list(shop.catalog.put([])) == []

    def test_threads_that_put_the_same_pictures_agree(self, shop: Shop) -> None:
        outcomes: list[Outcome] = []
        errors: list[Exception] = []

        def put(price: float) -> None:
            try:
                for start in range(0, 20, 5):
                    outcomes.extend(shop.catalog.put([product(n, price=price) for n in range(start, start + 5)]))
            except Exception as error:  # noqa: BLE001 - handed to the test's own thread
                errors.append(error)

        threads = [threading.Thread(target=put, args=(float(n),)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert outcomes.count(ADDED) == 20
        assert shop.catalog.count(LOCAL) == shop.index.count(LOCAL.key) == 20
        for number in range(20):
            hit = shop.catalog.search(LOCAL, shop.vector(number, f"Product {number}"), 1)[0]
            assert hit.item.id == product(number).id
            assert [hit.item.id] == [
                each.item.id
                for each in shop.catalog.search(
                    LOCAL, shop.vector(number, f"Product {number}"), 1, Filters((), hit.item.price, hit.item.price)
                )
            ]


class TestNewItem:
    @pytest.mark.parametrize(
        "values",
        [
            {"title": "a\0b"},
            {"title": "x" * 1001},
            {"title": "\ud800"},
            {"category": "\x1b[31mred"},
            {"category": "x" * 201},
            {"tags": ("ok", "a\0")},
            {"tags": tuple(map(str, range(101)))},
            {"price": float("nan")},
            {"price": float("inf")},
            {"price": -1.0},
            {"url": "javascript:alert(1)"},
            {"url": "shop.example/1"},
            {"url": "http://[x"},
            {"metadata": {"k": float("nan")}},
            {"metadata": {"k": object()}},
            {"metadata": {"k": "x" * 40_000}},
            {"metadata": {"k": "\0"}},
            {"metadata": {"k": "\udcff"}},
        ],
    )
    def test_what_a_store_cannot_carry_is_refused_in_words(self, values: dict[str, object]) -> None:
        with pytest.raises(UserError) as caught:
            product(1, **values)
        assert caught.value.reason.startswith("The ")

    def test_text_is_cleaned_and_values_are_kept(self, shop: Shop) -> None:
        new = product(
            1,
            title="  Größer\n als\t \N{PILE OF POO} ",
            category=" A \u00a0 B ",
            tags=(" x ", "", "x"),
            metadata={"t": (1, 2)},
        )
        shop.catalog.put([new])
        found = shop.catalog.get(LOCAL, new.id)
        assert found is not None
        assert (found.title, found.category, found.tags) == ("Größer als \N{PILE OF POO}", "A B", ("x",))
        assert found.metadata == {"t": [1, 2]}
        assert list(shop.catalog.put([new])) == [UNCHANGED]


class TestFind:
    @pytest.fixture(autouse=True)
    def _fill(self, shop: Shop) -> None:
        shop.catalog.put(
            [
                product(0, title="Red hat", category="Hat", price=10.0, tags=("Wool",)),
                product(1, title="Blue HAT", category="hat", price=20.0, tags=("wool", "new")),
                product(2, title="Straße", category="Hat", price=None),
                product(3, title="100% bag_x", category="Bag", price=0.0, tags=("a%b",)),
            ]
        )

    def _listed(self, shop: Shop, text: str = "", **filters: object) -> set[int]:
        found = {each.id for each in shop.catalog.list(LOCAL, 0, 50, Filters(**filters), text)}  # type: ignore[arg-type]
        return {number for number in range(4) if product(number).id in found}

    def test_endless_wishes_of_the_list_are_no_failure(self, shop: Shop) -> None:
        assert self._listed(shop, "hat " * 3000) == {0, 1, 2}
        assert self._listed(shop, " ".join(f"word{n}" for n in range(3000))) == set()
        assert shop.catalog.list(LOCAL, 10**30, 10**30) == []

    def test_listing_and_searching_filter_alike(self, shop: Shop) -> None:
        cases: list[tuple[dict[str, object], set[int]]] = [
            ({}, {0, 1, 2, 3}),
            ({"categories": ("HAT",)}, {0, 1, 2}),
            ({"categories": ("hat", "bag")}, {0, 1, 2, 3}),
            ({"min_price": 10.0}, {0, 1}),
            ({"max_price": 10.0}, {0, 3}),
            ({"tags": ("WOOL",)}, {0, 1}),
            ({"tags": ("wool", "new")}, {1}),
            ({"tags": ("a%b",)}, {3}),
            ({"tags": ("a_b",)}, set()),
            ({"tags": ("woo",)}, set()),
        ]
        for filters, expected in cases:
            assert self._listed(shop, **filters) == expected
            hits = shop.catalog.search(LOCAL, shop.vector(0), 9, Filters(**filters))  # type: ignore[arg-type]
            assert {hit.item.id for hit in hits} == {product(number).id for number in expected}

    def test_listing_by_words(self, shop: Shop) -> None:
        assert self._listed(shop, "hat") == {0, 1, 2}
        assert self._listed(shop, "HAT blue") == {1}
        assert self._listed(shop, "STRASSE") == {2}
        assert self._listed(shop, "%") == {3}
        assert self._listed(shop, "g_x") == {3}
        assert self._listed(shop, "ed%at") == set()

    def test_pages_are_complete_and_newest_first(self, shop: Shop) -> None:
        shop.catalog.put([product(9)])
        pages = [shop.catalog.list(LOCAL, offset, 2) for offset in (0, 2, 4, 6)]
        assert [len(page) for page in pages] == [2, 2, 1, 0]
        assert pages[0][0].id == product(9).id
        assert len({each.id for page in pages for each in page}) == 5

    def test_an_item_by_the_beginning_of_its_id(self, shop: Shop) -> None:
        wanted = product(0).id
        assert shop.catalog.find_id(LOCAL, f" {wanted[:12].upper()} ") == wanted
        for prefix in ("", "zz", "0" * 64, "%", wanted + "0"):
            with pytest.raises(UserError, match="No item"):
                shop.catalog.find_id(LOCAL, prefix)
        with pytest.raises(UserError, match="No item"):
            shop.catalog.find_id(OTHER, wanted)
        shop.catalog.put([product(n) for n in range(100, 117)])  # more ids than hex digits: two must begin alike
        ids = [each.id for each in shop.catalog.list(LOCAL, limit=50)]
        shared = next(each[0] for each in ids if sum(other[0] == each[0] for other in ids) > 1)
        with pytest.raises(UserError, match="More than one"):
            shop.catalog.find_id(LOCAL, shared)

    def test_figures(self, shop: Shop) -> None:
        stats = shop.catalog.stats(LOCAL)
        assert stats.items == 4
        assert stats.categories == {"Hat": 3, "Bag": 1}
        assert stats.prices == (0.0, 20.0)
        assert stats.encoder == str(shop.tiny.identity)
        assert stats.disk_bytes == sum(len(picture(n).data) for n in range(4))
        assert list(shop.catalog.categories(LOCAL)) == ["Hat", "Bag"]
        assert shop.catalog.stats(OTHER) == dataclasses.replace(
            stats, items=0, categories={}, prices=None, disk_bytes=0
        )

    def test_shown_items_never_come_back(self, shop: Shop) -> None:
        first = [hit.item.id for hit in shop.catalog.search(LOCAL, shop.vector(0), 2)]
        second = [hit.item.id for hit in shop.catalog.search(LOCAL, shop.vector(0), 9, exclude=first)]
        assert len(second) == 2
        assert not set(first) & set(second)

    def test_vectors_of_items(self, shop: Shop) -> None:
        found = shop.catalog.vectors(LOCAL, [product(0).id, product(7).id])
        assert set(found) == {product(0).id}
        assert np.linalg.norm(found[product(0).id]) == pytest.approx(1.0, abs=1e-5)

    def test_what_the_index_says_wrongly_is_left_out_and_made_up_for(self, shop: Shop) -> None:
        """An index that fell behind: it names items that were removed, and others under old prices."""
        vectors = shop.index.vectors(LOCAL.key, [product(n).id for n in range(4)])
        shop.catalog.remove(LOCAL, [product(0).id])
        shop.index.upsert(LOCAL.key, [IndexRow(product(0).id, vectors[product(0).id], "Hat", 10.0)])
        shop.index.upsert(LOCAL.key, [IndexRow(product(1).id, vectors[product(1).id], "Bag", 1.0)])
        assert len(shop.catalog.search(LOCAL, shop.vector(0), 3)) == 3
        hits = shop.catalog.search(LOCAL, shop.vector(0), 3, Filters(categories=("bag",)))
        assert [hit.item.id for hit in hits] == [product(3).id]


class TestRemove:
    def test_it_leaves_all_three_stores(self, shop: Shop) -> None:
        shop.catalog.put([product(1), product(2)])
        assert shop.catalog.remove(LOCAL, [product(1).id, product(3).id]) == 1
        assert shop.catalog.get(LOCAL, product(1).id) is None
        assert list(shop.blobs.hashes()) == [product(2).id]
        assert shop.index.ids(LOCAL.key) == {product(2).id}
        assert shop.catalog.remove(LOCAL, [product(1).id]) == 0
        assert list(shop.catalog.put([product(1)])) == [ADDED]
        assert shop.nearest(1) == product(1).id

    def test_a_picture_that_is_still_needed_stays(self, shop: Shop) -> None:
        shop.catalog.put([product(1), product(1, OTHER), product(2)])
        with shop.database.session() as session:
            ask = AskRow(
                id="a", tenant=LOCAL.key, platform="", conversation="", message="", user="", query={}, answer={},
                created_at=shop.catalog.list(LOCAL)[0].added_at,
            )  # fmt: skip
            session.add(ask)
            session.flush()
            session.add(AskPictureRow(ask="a", hash=product(2).id))
        assert shop.catalog.remove(LOCAL, [product(1).id, product(2).id]) == 2
        assert set(shop.blobs.hashes()) == {product(1).id, product(2).id}
        assert shop.catalog.remove(OTHER, [product(1).id]) == 1
        assert set(shop.blobs.hashes()) == {product(2).id}

    def test_nobody_removes_another_tenants_items(self, shop: Shop) -> None:
        shop.catalog.put([product(1, OTHER)])
        assert shop.catalog.remove(LOCAL, [product(1).id]) == 0
        assert shop.nearest(1, OTHER) == product(1).id


class TestRepair:
    def test_a_deleted_index_is_rebuilt_at_the_next_start(self, tmp_path: Path) -> None:
        with opened(tmp_path) as shop:
            shop.catalog.put([product(n, price=float(n)) for n in range(70)])
        shutil.rmtree(tmp_path / "index.db")
        with opened(tmp_path) as shop:
            assert shop.recovered is not None
            assert shop.recovered.encoded == 70
            assert all(shop.nearest(n) == product(n).id for n in range(70))
            assert len(shop.catalog.search(LOCAL, shop.vector(1), 9, Filters(max_price=3.0))) == 4

    @pytest.mark.parametrize("damage", ["data_*.parquet", "schema.json", "manifest.json*", "*.idx"])
    def test_a_damaged_index_is_rebuilt_at_the_next_start(self, tmp_path: Path, damage: str) -> None:
        with opened(tmp_path) as shop:
            shop.catalog.put([product(n) for n in range(70)])
        files = list((tmp_path / "index.db").rglob(damage))
        assert files
        for file in files:
            file.write_bytes(b"\xff" * 100)
        with opened(tmp_path) as shop:
            assert shop.recovered is not None
            assert shop.recovered.encoded == (0 if damage == "*.idx" else 70)
            assert all(shop.nearest(n) == product(n).id for n in range(70))

    def test_a_flipped_bit_in_the_engines_log_loses_nothing(self, tmp_path: Path) -> None:
        """It makes Milvus Lite drop the rest of its log without a word."""
        with opened(tmp_path / "live") as shop:
            for n in range(30):
                shop.catalog.put([product(n)])
            shutil.copytree(tmp_path / "live", tmp_path / "crashed")  # what a crash would leave: nothing flushed
        (log,) = (tmp_path / "crashed").rglob("wal_data_*.arrow")
        whole = bytearray(log.read_bytes())
        whole[len(whole) // 2] ^= 0x40
        log.write_bytes(whole)
        with opened(tmp_path / "crashed") as shop:
            assert all(shop.nearest(n) == product(n).id for n in range(30))
            assert shop.index.count(LOCAL.key) == 30

    def test_an_update_that_a_stopped_machine_lost_is_made_again(self, tmp_path: Path) -> None:
        """The database was synced and the index was not: equal numbers, and an older row."""
        with opened(tmp_path) as shop:
            shop.catalog.put([product(n, price=1.0) for n in range(5)])
            old = shop.index.vectors(LOCAL.key, [product(1).id])[product(1).id]
            shop.catalog.put([product(1, title="Something else", price=9.0)])
            shop.index.upsert(LOCAL.key, [IndexRow(product(1).id, old, "", 1.0)])
            assert shop.catalog.search(LOCAL, shop.vector(1), 9, Filters(min_price=5)) == []
            assert shop.catalog.recover(machine_stopped=True).encoded == 5
            hits = shop.catalog.search(LOCAL, shop.vector(1, "Something else"), 9, Filters(min_price=5))
            assert [(hit.item.id, hit.item.price) for hit in hits] == [(product(1).id, 9.0)]
            assert not shop.catalog.recover()

    def test_a_second_start_has_nothing_to_do(self, tmp_path: Path) -> None:
        for _ in range(2):
            with opened(tmp_path) as shop:
                shop.catalog.put([product(n) for n in range(70)])
        with opened(tmp_path) as shop:
            assert not shop.recovered
            assert _tiny(shop).encoded == 0

    def test_vectors_without_items_and_items_without_vectors(self, shop: Shop) -> None:
        shop.catalog.put([product(n) for n in range(6)])
        shop.index.delete(LOCAL.key, [product(1).id])
        shop.index.upsert(LOCAL.key, [IndexRow("f" * 64, shop.vector(1))])
        report = shop.catalog.repair()
        assert (report.encoded, report.strays) == (1, 1)
        assert shop.index.ids(LOCAL.key) == {product(n).id for n in range(6)}
        assert not shop.catalog.repair()

    def test_pictures_without_items_are_deleted(self, shop: Shop) -> None:
        shop.catalog.put([product(1)])
        shop.blobs.put(product(3).id, picture(3).data)
        assert shop.catalog.repair().orphans == 1
        assert list(shop.blobs.hashes()) == [product(1).id]

    @pytest.mark.parametrize("damage", ["missing", "cut", "flipped"])
    def test_items_without_a_sound_picture_are_named_and_hidden_until_they_are_added_again(
        self, tmp_path: Path, damage: str
    ) -> None:
        with opened(tmp_path) as shop:
            shop.catalog.put([product(1), product(2)])
            file = next((tmp_path / "pictures").rglob(product(2).id))
            data = file.read_bytes()
            if damage == "missing":
                file.unlink()
            else:
                file.write_bytes(data[:-9] if damage == "cut" else data[:-1] + bytes([data[-1] ^ 1]))
            found = shop.catalog.get(LOCAL, product(2).id)
            assert found is not None
            with pytest.raises(PictureLost):
                shop.catalog.picture(found)
            assert shop.catalog.repair().lost == (product(2).id,)
            assert [each.id for each in shop.catalog.list(LOCAL)] == [product(1).id]
            assert shop.index.count(LOCAL.key) == 1
        with opened(tmp_path) as shop:
            assert shop.recovered is not None
            assert shop.recovered.lost == (product(2).id,)
            assert list(shop.catalog.put([product(2)])) == [ADDED]
            assert shop.nearest(2) == product(2).id
            assert not shop.catalog.repair()

    def test_pictures_that_were_put_back_bring_their_items_back(self, tmp_path: Path) -> None:
        with opened(tmp_path) as shop:
            shop.catalog.put([product(1, price=3.0), product(2)])
            shop.blobs.delete(product(1).id)
            assert shop.catalog.repair().lost == (product(1).id,)
            shop.blobs.put(product(1).id, picture(1).data)
        with opened(tmp_path) as shop:
            assert shop.nearest(1) == product(1).id
            assert shop.catalog.list(LOCAL, filters=Filters(min_price=3.0))[0].id == product(1).id

    def test_a_picture_store_without_any_picture_is_taken_for_the_wrong_one(self, tmp_path: Path) -> None:
        with opened(tmp_path) as shop:
            shop.catalog.put([product(1), product(2)])
        (tmp_path / "pictures").rename(tmp_path / "elsewhere")
        with opened(tmp_path) as shop:
            for mend in (shop.catalog.repair, lambda: shop.catalog.reindex(force=True)):
                with pytest.raises(Unavailable, match="none of the catalogue's pictures") as caught:
                    mend()
                assert "blobs.url" in caught.value.advice
            assert shop.catalog.count(LOCAL) == 2

    def test_reindexing_survives_what_the_encoder_can_make_nothing_of(self, tmp_path: Path) -> None:
        class Broken(TinyEncoder):
            def encode_images(self, batch: Sequence[Document]) -> Embeddings:
                made = super().encode_images(batch)
                for row, document in zip(made, batch, strict=True):
                    if document.title == "Product 2":
                        row[3] = np.nan
                return made

        with opened(tmp_path) as shop:
            shop.catalog.put([product(n) for n in range(5)])
        with opened(tmp_path, Broken("2")) as shop:
            report = shop.catalog.reindex()
            assert (report.encoded, report.lost) == (4, (product(2).id,))
            assert shop.nearest(3) == product(3).id


class TestOtherEncoder:
    def test_it_never_searches_and_says_how_to_go_on(self, tmp_path: Path) -> None:
        with opened(tmp_path) as shop:
            shop.catalog.put([product(n) for n in range(3)])
        with opened(tmp_path, TinyEncoder("2")) as shop:
            for use in (
                lambda: shop.catalog.search(LOCAL, shop.vector(1), 9),
                lambda: shop.catalog.put([product(9)]),
                lambda: shop.catalog.vectors(LOCAL, [product(1).id]),
                shop.catalog.repair,
            ):
                with pytest.raises(EncoderMismatch, match="tiny 1") as caught:
                    use()
                assert "python -m core reindex" in caught.value.advice
            assert len(shop.catalog.list(LOCAL)) == 3
            assert shop.catalog.stats(LOCAL).encoder.startswith("tiny 1")
            shop.catalog.remove(LOCAL, [product(0).id])
        with opened(tmp_path) as shop:
            assert shop.nearest(1) == product(1).id
            assert shop.index.count(LOCAL.key) == 2

    def test_reindexing_makes_it_searchable_and_drops_the_old_vectors(self, tmp_path: Path) -> None:
        with opened(tmp_path) as shop:
            shop.catalog.put([product(n) for n in range(3)] + [product(5, OTHER)])
            old = shop.tiny.identity.fingerprint
        seen: list[tuple[int, int]] = []
        with opened(tmp_path, TinyEncoder("2")) as shop:
            report = shop.catalog.reindex(lambda done, total: seen.append((done, total)))
            assert (report.encoded, report.lost) == (4, ())
            assert seen[-1] == (4, 4)
            assert shop.nearest(1) == product(1).id
            assert shop.nearest(5, OTHER) == product(5).id
            assert list(tmp_path.rglob(f"items_{old}*")) == []
            assert shop.catalog.reindex().encoded == 0
            assert shop.catalog.reindex(force=True).encoded == 4
        with opened(tmp_path, TinyEncoder("2")) as shop:
            assert not shop.recovered

    def test_an_interrupted_reindex_goes_on_where_it_was(self, tmp_path: Path) -> None:
        class Stop(Exception):
            pass

        def stop(done: int, total: int) -> None:
            if done >= 64:
                raise Stop

        with opened(tmp_path) as shop:
            shop.catalog.put([product(n) for n in range(100)])
        with opened(tmp_path, TinyEncoder("2")) as shop, pytest.raises(Stop):
            shop.catalog.reindex(stop)
        with opened(tmp_path, TinyEncoder("2")) as shop:
            with pytest.raises(EncoderMismatch):
                shop.catalog.search(LOCAL, shop.vector(1), 9)
            assert shop.catalog.reindex().encoded == 36
            assert all(shop.nearest(n) == product(n).id for n in range(0, 100, 9))

    def test_going_back_after_an_interrupted_reindex_needs_no_advice(self, tmp_path: Path) -> None:
        class Stop(Exception):
            pass

        def stop(done: int, total: int) -> None:
            raise Stop

        with opened(tmp_path) as shop:
            shop.catalog.put([product(n) for n in range(40)])
        with opened(tmp_path, TinyEncoder("2")) as shop, pytest.raises(Stop):
            shop.catalog.reindex(stop)
        with opened(tmp_path) as shop:
            assert shop.recovered is not None
            assert shop.recovered.encoded == 32
            assert all(shop.nearest(n) == product(n).id for n in range(40))

    def test_an_empty_catalogue_takes_any_encoder(self, tmp_path: Path) -> None:
        with opened(tmp_path) as shop:
            shop.catalog.put([product(1)])
            shop.catalog.remove(LOCAL, [product(1).id])
        with opened(tmp_path, TinyEncoder("2")) as shop:
            assert list(shop.catalog.put([product(1)])) == [ADDED]


def test_a_failing_store_leaves_nothing_half_visible_and_a_retry_completes_it(shop: Shop) -> None:
    shop.catalog.put([product(1)])
    shop.index.close()
    with pytest.raises(Unavailable):
        shop.catalog.put([product(2), product(1, price=4.0)])
    assert [each.id for each in shop.catalog.list(LOCAL)] == [product(1).id]
    assert shop.catalog.count(LOCAL) == 1


def test_a_failing_database_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite3").mkdir()
    with pytest.raises(Unavailable):
        Database(f"sqlite:///{tmp_path}/catalog.sqlite3").migrate()
