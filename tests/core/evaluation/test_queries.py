"""Judged queries as JSON Lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UserError
from core.evaluation.queries import JudgedQuery, read_queries
from core.models import Filters
from core.settings import ImageSettings
from tests.malformed import encoded


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "hat.jpg").write_bytes(encoded("JPEG"))
    (tmp_path / "photos" / "text.jpg").write_text("no picture")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "q.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_all_shapes(folder: Path) -> None:
    path = written(
        folder,
        '{"image": "photos/hat.jpg", "text": null, "relevant": {"category": "hat"}}\n'
        "\n"
        '{"image": null, "text": " a red hat ", "relevant": ["abc", " hat-1.jpg "]}\n'
        '{"image": "photos\\\\hat.jpg", "text": "in red", "relevant": {"max_price": 20}}\n',
    )
    hat = folder / "photos" / "hat.jpg"
    assert read_queries(path) == [
        JudgedQuery(1, hat, "", Filters(categories=("hat",))),
        JudgedQuery(3, None, "a red hat", ("abc", "hat-1.jpg")),
        JudgedQuery(4, hat, "in red", Filters(max_price=20.0)),
    ]


def test_pictures_are_read_when_they_are_wanted(folder: Path) -> None:
    path = written(folder, '{"image": "photos/hat.jpg", "relevant": ["a"]}\n{"text": "x", "relevant": ["a"]}')
    with_picture, without = read_queries(path)
    picture = with_picture.picture(ImageSettings())
    assert picture is not None
    assert picture.size == (96, 96)
    assert without.picture(ImageSettings()) is None


def test_a_picture_that_is_none_names_the_line(folder: Path) -> None:
    (query,) = read_queries(written(folder, '\n{"image": "photos/text.jpg", "relevant": ["a"]}'))
    with pytest.raises(UserError, match=r"^Line 2: .*text"):
        query.picture(ImageSettings())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "empty"),
        ("not json", "Line 1: It is not valid JSON"),
        ("[1]", "Line 1: It is not a JSON object"),
        ('{"relevant": ["a"]}', "neither a picture nor words"),
        ('{"text": " ", "relevant": ["a"]}', "neither a picture nor words"),
        ('{"text": 3, "relevant": ["a"]}', "must be texts or null"),
        ('{"image": "gone.jpg", "relevant": ["a"]}', "no file gone.jpg"),
        ('{"text": "x"}', '"relevant" must be'),
        ('{"text": "x", "relevant": []}', '"relevant" must be'),
        ('{"text": "x", "relevant": {}}', '"relevant" must be'),
        ('{"text": "x", "relevant": [1]}', '"relevant" must be'),
        ('{"text": "x", "relevant": {"colour": "red"}}', 'does not know "colour"'),
        ('{"text": "x", "relevant": ["a"], "image_path": "y"}', '"image_path" is not known'),
        ('{"image": null, "txt": "x", "relevant": ["a"]}', '"txt" is not known'),
    ],
)
def test_a_bad_line_ends_it(folder: Path, line: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        read_queries(written(folder, line))
    assert words in caught.value.reason
    assert caught.value.advice


def test_an_empty_file_is_told_what_belongs_into_it(folder: Path) -> None:
    with pytest.raises(UserError) as caught:
        read_queries(written(folder, ""))
    assert '"relevant"' in caught.value.advice


def test_keys_of_the_askers_own_are_passed_over_and_remembered(folder: Path) -> None:
    (query,) = read_queries(written(folder, '{"id": 7, "text": "x", "relevant": ["a"], "annotator": "K"}'))
    assert query.passed_over == ("id", "annotator")
    assert query.text == "x"


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can't be read"):
        read_queries(tmp_path / "gone.jsonl")
