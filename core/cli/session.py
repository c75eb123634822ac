"""What one run of a command has at hand: settings, logs, and the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from core import logs, places
from core.cli.output import complain
from core.engine import Engine
from core.inventory import Inventory
from core.settings import Settings, load, unknown_names

LOG_FILE = Path("logs") / "lookalike.log"


class Session:
    """Settings are read when a command first asks for them, so that ``--help`` needs none.

    Args:
        open_engine: how to get the engine from the settings.
    """

    def __init__(self, open_engine: Callable[[Settings], Engine] = Engine) -> None:
        self._settings: Settings | None = None
        self._open_engine = open_engine

    @property
    def settings(self) -> Settings:
        """The settings; logs are set up with them, and variables that are probably misspelled are told.

        Raises:
            ConfigurationError: they can't be used.
        """
        if self._settings is None:
            self.load()
            for unknown in unknown_names():
                complain(unknown.text, unknown.advice)
        return self.load()

    def load(self) -> Settings:
        """The same without a word about variables."""
        if self._settings is None:
            self._settings = load()
            self.log_to_file()
        return self._settings

    @property
    def log_file(self) -> Path | None:
        """Where events and the traces of bugs go; None before there are settings."""
        return places.data_dir(self._settings) / LOG_FILE if self._settings else None

    def log_to_file(self) -> None:
        """Keep standard error for people: events go to the log file, and with level ``debug`` to both."""
        if self._settings is not None:
            logs.configure(self._settings, console=self._settings.log.level == "debug", file=self.log_file)

    def inventory(self) -> Inventory:
        """The catalogue without its encoder: quick to open.

        Raises:
            UserError, Unavailable: see :class:`~core.inventory.Inventory`.
        """
        return Inventory(self.settings)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """The open engine, closed at the end.

        Raises:
            UserError, Unavailable: see :class:`~core.engine.Engine`.
        """
        with self._open_engine(self.settings) as engine:
            yield engine


def of(context: typer.Context) -> Session:
    """The session of the running command."""
    session = context.find_object(Session)
    assert session is not None
    return session
