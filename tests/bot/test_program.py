"""Starting and stopping the program as its users do."""

from __future__ import annotations

import signal
import time
import urllib.request
from pathlib import Path

import pytest

from tests.bot.program import program

pytestmark = pytest.mark.timeout(900)


def _get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=20) as response:
        return response.status, response.read().decode()


def test_it_starts_on_nothing_answers_operations_and_leaves_on_a_signal(tmp_path: Path) -> None:
    with program(tmp_path / "data") as running:
        url = running.ready()
        assert _get(f"{url}livez") == (200, "ok\n")
        status, text = _get(f"{url}readyz")
        assert status == 200, text
        assert "web: ok" in text
        assert "index: ok" in text
        assert "lookalike_requests_running 0.0" in _get(f"{url}metrics")[1]
        with program(tmp_path / "data") as second:
            assert second.wait_for("Another program works on this data folder")
            assert second.stop(None) == 1
        with program(tmp_path / "other", LOOKALIKE_WEB__PORT=url.rstrip("/").rpartition(":")[2]) as third:
            assert third.wait_for("Nothing can be served at")
            assert third.stop(None) == 1
        for other in (second, third):
            assert not any("Traceback" in line for line in other.lines), "".join(other.lines)
        started = time.monotonic()
        assert running.stop(signal.SIGTERM) == 0
        assert time.monotonic() - started < 25
    assert not any("Traceback" in line for line in running.lines), "".join(running.lines)


def test_a_stop_while_the_showroom_is_loaded_is_made_up_for(tmp_path: Path) -> None:
    with program(tmp_path / "data") as running:
        running.ready()
        assert running.stop(signal.SIGINT) == 0
        assert (tmp_path / "data" / "showroom.unfinished").exists()
    with program(tmp_path / "data") as running:
        running.ready()
        assert running.wait_for("showroom.loaded")
        assert not (tmp_path / "data" / "showroom.unfinished").exists()


def test_a_wrong_setting_is_a_sentence(tmp_path: Path) -> None:
    with program(tmp_path / "data", LOOKALIKE_WEB__PORT="many") as running:
        assert running.wait_for("The setting web.port is not usable")
        assert running.stop(None) == 1
    assert not any("Traceback" in line for line in running.lines)
