"""Manifests as bytes → rows."""

from __future__ import annotations

import codecs

import pytest

from core.errors import UserError
from core.ingest.table import BadRow, Row, Table

CSV = "image,title\na.jpg,Stiefel\nb.jpg,Müllers Hut\n"


def rows(name: str, data: bytes | str) -> list[Row | BadRow]:
    return list(Table(name, data.encode() if isinstance(data, str) else data).rows())


def cells(name: str, data: bytes | str) -> list[dict[str, object]]:
    found = rows(name, data)
    assert all(isinstance(row, Row) for row in found), found
    return [dict(row.cells) for row in found if isinstance(row, Row)]


@pytest.mark.parametrize(
    "data",
    [
        CSV.encode(),
        codecs.BOM_UTF8 + CSV.encode(),
        CSV.encode("cp1252"),
        CSV.encode("utf-16"),
        CSV.encode("utf-16-le"),
        CSV.encode("utf-16-be"),
        CSV.encode("utf-32"),
        CSV.replace("\n", "\r\n").encode(),
        CSV.replace("\n", "\r").encode(),
        CSV.replace(",", ";").encode(),
        CSV.replace(",", "\t").encode(),
        CSV.replace(",", "|").encode(),
        ("sep=;\n" + CSV.replace(",", ";")).encode(),
        b"\n\n" + CSV.encode(),
        b'"image","title"\n"a.jpg","Stiefel"\n\n,\nb.jpg,"M\xc3\xbcllers Hut"',
    ],
)
def test_csv_in_every_dress(data: bytes) -> None:
    assert cells("t.csv", data) == [
        {"image": "a.jpg", "title": "Stiefel"},
        {"image": "b.jpg", "title": "Müllers Hut"},
    ]


def test_legacy_encoding_is_told() -> None:
    assert Table("t.csv", CSV.encode("cp1252")).encoding == "Windows-1252"
    assert Table("t.csv", CSV.encode()).encoding == "utf-8"


def test_delimiter_is_the_headers_and_not_the_texts() -> None:
    assert cells("t.csv", "image;title\na.jpg;red, small, cheap, new\n") == [
        {"image": "a.jpg", "title": "red, small, cheap, new"}
    ]
    assert cells("t.tsv", "image,x\ttitle\na.jpg\tone, two\n") == [{"image,x": "a.jpg", "title": "one, two"}]


def test_quoted_cells_span_lines_and_lines_are_counted() -> None:
    found = rows("t.csv", 'image,title\na.jpg,"two\nlines"\nb.jpg,x\n')
    assert [row.line for row in found] == [2, 4]
    assert found[0] == Row(2, {"image": "a.jpg", "title": "two\nlines"})


@pytest.mark.parametrize("damage", ['b.jpg,"never closed', 'b.jpg,"closed" too early', '"b.jpg,x'])
def test_a_damaged_row_costs_no_neighbour(damage: str) -> None:
    found = rows("t.csv", f'image,title\na.jpg,A\n{damage}\nc.jpg,C\nd.jpg,"D"\n')
    assert [row.cells["image"] for row in found if isinstance(row, Row)] == ["a.jpg", "c.jpg", "d.jpg"]
    assert [row.line for row in found if isinstance(row, BadRow)] == [3]


def test_cells_beyond_the_header_are_refused_and_missing_ones_are_empty() -> None:
    found = rows("t.csv", "image,title\na.jpg,red, small\nb.jpg\nc.jpg,C,,\n")
    assert isinstance(found[0], BadRow)
    assert "3 cells" in found[0].reason
    assert found[1] == Row(3, {"image": "b.jpg"})
    assert found[2] == Row(4, {"image": "c.jpg", "title": "C"})


def test_an_endless_cell_is_refused() -> None:
    found = rows("t.csv", "image,title\na.jpg,A\nb.jpg," + "x" * 200_000 + "\nc.jpg,C\n")
    assert [row.line for row in found if isinstance(row, BadRow)] == [3]
    assert [row.line for row in found if isinstance(row, Row)] == [2, 4]


def test_json_lines() -> None:
    found = rows(
        "t.jsonl", '{"image": "a.jpg", "n": 1}\n\nnot json\n[1]\n{"image": "b.jpg", "n": NaN}\r\n' + "[" * 99_999
    )
    assert found[0] == Row(1, {"image": "a.jpg", "n": 1})
    assert [row.line for row in found if isinstance(row, BadRow)] == [3, 4, 6]
    assert found[3] == Row(5, {"image": "b.jpg", "n": None})


def test_json_list() -> None:
    assert cells("t.json", '[{"image": "a.jpg"},\n {"image": "b.jpg"}]') == [{"image": "a.jpg"}, {"image": "b.jpg"}]


def test_it_can_be_read_twice() -> None:
    table = Table("t.csv", CSV.encode())
    assert list(table.rows()) == list(table.rows())
    assert table.columns == ("image", "title")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("t.csv", b"", "empty"),
        ("t.csv", b"\xef\xbb\xbf \n", "empty"),
        ("t.csv", b"image,title,title\n", "several columns named title"),
        ("t.csv", b'"image,title\na.jpg,A\n', "header"),
        ("t.csv", b"\xff\xfe\x00\xd8\x00", "not text"),
        ("t.csv", bytes(range(128, 256)) * 9, "not text"),
        ("t.json", b'[{"image": ', "not valid JSON"),
        ("t.json", b"[" * 99_999, "not valid JSON"),
    ],
)
def test_unusable_tables(name: str, data: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words):
        rows(name, data)
