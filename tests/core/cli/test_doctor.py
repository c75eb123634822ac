"""``doctor`` on the command line. Its checks are tested in ``tests/core/doctor``."""

from __future__ import annotations

import pytest

from tests.core.cli.conftest import Program


def test_settings_that_fail_are_a_finding(program: Program) -> None:
    (program.folder / "config.yaml").write_text("search: {limit: 99}")
    said = program("doctor")
    assert said.code == 1
    assert said.out.startswith("FAIL settings: The setting search.limit is not usable")
    said = program("doctor", "--json")
    assert said.code == 1
    assert said.json["ok"] is False
    assert said.json["findings"][0]["level"] == "fail"
    assert said.json["findings"][0]["advice"]


def test_an_encoder_that_fails_decides_the_exit_code(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKALIKE_ENCODER__NAME", "stater")
    monkeypatch.setenv("LOOKALIKE_WEB__PORT", "0")
    said = program("doctor")
    assert said.code == 1
    marks = [line.split()[0] for line in said.out.splitlines() if not line.startswith(" ")]
    assert marks.count("FAIL") == 1
    assert "ok   database" in said.out
    assert "starter" in said.out
    assert "Traceback" not in said.out + said.err


def test_a_variable_that_is_nearly_a_setting_is_a_warning(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKALIKE_DATADIR", "elsewhere")
    said = program("doctor", "--json")
    warned = [each for each in said.json["findings"] if each["subject"] == "settings" and each["level"] == "warn"]
    assert [each["advice"] for each in warned] == ["Did you mean LOOKALIKE_DATA_DIR?"]
    assert said.err == ""
