"""The page on ingest says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.ingest.columns import NAMES

PAGE = (Path(__file__).parents[3] / "docs" / "ingest.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("role", NAMES)
def test_every_name_of_a_column_is_documented(role: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {role} |"))
    assert row.rsplit("|", 2)[1].replace("`", "").split() == list(NAMES[role])
