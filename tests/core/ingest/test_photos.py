"""The real product photos, where they are at hand: manifest, folder and archive of the same 500 pictures."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.ingest import Ingester, open_source
from core.models import LOCAL, IngestReport
from core.settings import Settings
from tests.core.shop import Shop, opened

PHOTOS = Path(os.environ.get("LOOKALIKE_PHOTOS", Path(__file__).parents[4] / "shared" / "photos"))
pytestmark = pytest.mark.skipif(not (PHOTOS / "catalog.csv").is_file(), reason=f"there are no photos in {PHOTOS}")

SETTINGS = Settings()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    (tmp_path / "data").mkdir()
    with opened(tmp_path / "data") as shop:
        yield shop


def ingest(shop: Shop, path: Path) -> IngestReport:
    source = open_source(path, SETTINGS)
    try:
        return Ingester(shop.catalog, SETTINGS).run(source, LOCAL, alone=True)
    finally:
        source.close()


def test_one_catalogue_however_it_comes(shop: Shop, tmp_path: Path) -> None:
    report = ingest(shop, PHOTOS / "catalog.csv")
    assert (report.added, report.skipped, report.remarks) == (500, (), ())
    stats = shop.catalog.stats(LOCAL)
    assert len(stats.categories) == 10
    assert set(stats.categories.values()) == {50}
    item = next(item for item in shop.catalog.list(LOCAL, 0, 500) if item.source == "dress-000.jpg")
    assert (item.title, item.price, item.category) == ("Dress no. 1", 55.76, "dress")
    assert item.url == "https://shop.example/dress/000"
    encoded = shop.tiny.encoded

    assert ingest(shop, PHOTOS / "catalog.csv").unchanged == 500
    assert ingest(shop, PHOTOS / "catalog").unchanged == 500
    with zipfile.ZipFile(tmp_path / "photos.zip", "w", zipfile.ZIP_STORED) as archive:
        archive.write(PHOTOS / "catalog.csv", "photos/catalog.csv")
        for file in sorted((PHOTOS / "catalog").iterdir()):
            archive.write(file, f"photos/catalog/{file.name}")
    report = ingest(shop, tmp_path / "photos.zip")
    assert (report.unchanged, report.skipped) == (500, ())
    assert shop.tiny.encoded == encoded == 500


def test_the_whole_folder_names_what_is_no_picture(shop: Shop) -> None:
    report = ingest(shop, PHOTOS)
    assert report.added + report.unchanged == 560
    assert {each.name for each in report.skipped} == {"LICENSE", "README.md", "catalog.csv", "queries.csv"}
