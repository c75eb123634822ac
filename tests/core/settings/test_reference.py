"""The generated documents name every setting and agree with the model."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from dotenv import dotenv_values

from core.settings import Settings, load
from core.settings.names import WELL_KNOWN, variable, walk
from core.settings.reference import documents, example, main, reference


def test_every_setting_is_described() -> None:
    text = reference()
    for path, field, _ in walk(Settings):
        assert field.description, path
        assert f"`{variable(path)}`" in text
    for name in WELL_KNOWN:
        assert f"`{name}`" in text


def test_the_committed_documents_are_current() -> None:
    assert main(["--check"]) == 0
    assert all(path.exists() for path in documents())


def test_the_example_uncommented_gives_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in example().splitlines()
    ]
    file = tmp_path / ".env"
    file.write_text("\n".join(lines))
    values = dotenv_values(file)
    expected = {variable(path) for path, _, _ in walk(Settings) if path not in WELL_KNOWN.values()} | set(WELL_KNOWN)
    assert set(values) == expected
    for name in [name for name in os.environ if name in expected]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    assert load() == Settings()
