"""The record of truth: migrations make what the models say, transactions hold, failures have words."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import IntegrityError

from core.database import Database, sqlite_url
from core.errors import ConfigurationError, Unavailable
from core.tables import AskPictureRow, AskRow, EventRow, Table, TenantRow, UsageRow

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    database.migrate()
    yield database
    database.close()


def _ask(query: dict[str, object]) -> AskRow:
    return AskRow(
        id="1",
        tenant="a" * 16,
        platform="discord",
        conversation="c",
        message="m",
        user="u",
        query=query,
        answer={},
        created_at=NOW,
    )


def test_migrations_make_exactly_what_the_models_describe(database: Database, url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing_and_works_from_any_folder(
    database: Database, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.session() as session:
        session.add(TenantRow(key="a" * 16, platform="slack", workspace="T1", created_at=NOW))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    second = Database(url)
    second.migrate()
    with second.reading() as session:
        assert session.scalars(select(TenantRow.workspace)).all() == ["T1"]
    second.close()


def test_a_database_of_a_newer_version_is_refused_in_words(database: Database, url: str) -> None:
    with database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="newer version"):
        Database(url).migrate()


def test_an_error_rolls_the_transaction_back(database: Database) -> None:
    def write_twice() -> None:
        with database.session() as session:
            for _ in range(2):
                session.add(EventRow(key="e", state="received", payload={}, created_at=NOW))
                session.flush()
                session.expunge_all()

    with pytest.raises(IntegrityError):
        write_twice()
    with database.reading() as session:
        assert session.scalars(select(EventRow)).all() == []


def test_what_is_written_is_read_back_equal(database: Database) -> None:
    ask = _ask({"text": "größer \N{KISS MARK}", "n": [1, 2.5, None]})
    with database.session() as session:
        session.add(ask)
        session.flush()
        session.add(AskPictureRow(ask="1", hash="f" * 64))
        session.add(UsageRow(tenant="a" * 16, day=date(2026, 1, 2), calls=3, prompt_tokens=2**40))
    with database.reading() as session:
        again = session.scalars(select(AskRow)).one()
        assert (again.query, again.user, again.created_at, again.feedback) == (ask.query, "u", NOW, 0)
        assert again.created_at.tzinfo is UTC
        assert session.scalars(select(UsageRow)).one().prompt_tokens == 2**40


def test_pictures_of_a_purged_ask_go_with_it(database: Database) -> None:
    with database.session() as session:
        session.add(_ask({}))
        session.flush()
        session.add(AskPictureRow(ask="1", hash="f" * 64))
    with database.session() as session:
        session.execute(text("DELETE FROM asks"))
    with database.reading() as session:
        assert session.scalars(select(AskPictureRow)).all() == []


def test_a_moment_without_a_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="needs a time zone"), database.session() as session:
        session.add(TenantRow(key="a" * 16, platform="", workspace="", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_writers_that_read_first_wait_for_each_other(database: Database) -> None:
    """Without an early write lock SQLite fails such a transaction at once with "database is locked"."""
    with database.session() as session:
        session.add(UsageRow(tenant="t", day=date(2026, 1, 1), calls=0, prompt_tokens=0, completion_tokens=0))
    errors: list[Exception] = []

    def count() -> None:
        try:
            for _ in range(25):
                with database.session() as session:
                    row = session.scalars(select(UsageRow).with_for_update()).one()
                    row.calls += 1
        except Exception as error:  # noqa: BLE001 - handed to the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with database.reading() as session:
        assert session.scalars(select(UsageRow.calls)).one() == 100


def test_sqlite_is_durable_and_keeps_its_references(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "test.sqlite3"))
    with database.reading() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    database.close()


@pytest.mark.parametrize("url", ["", "nonsense", "oracle+nothing://x", "mongodb://host/db"])
def test_a_bad_url_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"database\.url"):
        Database(url)


def test_a_damaged_file_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite3").write_bytes(b"not a database at all, but long enough to be read as one" * 100)
    with pytest.raises(Unavailable, match="database can't be used"):
        Database(sqlite_url(tmp_path / "broken.sqlite3")).migrate()


def test_an_unreachable_server_is_told_in_words_without_its_password() -> None:
    database = Database("postgresql+psycopg://user:hunter2@127.0.0.1:1/name")
    with pytest.raises(Unavailable) as caught:
        database.check()
    assert "hunter2" not in str(caught.value)
    assert caught.value.advice
