"""Text as stores and encoders can carry it."""

from __future__ import annotations

import pytest

from core.folding import whole
from core.models import LOCAL, Query


@pytest.mark.parametrize(
    ("text", "made"),
    [("", ""), ("crème 😀", "crème 😀"), ("\ud83d\ude00", "😀"), ("cut \ud83d", "cut \ufffd"), ("\udcffx", "\ufffdx")],
)
def test_halves_of_characters_are_replaced(text: str, made: str) -> None:
    assert whole(text) == made
    assert Query(LOCAL, text=text).text == made
