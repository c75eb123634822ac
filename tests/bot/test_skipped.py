"""The table of skipped files opens in a spreadsheet, and runs nothing there."""

from __future__ import annotations

import csv
import io

from bot.skipped import table
from core.models import Skipped
from core.words import Sentence, Words


def test_the_table_names_every_file_with_its_reason() -> None:
    rows = [Skipped("schuh, blau.jpg", "It is “empty”.", "Send it again."), Skipped("b.txt", "No picture.")]
    text = table(rows, Words()).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["file", "reason", "advice"],
        ["schuh, blau.jpg", "It is “empty”.", "Send it again."],
        ["b.txt", "No picture.", ""],
    ]


def test_a_name_that_is_a_formula_is_only_text() -> None:
    text = table([Skipped('=HYPERLINK("http://evil.example")', "@here")], Words()).decode("utf-8-sig")
    (_, row) = csv.reader(io.StringIO(text))
    assert row[:2] == ['\'=HYPERLINK("http://evil.example")', "'@here"]


def test_the_table_is_in_the_readers_language() -> None:
    rows = [Skipped("a.zip", Sentence("download.too_large", limit=2.5), Sentence("download.too_large_advice"))]
    text = table(rows, Words("de")).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Datei", "Grund", "Rat"],
        ["a.zip", "Die Datei ist größer als 2,5 MB.", "Bitte senden Sie eine kleinere."],
    ]
