"""``search`` on the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PIL import Image

from tests.core.cli.conftest import Program
from tests.core.ingest.test_sources import fill
from tests.core.shop import picture
from tests.fakes.openai_server import OpenAIServer, ranking


@pytest.fixture
def shop(program: Program) -> Program:
    """Twelve products; even ones are hats for 10, odd ones shoes for 30."""
    rows = ["image,title,price,category"]
    rows += [
        f"{n:02}.png,[b]Product {n},${10 if n % 2 == 0 else 30},{'hat' if n % 2 == 0 else 'shoes'}" for n in range(12)
    ]
    fill(program.folder / "shop", {f"{n:02}.png": picture(n).data for n in range(12)})
    fill(program.folder / "shop", {"m.csv": "\n".join(rows).encode()})
    fill(program.folder, {"ask.png": picture(3).data, "other.png": picture(50).data, "text.png": b"no picture"})
    program.done("ingest", "shop/m.csv")
    return program


def test_table_pick_and_why_there_is_no_reason(shop: Program) -> None:
    said = shop.done("search", "--image", "ask.png", "--text", "Product 4")
    told, _, *lines = said.out.splitlines()
    assert told == "Your photo is in the catalogue: [b]Product 3 (30.00 USD)."
    assert lines[0].split() == ["no.", "score", "title", "price", "category", "id"]
    assert lines[1].split()[0] == "1"
    assert "[b]Product" in said.out
    assert "10.00 USD" in said.out
    assert "My pick: number 1: [b]Product" in said.out
    assert "no ranking model is set up" in said.out
    assert said.err == ""


def test_json(shop: Program) -> None:
    said = shop.done("search", "--image", "other.png", "--json", "--limit", "5")
    assert len(said.json["hits"]) == 5
    assert (said.json["pick"], said.json["ranking"], said.json["fallback"]) == (1, [1, 2, 3, 4, 5], "no_key")
    scores = [hit["score"] for hit in said.json["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert set(said.json["hits"][0]) == {"id", "score", "image", "metadata"}
    assert said.json["more"] is True
    assert said.json["itself"] == []
    assert said.err == ""


def test_the_product_itself_is_told(shop: Program) -> None:
    found = shop.done("search", "--image", "ask.png", "--limit", "25", "--json").json
    (own,) = found["itself"]
    assert set(own) == {"id", "image", "metadata"}
    assert own["metadata"]["title"] == "[b]Product 3"
    shop.done("remove", *(hit["id"] for hit in found["hits"]))
    said = shop.done("search", "--image", "ask.png")
    assert said.out.splitlines()[1:] == ["Nothing else in the catalogue fits."]


def test_filters(shop: Program) -> None:
    said = shop.done("search", "--text", "Product", "--filter", '{"category": "hat", "price": {"lt": 30}}', "--json")
    assert {hit["metadata"]["category"] for hit in said.json["hits"]} == {"hat"}
    assert shop.done("search", "--text", "x", "--where", '{"category": "sofa"}').out.startswith(
        "Nothing in the catalogue"
    )


def test_an_empty_catalogue_is_told_from_nothing_that_fits(shop: Program) -> None:
    said = shop.done("search", "--text", "x", "--tenant", "slack:T1")
    assert said.out == "The catalogue is empty. Add products first.\n"
    assert shop.done("search", "--text", "x", "--tenant", "slack:T1", "--json").json["hits"] == []


def test_several_views(shop: Program) -> None:
    said = shop.done("search", "--image", "ask.png", "--image", "other.png", "--json")
    assert len(said.json["hits"]) == 9


def test_panorama(shop: Program, tmp_path: Path) -> None:
    shop.done("search", "--image", "ask.png", "--panorama", "p.jpg", "--json")
    with Image.open(tmp_path / "p.jpg") as drawn:
        assert drawn.format == "JPEG"
        assert drawn.height >= 900


def test_without_a_hit_no_panorama_is_written_and_that_is_told(shop: Program, tmp_path: Path) -> None:
    nothing = ("search", "--text", "x", "--where", '{"category": "boat"}', "--panorama", "p.jpg", "--json")
    said = shop.done(*nothing)
    assert said.json["hits"] == []
    assert said.err == "p.jpg was not written: there is nothing to show.\n"
    assert not (tmp_path / "p.jpg").exists()


async def test_the_ranking_models_pick_and_reason(shop: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    async with OpenAIServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key")
        server.default = ranking([2, 1], "It has the very same blue.")
        said = await asyncio.to_thread(shop.done, "search", "--image", "other.png", "--limit", "2")
        assert "My pick: number 2" in said.out
        assert "It has the very same blue." in said.out
        found = await asyncio.to_thread(shop.done, "search", "--image", "other.png", "--limit", "2", "--json")
        assert (found.json["pick"], found.json["ranking"]) == (2, [2, 1])
        assert found.json["reason"] == "It has the very same blue."
        (shop.folder / "q.jsonl").write_text('{"image": "other.png", "relevant": {"category": "hat"}}')
        server.default = ranking()
        ranked = await asyncio.to_thread(shop.done, "evaluate", "q.jsonl", "--rerank", "--json")
        assert ranked.err == ""
        assert ranked.json["n"] == 1
        assert len(server.calls) == 3


def test_rerank_without_a_ranking_model_is_told(shop: Program) -> None:
    (shop.folder / "q.jsonl").write_text('{"image": "other.png", "relevant": {"category": "hat"}}')
    said = shop.done("evaluate", "q.jsonl", "--rerank", "--json")
    assert "not used for 1 of 1" in said.err
    assert said.json["n"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "--image"),
        (["--text", " "], 2, "--image"),
        (["--image", "gone.png"], 1, "“gone.png” does not exist"),
        (["--image", "text.png"], 1, "text.png"),
        (["--text", "x", "--limit", "26"], 2, "--limit"),
        (["--text", "x", "--filter", "category=hat"], 1, "not valid JSON"),
        (["--text", "x", "--filter", '{"colour": "red"}'], 1, '"category", "min_price"'),
        (["--text", "x", "--tenant", ":"], 1, "no tenant"),
        (["--text", "Product", "--panorama", "gone/p.jpg"], 1, "can't be written"),
    ],
)
def test_refusals(shop: Program, arguments: list[str], code: int, words: str) -> None:
    said = shop("search", *arguments)
    assert said.code == code
    assert words in said.err
    assert said.out == ""
    assert "Traceback" not in said.err
