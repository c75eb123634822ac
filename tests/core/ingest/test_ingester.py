"""From sources to a catalogue on real stores."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.catalog import Catalog
from core.errors import Unavailable
from core.ingest import Details, Ingester, IngestProgress, Source, Upload, open_source, open_uploads
from core.ingest.entries import Entry, Found
from core.models import LOCAL, Filters, IngestReport, Tenant
from core.settings import EncoderSettings, ImageSettings, Settings
from tests.core.ingest.test_sources import fill, zipped
from tests.core.shop import Shop, opened, picture
from tests.malformed import encoded, malformed

SETTINGS = Settings(encoder=EncoderSettings(batch_size=4))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    (tmp_path / "data").mkdir()
    with opened(tmp_path / "data") as shop:
        yield shop


def photos(count: int) -> dict[str, bytes]:
    return {f"{number:02}.png": picture(number).data for number in range(count)}


def ingest(shop: Shop, source: Source, tenant: Tenant = LOCAL) -> IngestReport:
    report = Ingester(shop.catalog, SETTINGS).run(source, tenant)
    source.close()
    return report


def figures(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, len(report.skipped)


def test_a_manifest_becomes_items(shop: Shop, tmp_path: Path) -> None:
    fill(tmp_path / "shop", photos(2))
    table = "image,title,price,category,url,tags,sku\n00.png,Red hat,$19.99,hat,https://s.example/0,new;warm,A1\n01.png,,,,,,\n"
    fill(tmp_path / "shop", {"m.csv": table.encode()})
    report = ingest(shop, open_source(tmp_path / "shop" / "m.csv", SETTINGS))
    assert figures(report) == (2, 0, 0, 0)
    item = shop.catalog.get(LOCAL, picture(0).hash)
    assert item is not None
    assert (item.title, item.price, item.currency, item.category) == ("Red hat", 19.99, "USD", "hat")
    assert (item.url, item.tags, dict(item.metadata)) == ("https://s.example/0", ("new", "warm"), {"sku": "A1"})
    assert item.source == "00.png"
    assert shop.catalog.picture(item) == picture(0).data
    assert [hit.item.id for hit in shop.catalog.search(LOCAL, shop.vector(0), 5, Filters(max_price=20))] == [item.id]


def test_the_report_is_in_the_sources_order(shop: Shop, tmp_path: Path) -> None:
    fill(tmp_path / "shop", {**photos(1), "broken.png": b"no picture"})
    fill(tmp_path / "shop", {"m.csv": b"image\nbroken.png\ngone.png\n00.png\nbroken.png\n"})
    report = ingest(shop, open_source(tmp_path / "shop" / "m.csv", SETTINGS))
    assert [each.name for each in report.skipped] == ["broken.png (line 2)", "gone.png (line 3)", "broken.png (line 5)"]


def test_a_second_run_changes_and_encodes_nothing(shop: Shop, tmp_path: Path) -> None:
    folder = fill(tmp_path / "photos", photos(10))
    assert figures(ingest(shop, open_source(folder, SETTINGS))) == (10, 0, 0, 0)
    encoded_once = shop.tiny.encoded
    report = ingest(shop, open_source(folder, SETTINGS))
    assert figures(report) == (0, 0, 10, 0)
    assert shop.tiny.encoded == encoded_once == 10
    assert "decode" not in report.timings


def test_changed_rows_are_updated_and_others_are_not(shop: Shop, tmp_path: Path) -> None:
    folder = fill(tmp_path / "shop", photos(3))
    fill(folder, {"m.csv": b"image,title,price\n00.png,A,1\n01.png,B,2\n02.png,C,3\n"})
    ingest(shop, open_source(folder / "m.csv", SETTINGS))
    fill(folder, {"m.csv": b"image,title,price\n00.png,A,1\n01.png,B,2.50\n02.png,D,3\n"})
    assert figures(ingest(shop, open_source(folder / "m.csv", SETTINGS))) == (0, 2, 1, 0)
    items = shop.catalog.get_many(LOCAL, [picture(number).hash for number in range(3)])
    assert sorted((item.title, item.price) for item in items.values()) == [("A", 1.0), ("B", 2.5), ("D", 3.0)]


def test_a_source_that_says_nothing_takes_nothing_away(shop: Shop, tmp_path: Path) -> None:
    folder = fill(tmp_path / "shop", photos(1) | {"m.csv": b"image,title\n00.png,A\n"})
    ingest(shop, open_source(folder / "m.csv", SETTINGS))
    (folder / "m.csv").unlink()
    assert figures(ingest(shop, open_source(folder, SETTINGS))) == (0, 0, 1, 0)
    item = shop.catalog.get(LOCAL, picture(0).hash)
    assert item is not None
    assert item.title == "A"


def test_the_same_picture_twice_is_taken_once_and_named(shop: Shop, tmp_path: Path) -> None:
    data = picture(0).data
    folder = fill(tmp_path / "photos", {"a.png": data, "b.png": picture(1).data, "z.png": data})
    for expected in ((2, 0, 0, 1), (0, 0, 2, 1)):
        report = ingest(shop, open_source(folder, SETTINGS))
        assert figures(report) == expected
        assert report.skipped[0].name == "z.png"
        assert "same picture as a.png" in report.skipped[0].reason


def test_rows_that_name_one_picture_twice_do_not_flap(shop: Shop, tmp_path: Path) -> None:
    folder = fill(tmp_path / "shop", photos(1) | {"m.csv": b"image,title\n00.png,First\n00.png,Second\n"})
    ingest(shop, open_source(folder / "m.csv", SETTINGS))
    report = ingest(shop, open_source(folder / "m.csv", SETTINGS))
    assert figures(report) == (0, 0, 1, 1)
    assert report.skipped[0].name == "00.png (line 3)"
    assert "00.png (line 2)" in report.skipped[0].reason


def test_remarks_are_reported_and_the_row_is_kept(shop: Shop, tmp_path: Path) -> None:
    folder = fill(tmp_path / "shop", photos(1) | {"m.csv": b"image,title,price\n00.png,A,on request\n"})
    report = ingest(shop, open_source(folder / "m.csv", SETTINGS))
    assert figures(report) == (1, 0, 0, 0)
    assert [(remark.name, remark.text) for remark in report.remarks] == [
        ("00.png (line 2)", "The price was not understood: on request")
    ]
    item = shop.catalog.get(LOCAL, picture(0).hash)
    assert item is not None
    assert item.metadata["price as written"] == "on request"


def test_tenants_are_apart(shop: Shop) -> None:
    other = Tenant("slack", "T1")
    ingest(shop, open_uploads([Upload("a.png", picture(0).data, Details(title="A"))], SETTINGS), other)
    assert shop.catalog.count(LOCAL) == 0
    assert shop.catalog.count(other) == 1


class TestMalformed:
    """The set of broken pictures, one at a time and all together, among good neighbours."""

    def mixed(self) -> tuple[dict[str, bytes], Mapping[str, str]]:
        bad = {f"bad {number:02} {each.name}": each for number, each in enumerate(malformed())}
        files = {f"good {number:02}.png": picture(number).data for number in range(5)}
        files |= {name: each.data for name, each in bad.items()}
        files |= {f"more {number:02}.png": picture(number).data for number in range(5, 10)}
        return files, {name: each.words for name, each in bad.items()}

    @pytest.mark.parametrize("kind", ["folder", "archive", "uploads", "manifest"])
    def test_each_has_a_reason_and_no_neighbour_is_lost(self, shop: Shop, tmp_path: Path, kind: str) -> None:
        files, bad = self.mixed()
        report = ingest(shop, self.source(kind, files, tmp_path))
        assert report.added == 10
        reasons: dict[str, str] = {}
        for skipped in report.skipped:
            reasons[skipped.name.partition(" (line")[0]] = skipped.reason
        for name in bad:
            matches = [reason for label, reason in reasons.items() if name in label]
            assert matches, name
            assert all(reason.endswith(".") for reason in matches)
        assert report.stopped is None
        assert shop.catalog.count(LOCAL) == 10

    def source(self, kind: str, files: dict[str, bytes], folder: Path) -> Source:
        if kind == "folder":
            return open_source(fill(folder / "photos", files), SETTINGS)
        if kind == "archive":
            (folder / "photos.zip").write_bytes(zipped(files))
            return open_source(folder / "photos.zip", SETTINGS)
        if kind == "uploads":
            return open_uploads([Upload(name, data) for name, data in files.items()], SETTINGS)
        fill(folder / "photos", files)
        with (folder / "m.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerows([["image"], *([f"photos/{name}"] for name in files)])
        return open_source(folder / "m.csv", SETTINGS)

    def test_too_large_a_file_says_so_in_the_settings_terms(self, shop: Shop, tmp_path: Path) -> None:
        settings = Settings(images=ImageSettings(max_bytes=1000))
        folder = fill(tmp_path / "photos", {"a.jpg": encoded("JPEG") + bytes(5000), "b.png": picture(0).data})
        report = Ingester(shop.catalog, settings).run(open_source(folder, settings), LOCAL)
        assert [(each.name, each.reason) for each in report.skipped] == [("a.jpg", "It is larger than 0.001 MB.")]
        assert report.added == 1


class TestProgress:
    def test_rises_to_the_total_and_never_counts_what_is_not_stored(self, shop: Shop, tmp_path: Path) -> None:
        folder = fill(tmp_path / "photos", photos(10) | {"x.txt": b"no picture", "y.zip": b"PK"})
        seen: list[IngestProgress] = []

        def watch(progress: IngestProgress) -> None:
            assert shop.catalog.count(LOCAL) >= progress.added
            seen.append(progress)

        Ingester(shop.catalog, SETTINGS).run(open_source(folder, SETTINGS), LOCAL, watch)
        done = [progress.done for progress in seen]
        assert done == sorted(done)
        assert seen[0] == IngestProgress(0, 12, 0, 0, 0, 0)
        assert seen[-1] == IngestProgress(12, 12, 10, 0, 0, 2)
        assert len(set(done)) > 3

    def test_cancel_finishes_what_is_in_hand_and_a_second_run_goes_on(self, shop: Shop, tmp_path: Path) -> None:
        folder = fill(tmp_path / "photos", photos(40))
        cancel = threading.Event()
        done: list[int] = []

        def watch(progress: IngestProgress) -> None:
            done.append(progress.done)
            if progress.done:
                cancel.set()

        report = Ingester(shop.catalog, SETTINGS).run(open_source(folder, SETTINGS), LOCAL, watch, cancel)
        assert report.stopped is not None
        assert "stopped" in report.stopped.reason
        assert 4 <= report.added <= 16
        assert report.added == done[-1] == shop.catalog.count(LOCAL)
        report = ingest(shop, open_source(folder, SETTINGS))
        assert report.added + report.unchanged == 40
        assert report.unchanged == done[-1]


def test_a_cancel_that_comes_too_late_stops_nothing(shop: Shop, tmp_path: Path) -> None:
    cancel = threading.Event()
    source = Failing(photos(8), 7, cancel.set)
    report = Ingester(shop.catalog, SETTINGS).run(source, LOCAL, cancel=cancel)
    assert (report.added, report.stopped) == (8, None)


class Failing:
    """A source that does something at one of its entries."""

    name = "failing"

    def __init__(self, files: Mapping[str, bytes], at: int, action: object) -> None:
        self._files = files
        self._at = at
        self._action = action

    def count(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[Found]:
        for index, (name, data) in enumerate(self._files.items()):
            if index == self._at:
                yield Entry(name, self._fail)
            else:
                yield Entry(name, lambda data=data: data)

    def _fail(self) -> bytes:
        if isinstance(self._action, Exception):
            raise self._action
        assert callable(self._action)
        self._action()
        return picture(99).data

    def close(self) -> None:
        """Nothing is open."""


class TestFailures:
    def test_a_file_that_vanishes_or_is_forbidden_costs_only_itself(self, shop: Shop) -> None:
        report = ingest(shop, Failing(photos(9), 4, PermissionError(13, "Permission denied")))
        assert figures(report) == (8, 0, 0, 1)
        assert report.skipped[0].reason == "It can't be read (Permission denied)."

    def test_a_store_that_fails_ends_the_run_and_says_what_was_done(self, shop: Shop) -> None:
        def break_index() -> None:
            shop.index.close()

        report = ingest(shop, Failing(photos(30), 16, break_index))
        assert isinstance(report.stopped, Unavailable)
        assert report.added < 30
        assert shop.catalog.count(LOCAL) >= report.added

    def test_an_index_that_fails_at_the_very_end_keeps_the_report(self, shop: Shop) -> None:
        class Full(Catalog):
            @contextmanager
            def bulk(self) -> Iterator[None]:
                yield
                raise Unavailable("The vector index finds its disk full.")

        catalog = Full(shop.database, shop.blobs, shop.index, shop.encoder)
        report = Ingester(catalog, SETTINGS).run(Failing(photos(3), 9, KeyError()), LOCAL, alone=True)
        assert figures(report) == (3, 0, 0, 0)
        assert report.stopped is not None
        assert report.stopped.reason == "The vector index finds its disk full."


def test_it_is_mended_after_a_crash_between_the_stores(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    folder = fill(tmp_path / "photos", photos(12))
    with opened(tmp_path / "data") as shop:
        report = ingest(shop, Failing(photos(12), 9, lambda: shop.index.close()))
        assert report.added < 12
    with opened(tmp_path / "data") as shop:
        report = ingest(shop, open_source(folder, SETTINGS))
        assert report.added + report.unchanged == 12
        assert all(shop.nearest(number) == picture(number).hash for number in range(12))
