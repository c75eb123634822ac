"""Settings: the order of the sources, refused secrets, and sentences for wrong values."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.settings import load
from core.settings_sources import WELL_KNOWN


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder and an environment without our variables."""
    import os

    for name in list(os.environ):
        if name.startswith("LOOKALIKE_") or name in WELL_KNOWN:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults_need_no_file() -> None:
    settings = load()
    assert settings.encoder.name == "starter"
    assert settings.data_dir == Path("data")
    assert settings.web.host == "127.0.0.1"


def test_each_source_beats_the_one_below(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare / "config.yaml").write_text("search:\n  limit: 4\nweb:\n  port: 1234\n")
    assert load().search.limit == 4
    secrets = bare / "secrets"
    secrets.mkdir()
    (secrets / "lookalike_search__limit").write_text("5\n")
    monkeypatch.setenv("LOOKALIKE_SECRETS_DIR", str(secrets))
    assert load().search.limit == 5
    (bare / ".env").write_text("LOOKALIKE_SEARCH__LIMIT=6\n")
    assert load().search.limit == 6
    monkeypatch.setenv("LOOKALIKE_SEARCH__LIMIT", "7")
    assert load().search.limit == 7
    assert load().web.port == 1234


@pytest.mark.parametrize("source", ["environment", "dotenv", "secrets"])
def test_well_known_names_work_as_they_are(bare: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    if source == "environment":
        monkeypatch.setenv("OPENAI_API_KEY", "sk-one")
    elif source == "dotenv":
        (bare / ".env").write_text("OPENAI_API_KEY=sk-one\n")
    else:
        (bare / "s").mkdir()
        (bare / "s" / "OPENAI_API_KEY").write_text("sk-one\n")
        monkeypatch.setenv("LOOKALIKE_SECRETS_DIR", str(bare / "s"))
    settings = load()
    assert settings.reranker.api_key.get_secret_value() == "sk-one"
    assert "sk-one" not in repr(settings)


def test_secrets_are_refused_in_the_committed_file(bare: Path) -> None:
    (bare / "config.yaml").write_text("reranker:\n  api_key: sk-leaked\n")
    with pytest.raises(ConfigurationError) as caught:
        load()
    assert "reranker.api_key" in caught.value.reason
    assert "LOOKALIKE_RERANKER__API_KEY" in caught.value.advice
    assert "sk-leaked" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("web:\n  port: 99999\n", "web.port"),
        ("web:\n  prot: 80\n", "web.prot"),
        ("wbe:\n  port: 80\n", "wbe"),
        ("web: [\n", "line"),
        ("- a\n", "name: value"),
        ("reranker:\n  provider: other\n", "reranker.provider"),
    ],
)
def test_a_wrong_file_is_told_in_a_sentence(bare: Path, content: str, named: str) -> None:
    (bare / "config.yaml").write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        load()
    assert named in caught.value.reason
    assert caught.value.advice


def test_a_named_file_or_folder_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKALIKE_CONFIG", "nowhere.yaml")
    with pytest.raises(ConfigurationError, match=r"nowhere\.yaml"):
        load()
    monkeypatch.delenv("LOOKALIKE_CONFIG")
    monkeypatch.setenv("LOOKALIKE_SECRETS_DIR", "nowhere")
    with pytest.raises(ConfigurationError, match="nowhere"):
        load()


def test_a_variable_copied_empty_from_the_example_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKALIKE_ENCODER__TITLE_WEIGHT", "")
    assert load().encoder.title_weight is None
