"""Fixtures that several test files of the core share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from core.database import sqlite_url

POSTGRES = os.environ.get("LOOKALIKE_TEST_POSTGRES_URL", "")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "test.sqlite3")
        return
    if not POSTGRES:
        pytest.skip("no PostgreSQL given in LOOKALIKE_TEST_POSTGRES_URL")
    _empty(POSTGRES)
    yield POSTGRES
    _empty(POSTGRES)


def _empty(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
