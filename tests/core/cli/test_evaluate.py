"""``evaluate`` on the command line."""

from __future__ import annotations

import json

import pytest

from tests.core.cli.conftest import Program
from tests.core.ingest.test_sources import fill
from tests.core.shop import picture


@pytest.fixture
def shop(program: Program) -> Program:
    """Twelve products in two categories, and three queries."""
    rows = ["image,title,category"]
    rows += [f"{n:02}.png,Product {n},{'hat' if n < 6 else 'shoes'}" for n in range(12)]
    fill(program.folder / "shop", {f"{n:02}.png": picture(n).data for n in range(12)})
    fill(program.folder / "shop", {"m.csv": "\n".join(rows).encode()})
    fill(program.folder / "queries", {"a.png": picture(50).data})
    lines = [
        {"image": "a.png", "text": None, "relevant": {"category": "hat"}},
        {"image": None, "text": "Product 7", "relevant": ["07.png"]},
        {"image": "a.png", "text": "Product 8", "relevant": [picture(8).hash[:10]]},
    ]
    (program.folder / "queries" / "q.jsonl").write_text("\n".join(map(json.dumps, lines)))
    program.done("ingest", "shop/m.csv")
    return program


def test_table(shop: Program) -> None:
    said = shop.done("evaluate", "queries/q.jsonl")
    for words in ("precision@9", "recall@10", "mAP@9", "95 % interval", "3 queries, 0 abstentions"):
        assert words in said.out
    assert said.err == ""


def test_json_alone_is_on_standard_output(shop: Program) -> None:
    said = shop.done("evaluate", "queries/q.jsonl", "--json")
    assert said.json["n"] == 3
    assert all(len(query["hits"]) == 10 for query in said.json["queries"])
    low, high = said.json["intervals"]["precision_at_9"]
    assert low <= said.json["precision_at_9"] <= high


def test_where_narrows_and_what_is_out_of_reach_is_told(shop: Program) -> None:
    said = shop.done("evaluate", "queries/q.jsonl", "--where", '{"category": "hat"}', "--json")
    assert all(len(query["hits"]) == 6 for query in said.json["queries"])
    assert "Nothing in the catalogue is relevant to 2 of 3 queries (line 2, 3); they count as 0." in said.err


def test_keys_that_mean_nothing_are_told(shop: Program) -> None:
    (shop.folder / "own.jsonl").write_text('{"id": 1, "text": "Product 7", "relevant": ["07.png"]}')
    said = shop.done("evaluate", "own.jsonl", "--json")
    assert said.json["n"] == 1
    assert said.err == "Not known in a query, and passed over: id.\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"text": "x", "relevant": ["gone"]}', "Line 1: No item is called gone"),
        ('{"image": "gone.png", "relevant": ["07.png"]}', "Line 1: There is no file gone.png."),
        ("{", "Line 1: It is not valid JSON."),
    ],
)
def test_a_bad_line_is_a_sentence(shop: Program, line: str, words: str) -> None:
    (shop.folder / "bad.jsonl").write_text(line)
    said = shop("evaluate", "bad.jsonl", "--json")
    assert said.code == 1
    assert said.out == ""
    assert words in said.err
