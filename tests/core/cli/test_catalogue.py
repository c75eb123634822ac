"""``list``, ``remove``, ``stats``, ``repair`` and ``reindex``."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Sequence

import pytest

from core.encoders.base import Document, Embeddings
from core.engine import Engine
from core.settings import Settings
from tests.core.cli.conftest import Program
from tests.core.ingest.test_sources import fill
from tests.core.shop import picture
from tests.fakes.encoder import TinyEncoder


@pytest.fixture
def shop(program: Program) -> Program:
    """Six products: even ones are hats for 10, odd ones shoes for 30."""
    rows = ["image,title,price,category,sku"]
    rows += [
        f"{n:02}.png,[b]Product {n},{10 if n % 2 == 0 else 30} €,{'hat' if n % 2 == 0 else 'shoes'},S{n}"
        for n in range(6)
    ]
    fill(program.folder / "shop", {f"{n:02}.png": picture(n).data for n in range(6)})
    fill(program.folder / "shop", {"m.csv": "\n".join(rows).encode()})
    program.done("ingest", "shop/m.csv")
    return program


def test_list_shows_text_as_it_is(shop: Program) -> None:
    said = shop.done("list")
    assert said.out.count("[b]Product") == 6
    assert "30.00 EUR" in said.out
    assert picture(3).hash[:12] in said.out
    assert "6 shown of 6" in said.out


def test_list_filters_and_pages(shop: Program) -> None:
    items = shop.done("list", "--where", '{"category": "HAT"}', "--json").json
    assert {item["metadata"]["category"] for item in items} == {"hat"}
    assert len(items) == 3
    assert items[0]["metadata"]["sku"].startswith("S")
    assert len(shop.done("list", "--limit", "2", "--json").json) == 2
    assert len(shop.done("list", "--offset", "5", "--json").json) == 1
    assert [item["image"] for item in shop.done("list", "--text", "product 4", "--json").json] == ["04.png"]


def test_remove_by_id_and_beginning(shop: Program) -> None:
    said = shop.done("remove", picture(0).hash, picture(1).hash[:10])
    assert said.out == "2 removed\n"
    assert shop.done("stats", "--json").json["items"] == 4
    said = shop("remove", picture(2).hash, picture(0).hash)
    assert said.code == 1
    assert f"because of '{picture(0).hash}': No item in the catalogue has this id." in said.err
    assert shop.done("stats", "--json").json["items"] == 4


def test_remove_by_filter_and_all(shop: Program) -> None:
    assert shop.done("remove", "--filter", '{"category": "hat"}', "--yes").out == "3 removed\n"
    assert shop.done("remove", "--all", "-y").out == "3 removed\n"
    assert shop.done("remove", "--all", "-y").out == "0 removed\n"
    assert list((shop.data_dir / "pictures").rglob("??/*")) == []


def test_remove_many_asks_first(shop: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    said = shop("remove", "--all")
    assert said.code == 1
    assert "Remove 6 items?" in said.err
    assert shop.done("stats", "--json").json["items"] == 6


@pytest.mark.parametrize("arguments", [[], ["abc", "--all"], ["--all", "--where", '{"category": "hat"}']])
def test_remove_wants_one_way_of_choosing(shop: Program, arguments: list[str]) -> None:
    said = shop("remove", *arguments)
    assert said.code == 2
    assert "--filter" in said.err


def test_stats(shop: Program) -> None:
    said = shop.done("stats", "--json")
    assert said.json["items"] == 6
    assert said.json["categories"] == {"hat": 3, "shoes": 3}
    assert said.json["prices"] == [10.0, 30.0]
    assert said.json["disk_bytes"] == sum(len(picture(number).data) for number in range(6))
    text = shop.done("stats").out
    assert "items: 6" in text
    assert "10.00 to 30.00" in text


def test_repair_mends_what_was_lost(shop: Program) -> None:
    index = next(path for path in shop.data_dir.iterdir() if path.name.startswith("index"))
    index.rename(shop.folder / "gone")
    said = shop.done("repair")
    assert "encoded" in said.out
    assert shop.done("repair").out.startswith("0 encoded")
    picture_file = next(path for path in (shop.data_dir / "pictures").rglob("*") if path.is_file())
    lost = picture_file.name
    picture_file.unlink()
    said = shop("repair")
    assert said.code == 1
    assert "lost" in said.err
    assert lost in said.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_reindex_says_how_to_go_on(shop: Program, number: signal.Signals, code: int) -> None:
    class Interrupted(TinyEncoder):
        def encode_images(self, batch: Sequence[Document]) -> Embeddings:
            os.kill(os.getpid(), number)
            return super().encode_images(batch)

    def interrupted(settings: Settings) -> Engine:
        encoder = settings.encoder.model_copy(update={"batch_size": 2})
        return Engine(settings.model_copy(update={"encoder": encoder}), Interrupted(version="2"))

    def calm(settings: Settings) -> Engine:
        return Engine(settings, TinyEncoder(version="2"))

    before = signal.getsignal(number)
    said = shop("reindex", engine=interrupted)
    assert said.code == code
    assert said.out.startswith("2 encoded")
    assert said.err == "It was stopped before the end.\nRun it again to go on from here.\n"
    assert shop("reindex", engine=calm).out.startswith("4 encoded")
    assert shop("repair", engine=calm).out.startswith("0 encoded")
    assert signal.getsignal(number) is before


def test_another_encoder_is_told_and_reindex_mends_it(shop: Program) -> None:
    def newer(settings: Settings) -> Engine:
        return Engine(settings, TinyEncoder(version="2"))

    (shop.folder / "q.jsonl").write_text('{"text": "hat", "relevant": {"category": "hat"}}')
    said = shop("evaluate", "q.jsonl", engine=newer)
    assert said.code == 1
    assert "python -m core reindex" in said.err
    assert shop("reindex", engine=newer).out.startswith("6 encoded")
    assert shop("evaluate", "q.jsonl", engine=newer).code == 0
    assert shop("reindex", engine=newer).out.startswith("0 encoded")
    assert shop("reindex", "--force", engine=newer).out.startswith("6 encoded")
