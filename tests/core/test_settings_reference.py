"""The generated documents name every setting and agree with the model."""

from __future__ import annotations

from pathlib import Path

from dotenv import dotenv_values

from core.settings import Settings, load
from core.settings_reference import documents, example, main, reference
from core.settings_sources import WELL_KNOWN, variable, walk


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


def test_the_example_uncommented_gives_the_defaults(tmp_path: Path) -> None:
    lines = [
        line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in example().splitlines()
    ]
    file = tmp_path / ".env"
    file.write_text("\n".join(lines))
    values = dotenv_values(file)
    expected = {variable(path) for path, _, _ in walk(Settings) if path not in WELL_KNOWN.values()} | set(WELL_KNOWN)
    assert set(values) == expected
    assert Settings(_env_file=file).model_dump() == load().model_dump()
