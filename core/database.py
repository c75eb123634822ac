"""The record of truth: connections, transactions and migrations. SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.orm import Session, sessionmaker

from core.errors import ConfigurationError, LookalikeError, Unavailable
from core.words import Sentence

BUSY_SECONDS = 30
"""How long a SQLite writer waits for another one."""

MIGRATION_LOCK = 0x6C6F6F6B
"""Key of PostgreSQL's advisory lock that lets one program migrate while others wait."""


class Database:
    """Sessions on one database.

    Args:
        url: a SQLAlchemy URL, such as ``sqlite:////data/catalog.sqlite3`` or ``postgresql+psycopg://…``.

    Raises:
        ConfigurationError: the URL is not one, or its driver is not installed.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction that may write: committed at the end, rolled back on any error.

        On SQLite it takes the write lock at its beginning (``BEGIN IMMEDIATE``): one that read first and
        then wrote would fail at once, without waiting, when another had written in between.

        Raises:
            Unavailable: the database can't be reached, is locked, full or damaged.
        """
        with self._transaction(writes=True) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads: one consistent snapshot on SQLite, never waits for a writer."""
        with self._transaction(writes=False) as session:
            yield session

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Session]:
        with translated(), self._sessions() as session, session.begin():
            session.connection(execution_options={"lookalike_writes": writes})
            yield session

    def migrate(self) -> None:
        """Bring the schema to the newest version; does nothing when it is there already.

        Raises:
            Unavailable: the database can't be reached or refuses.
            ConfigurationError: the database was made by a newer version of the program.
        """
        # Alembic loads Mako and its plugins: half a second that only a start pays.
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
        with (
            translated(),
            self._engine.connect().execution_options(lookalike_writes=True) as connection,
            connection.begin(),
        ):
            if self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise ConfigurationError(
                    "The database was made by a newer version of this program.",
                    "Update the program, or use another data folder.",
                ) from error

    def check(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            Unavailable: it gives none.
        """
        with self.reading() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return URL.create("sqlite", database=str(path.resolve())).render_as_string()


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's failures into :class:`Unavailable`; constraint violations and bugs pass."""
    try:
        yield
    except LookalikeError:
        raise
    except (OperationalError, InterfaceError) as error:
        raise Unavailable(
            Sentence("outage.database", why=_first_line(error)), Sentence("outage.database_advice")
        ) from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # its subclasses are violated constraints and wrong statements
            raise
        raise Unavailable(
            Sentence("outage.database", why=_first_line(error)), Sentence("outage.database_damaged_advice")
        ) from error


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0].rstrip(".") if str(error.orig).strip() else type(error).__name__


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        engine = create_engine(parsed, pool_pre_ping=not parsed.drivername.startswith("sqlite"))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigurationError(
            "The setting database.url is not a usable SQLAlchemy URL.",
            "Leave it empty for SQLite in the data folder, or write postgresql+psycopg://user:password@host/name.",
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Pragmas of each connection; the driver's own transaction handling is switched off.

    https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#enabling-non-legacy-sqlite-transactional-modes-with-the-sqlite3-or-aiosqlite-driver
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("lookalike_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
