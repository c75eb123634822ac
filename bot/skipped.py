"""A table of skipped files, for reports that would be too long for a message."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from bot import wording
from core.models import Skipped
from core.words import Words

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(skipped: Sequence[Skipped], words: Words) -> bytes:
    """CSV in UTF-8 with a byte order mark, which spreadsheets need to see that it is UTF-8.

    File names are foreign text: one that a spreadsheet would run as a formula gets a quote before it
    (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(words(f"skipped.{column}") for column in ("file", "reason", "advice"))
    told = (wording.translated(each, words) for each in skipped)
    writer.writerows((_plain(each.name), _plain(each.reason), _plain(each.advice)) for each in told)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
