"""Exit codes and what failures look like."""

from __future__ import annotations

import json
from typing import NoReturn

import pytest

from core.cli.app import explain
from core.cli.session import Session
from core.engine import Engine
from core.errors import Unavailable
from core.settings import Settings
from tests.core.cli.conftest import Program


def test_help_needs_no_settings(program: Program) -> None:
    (program.folder / "config.yaml").write_text("encoder: [broken")
    for arguments in (["--help"], ["ingest", "--help"], ["search", "--help"]):
        said = program(*arguments)
        assert said.code == 0
        assert "Usage: python -m core" in said.out


def test_no_command_is_wrong_usage(program: Program) -> None:
    assert program().code == 2


@pytest.mark.parametrize("command", ["stats", "list"])
def test_unusable_settings_are_a_sentence(program: Program, command: str) -> None:
    (program.folder / "config.yaml").write_text("encoder: {nme: starter}")
    said = program(command)
    assert said.code == 1
    assert "There is no setting encoder.nme (config.yaml, line 1).\nDid you mean encoder.name?" in said.err
    assert "Traceback" not in said.err


def test_a_dependency_that_is_down(program: Program) -> None:
    def down(settings: Settings) -> NoReturn:
        raise Unavailable("Milvus is not reachable.", "Start it.")

    said = program("repair", engine=down)
    assert (said.code, said.out, said.err) == (3, "", "Milvus is not reachable.\nStart it.\n")


def test_a_bug_shows_a_reference_and_leaves_its_trace_in_the_log(program: Program) -> None:
    def broken(settings: Settings) -> NoReturn:
        raise ZeroDivisionError("secret text of a person")

    said = program("repair", engine=broken)
    assert said.code == 70
    assert "Traceback" not in said.err
    assert "secret text" not in said.err
    (line,) = (program.data_dir / "logs" / "lookalike.log").read_text().splitlines()
    event = json.loads(line)
    assert event["event"] == "command_failed"
    assert event["reference"] in said.err
    assert "in broken" in event["exception"]


def test_a_bug_before_there_are_settings_shows_no_trace(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(ZeroDivisionError("secret text of a person"), Session()) == 70
    said = capsys.readouterr()
    assert said.out == ""
    assert "ZeroDivisionError, reference" in said.err
    assert "secret text" not in said.err


def test_settings_that_are_no_text(program: Program) -> None:
    (program.folder / "config.yaml").write_bytes(b"encoder: {name: \xff}")
    said = program("stats")
    assert said.code == 1
    assert "config.yaml can't be read as text." in said.err


def test_with_level_debug_the_trace_is_shown_too(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(settings: Settings) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setenv("LOOKALIKE_LOG__LEVEL", "debug")
    assert "Traceback" in program("repair", engine=broken).err


def test_two_programs_on_one_folder(program: Program) -> None:
    from tests.core.cli.program import tiny

    with tiny(Settings(data_dir=program.data_dir)):
        said = program("stats")
    assert said.code == 1
    assert "Another program works on this data folder" in said.err
    assert program("stats").code == 0


def test_ctrl_c_elsewhere(program: Program) -> None:
    def interrupted(settings: Settings) -> Engine:
        raise KeyboardInterrupt

    assert program("repair", engine=interrupted).code == 130


def test_a_variable_that_is_nearly_a_setting_is_told_and_costs_nothing(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOKALIKE_WEBB__PORT", "80")
    said = program("stats", "--json")
    assert said.json["items"] == 0
    assert said.err.splitlines() == [
        "LOOKALIKE_WEBB__PORT in the environment is no setting and changes nothing.",
        "Did you mean LOOKALIKE_WEB__PORT?",
    ]
