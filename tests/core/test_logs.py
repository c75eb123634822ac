"""Logs: where they go, in which form, and what never gets into them."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from core.logs import configure, secrets
from core.settings import LogSettings, RerankerSettings, Settings

KEY = 'sk-very-"secret"-key'


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Leave the process's logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def settings(**log: Any) -> Settings:
    return Settings(log=LogSettings(**log), reranker=RerankerSettings(api_key=SecretStr(KEY)))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_file_holds_json_events_of_ours_and_of_libraries(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "lookalike.log"
    configure(settings(), console=False, file=path)
    assert not path.parent.exists()
    structlog.get_logger("core.thing").info("item_added", item="abc", count=2)
    structlog.get_logger("core.thing").debug("too_quiet")
    logging.getLogger("library").warning("careful %s", "now")
    logging.getLogger("library").info("too quiet")
    ours, theirs = lines(path)
    assert ours["event"] == "item_added"
    assert (ours["item"], ours["count"], ours["level"], ours["logger"]) == ("abc", 2, "info", "core.thing")
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["level"]) == ("careful now", "warning")


def test_level(tmp_path: Path) -> None:
    configure(settings(level="error"), console=False, file=tmp_path / "l")
    structlog.get_logger("core.thing").warning("too_quiet")
    structlog.get_logger("bot.thing").error("heard")
    assert [line["event"] for line in lines(tmp_path / "l")] == ["heard"]


@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_and_local_variables_are_in_no_line(form: Any, capsys: pytest.CaptureFixture[str]) -> None:
    configure(settings(format=form))
    hidden = "text of a person's message"

    def fails() -> None:
        message = hidden
        raise ValueError(len(message))

    try:
        fails()
    except ValueError:
        structlog.get_logger("core.thing").exception("broken", header=f"Bearer {KEY}")
    logging.getLogger("httpx").error("GET https://x/?key=%s", KEY)
    written = capsys.readouterr().err
    assert "ValueError" in written
    assert "in fails" in written
    assert KEY not in written
    assert written.count("***") == 2
    assert hidden not in written


def test_auto_is_json_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    configure(settings())
    structlog.get_logger("core").info("hello")
    assert json.loads(capsys.readouterr().err)["event"] == "hello"


def test_configuring_again_replaces_the_first(tmp_path: Path) -> None:
    configure(settings(), console=False, file=tmp_path / "one")
    configure(settings(), console=False, file=tmp_path / "two")
    structlog.get_logger("core").info("hello")
    assert not (tmp_path / "one").exists()
    assert len(lines(tmp_path / "two")) == 1


def test_secrets_are_those_of_the_settings() -> None:
    assert list(secrets(settings())) == [KEY]


def test_importing_configures_nothing() -> None:
    program = "import logging, core.logs; assert not logging.getLogger().handlers"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_libraries_warn_of_goes_to_the_log_and_not_to_the_terminal(tmp_path: Path) -> None:
    program = (
        "import sys, warnings; from pathlib import Path; from core.logs import configure; from core.settings import *\n"
        "configure(Settings(), console=False, file=Path(sys.argv[1])); warnings.warn('a palette without colours')"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "l")], capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
    assert "a palette without colours" in lines(tmp_path / "l")[0]["event"]
