"""A command line in a fresh folder, in this process."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from core.cli.app import main
from core.cli.session import Session
from core.engine import Engine
from core.settings import Settings
from tests.core.cli.program import tiny


@dataclass(frozen=True)
class Said:
    """What one command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON, and nothing beside it."""
        return json.loads(self.out)


class Program:
    """Runs commands one after the other on one data folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self._capsys = capsys

    def __call__(self, *arguments: object, engine: Callable[[Settings], Engine] = tiny) -> Said:
        self._capsys.readouterr()
        code = main([str(argument) for argument in arguments], Session(engine))
        captured = self._capsys.readouterr()
        return Said(code, captured.out, captured.err)

    def done(self, *arguments: object) -> Said:
        """The same, for commands that must succeed."""
        said = self(*arguments)
        assert said.code == 0, said.err
        return said


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Program]:
    """A command line whose settings, data and logs lie in the test's folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOKALIKE_DATA_DIR", str(tmp_path / "data"))
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    yield Program(tmp_path, capsys)
    for handler in root.handlers:
        handler.close()
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()
