"""``ingest`` on the command line, in this process."""

from __future__ import annotations

import pytest

from tests.core.cli.conftest import Program
from tests.core.ingest.test_sources import fill, zipped
from tests.core.shop import picture

TABLE = (
    b'image,title,price,category\n00.png,Red [b]hat[/b],"$1,299.00",hat\n01.png,Shoes,on request,shoes\n02.png,Gone,,\n'
)


@pytest.fixture
def shop(program: Program) -> Program:
    """A program with a manifest of three rows, one of them without its picture."""
    photos = {f"{number:02}.png": picture(number).data for number in range(2)}
    fill(program.folder / "shop", photos | {"m.csv": TABLE})
    return program


def test_report_names_everything(shop: Program) -> None:
    said = shop("ingest", "shop/m.csv")
    assert said.code == 0
    assert said.err == ""
    assert "2 added, 0 updated, 0 unchanged, 1 skipped" in said.out
    assert "02.png (line 4)" in said.out
    assert "There is no such file." in said.out
    assert "The price was not understood: on request" in said.out
    assert "\x1b[" not in said.out


def test_a_second_run_does_nothing_twice(shop: Program) -> None:
    shop.done("ingest", "shop/m.csv")
    assert "0 added, 0 updated, 2 unchanged, 1 skipped" in shop.done("ingest", "shop/m.csv").out


def test_json(shop: Program) -> None:
    said = shop.done("ingest", "shop/m.csv", "--json")
    report = said.json
    assert (report["added"], report["complete"]) == (2, True)
    assert [each["name"] for each in report["skipped"]] == ["02.png (line 4)"]
    assert [each["name"] for each in report["remarks"]] == ["01.png (line 3)"]
    assert said.err == ""


def test_tenants(shop: Program) -> None:
    shop.done("ingest", "shop/m.csv", "--tenant", "slack:T1")
    assert shop.done("stats", "--json").json["items"] == 0
    assert shop.done("stats", "--json", "--tenant", "slack:T1").json["items"] == 2


def test_named_columns(shop: Program) -> None:
    fill(shop.folder / "shop", {"m.csv": b"datei;was\n00.png;Hut\n"})
    said = shop("ingest", "shop/m.csv")
    assert said.code == 1
    assert "'datei', 'was'" in said.err
    shop.done("ingest", "shop/m.csv", "--column", "image=datei", "--column", "title=was")
    assert shop.done("list", "--json").json[0]["metadata"]["title"] == "Hut"


def test_archive(shop: Program) -> None:
    (shop.folder / "a.zip").write_bytes(zipped({"a.png": picture(0).data, "b.txt": b"hello"}))
    said = shop.done("ingest", "a.zip")
    assert "1 added, 0 updated, 0 unchanged, 1 skipped" in said.out
    assert "b.txt" in said.out


def test_a_source_without_anything_is_told(shop: Program) -> None:
    fill(shop.folder, {"header.csv": b"image,title\n"})
    said = shop.done("ingest", "header.csv")
    assert said.err.startswith("There is nothing in header.csv.\nName a folder")


def test_a_source_of_which_nothing_can_be_used_fails(shop: Program) -> None:
    fill(shop.folder / "texts", {"a.txt": b"hello", "b.jpg": b""})
    said = shop("ingest", "texts", "--json")
    assert said.code == 1
    assert len(said.json["skipped"]) == 2
    assert "Nothing in texts could be used." in said.err
    fill(shop.folder / "texts", {"c.png": picture(0).data})
    assert shop("ingest", "texts").code == 0
    assert shop("ingest", "texts").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ingest", "gone"], 1, "no file or folder gone"),
        (["ingest"], 2, "Missing argument"),
        (["ingest", "shop", "--tenant", "slack"], 1, "no tenant 'slack'"),
        (["ingest", "shop", "--column", "image"], 1, "ROLE=NAME"),
        (["ingest", "shop/m.csv", "--column", "picture=image"], 1, "no role 'picture'"),
        (["ingest", "shop", "--quick"], 2, "No such option"),
        (["inject", "shop"], 2, "No such command"),
    ],
)
def test_refusals(shop: Program, arguments: list[str], code: int, words: str) -> None:
    said = shop(*arguments)
    assert said.code == code
    assert words in said.err
    assert said.out == ""
    assert "Traceback" not in said.err
    assert not (shop.data_dir / "lookalike.sqlite3").exists()
