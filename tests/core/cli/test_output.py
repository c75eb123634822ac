"""What commands print where nobody looks on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli import output
from core.engine import Engine
from core.settings import Settings
from tests.core.shop import product
from tests.fakes.encoder import TinyEncoder


@pytest.mark.parametrize("columns", ["20", "80"])
def test_lines_stay_whole_in_a_pipe(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    sentence = "It is the same picture as another one. " * 5
    output.complain(sentence.strip(), sentence.strip())
    output.out().print(output.table(("file", "why"), [("a" * 100, sentence.strip())]))
    captured = capsys.readouterr()
    assert captured.err == f"{sentence.strip()}\n" * 2
    assert f"{'a' * 100}  {sentence.strip()}" in captured.out


def test_markup_and_control_characters_are_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    output.out().print(output.table(("title",), [("[red]hat[/red] \x1b[31m:smile:",)]))
    shown = capsys.readouterr().out
    assert "[red]hat[/red]" in shown
    assert ":smile:" in shown
    assert "\x1b" not in shown


@pytest.fixture
def listing(tmp_path: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """The real program's command to list a catalogue of one product, and an environment without UTF-8."""
    with Engine(Settings(data_dir=tmp_path), TinyEncoder()) as engine:
        engine.catalog.put([product(1, title="Größe 猫")])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOOKALIKE_")}
    return (sys.executable, "-m", "core", "list"), kept | {
        "LOOKALIKE_DATA_DIR": str(tmp_path),
        "PYTHONIOENCODING": "ascii",
    }


def test_letters_that_a_terminal_lacks_are_question_marks(listing: tuple[tuple[str, ...], dict[str, str]]) -> None:
    command, environment = listing
    said = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert "Gr??e ?" in said.stdout
    assert said.stderr == ""


def test_json_is_escaped_for_it(listing: tuple[tuple[str, ...], dict[str, str]]) -> None:
    command, environment = listing
    said = subprocess.run((*command, "--json"), env=environment, capture_output=True, timeout=60, check=True)
    assert json.loads(said.stdout.decode("ascii"))[0]["metadata"]["title"] == "Größe 猫"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_a_sentence(listing: tuple[tuple[str, ...], dict[str, str]]) -> None:
    command, environment = listing
    with Path("/dev/full").open("w") as full:
        said = subprocess.run(
            command, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert said.returncode == 3
    assert said.stderr.startswith("A disk that is written to is full.")
