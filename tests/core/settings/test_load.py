"""Settings: the order of the places, refused secrets and names, and sentences for wrong values."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.settings import load, unknown_names
from core.settings.names import WELL_KNOWN


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder and an environment without our variables."""
    for name in list(os.environ):
        if name.startswith("LOOKALIKE_") or name in WELL_KNOWN:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal() -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load()
    return caught.value


def test_defaults_need_no_file() -> None:
    settings = load()
    assert settings.encoder.name == "starter"
    assert settings.data_dir == Path("data")
    assert settings.web.host == "127.0.0.1"


def test_each_place_beats_the_one_below(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.mark.parametrize("place", ["environment", "dotenv", "secrets"])
def test_well_known_names_work_as_they_are(bare: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    if place == "environment":
        monkeypatch.setenv("OPENAI_API_KEY", "sk-one")
    elif place == "dotenv":
        (bare / ".env").write_text("OPENAI_API_KEY=sk-one\n")
    else:
        (bare / "s").mkdir()
        (bare / "s" / "OPENAI_API_KEY").write_text("sk-one\n")
        monkeypatch.setenv("LOOKALIKE_SECRETS_DIR", str(bare / "s"))
    settings = load()
    assert settings.reranker.api_key.get_secret_value() == "sk-one"
    assert "sk-one" not in repr(settings)


def test_our_own_name_beats_a_well_known_one_that_may_be_meant_for_others(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://everybody")
    assert load().reranker.base_url == "http://everybody"
    (bare / ".env").write_text("LOOKALIKE_RERANKER__BASE_URL=http://ours\n")
    assert load().reranker.base_url == "http://ours"


@pytest.mark.parametrize("written", ["C1, C2", '["C1", "C2"]', "C1,C2,"])
def test_lists_in_variables(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("LOOKALIKE_SLACK__CHANNELS", written)
    assert load().slack.channels == ("C1", "C2")


def test_what_is_left_blank_is_the_default(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKALIKE_ENCODER__TITLE_WEIGHT", "")
    (bare / "config.yaml").write_text("web:\n  # port: 1\nsearch:\n  limit:\nslack:\n  bot_token: ''\n")
    settings = load()
    assert settings.encoder.title_weight is None
    assert (settings.web.port, settings.search.limit) == (8080, 9)


def test_numbers_are_ids_where_ids_are_meant(bare: Path) -> None:
    (bare / "config.yaml").write_text("discord:\n  channels: [112233, 445566]\n  managers_role: 778899\n")
    assert load().discord.channels == ("112233", "445566")
    assert load().discord.managers_role == "778899"


def test_secrets_are_refused_in_the_committed_file(bare: Path) -> None:
    (bare / "config.yaml").write_text("reranker:\n  api_key: sk-leaked\n")
    error = refusal()
    assert "reranker.api_key" in error.reason
    assert "LOOKALIKE_RERANKER__API_KEY" in error.advice
    assert "sk-leaked" not in str(error)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a: 1\n", "There is no setting a (config.yaml, line 1)."),
        ("# so\nweb:\n  prot: 80\n", "no setting web.prot (config.yaml, line 3). Did you mean web.port?"),
        ("wbe:\n  port: 80\n", "no setting wbe (config.yaml, line 1). Did you mean web?"),
        ("web:\n  1: 2\n", "no setting web.1"),
        ("web: 80\n", "web is a group of settings, and no setting (config.yaml, line 1)."),
        ("web:\n  port: 1\nlog:\nweb:\n  host: x\n", "has web twice, in lines 1 and 4."),
        ("web:\n  port: 1\n  port: 2\n", "has web.port twice, in lines 2 and 3."),
        ("web: [\n", "not valid YAML in line"),
        ("- a\n", "`name: value`"),
        ("\0", "not valid YAML"),
        ("reranker:\n  provider: other\n", "it must be one of openai, azure (config.yaml, line 2)."),
        ("web:\n  port: 99999\n", "The setting web.port is not usable: it must be a whole number from 0 to 65535"),
        ("web:\n  port: 99999\n", "Write for example `port: 8080`, the default."),
        ("web:\n  port: a\nsearch:\n  limit: 0\n", "The setting search.limit is not usable: it must be a whole number"),
    ],
)
def test_a_wrong_file_is_told_with_the_line_and_what_to_write(bare: Path, content: str, told: str) -> None:
    (bare / "config.yaml").write_text(content)
    error = refusal()
    assert told in str(error)
    assert error.advice


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LOOKALIKE_WEB__PORT", "many", "a whole number from 0 to 65535 (LOOKALIKE_WEB__PORT in the environment)."),
        ("LOOKALIKE_WEB__PORT", "many", "Write for example `LOOKALIKE_WEB__PORT=8080`, the default."),
        ("LOOKALIKE_WEB__ENABLED", "perhaps", "must be true or false"),
        ("LOOKALIKE_INDEX__TIMEOUT", "0", "must be a number above 0"),
        ("LOOKALIKE_INDEX__TIMEOUT", "inf", "must be a number above 0"),
        ("LOOKALIKE_INDEX__FLUSH_ROWS", "0", "must be a whole number that is at least 1"),
        ("LOOKALIKE_INDEX__COLLECTION", "9 lives", "at most 64 letters, digits and _"),
        ("LOOKALIKE_ENCODER__TITLE_WEIGHT", "2", "must be a number from 0 to 1 or nothing"),
        ("LOOKALIKE_SLACK__CHANNELS", "[C1", "must be a list of texts, such as C01,C02"),
        ("LOOKALIKE_WEB__PROT", "80", "There is no setting web.prot (LOOKALIKE_WEB__PROT in the environment)."),
        ("LOOKALIKE_WEB__PROT", "80", "Did you mean LOOKALIKE_WEB__PORT?"),
        ("LOOKALIKE_WEB__PORT__X", "80", "There is no setting web.port.x"),
    ],
)
def test_a_wrong_variable_is_told_with_what_to_write(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    error = refusal()
    assert told in str(error)
    assert f"'{value}'" not in str(error)


def test_the_place_of_a_wrong_value_is_the_one_that_counts(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare / "config.yaml").write_text("web:\n  port: 5\n")
    (bare / ".env").write_text("LOOKALIKE_WEB__PORT=x\n")
    assert "(LOOKALIKE_WEB__PORT in .env)" in refusal().reason


def test_variables_that_are_nearly_settings_are_told(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKALIKE_DATADIR", "/x")
    monkeypatch.setenv("LOOKALIKE_WEBB__PORT", "1")
    monkeypatch.setenv("LOOKALIKE_QQQ", "1")
    (bare / ".env").write_text("DISCORD_BOT_TOKEN=abc\nCOMPOSE_PROJECT_NAME=shop\nSLACK_BOT_TOKEN=x\n")
    load()
    told = {unknown.text.split()[0]: unknown for unknown in unknown_names()}
    assert told.keys() == {"LOOKALIKE_DATADIR", "LOOKALIKE_WEBB__PORT", "LOOKALIKE_QQQ", "DISCORD_BOT_TOKEN"}
    assert told["LOOKALIKE_DATADIR"].advice == "Did you mean LOOKALIKE_DATA_DIR?"
    assert told["LOOKALIKE_WEBB__PORT"].advice == "Did you mean LOOKALIKE_WEB__PORT?"
    assert told["LOOKALIKE_QQQ"].advice == ""
    assert told["DISCORD_BOT_TOKEN"].advice == "Did you mean DISCORD_TOKEN?"
    assert "in .env" in told["DISCORD_BOT_TOKEN"].text
    assert "abc" not in str(told)


def test_where_files_lie_is_said_in_the_environment_alone(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare / "other.yaml").write_text("web:\n  port: 5\n")
    (bare / ".env").write_text("LOOKALIKE_CONFIG=other.yaml\nLOOKALIKE_SECRETS_DIR=\n")
    assert load().web.port == 8080
    assert [unknown.text for unknown in unknown_names()] == ["LOOKALIKE_CONFIG in .env changes nothing."]
    monkeypatch.setenv("LOOKALIKE_CONFIG", "other.yaml")
    assert load().web.port == 5


def test_what_kubernetes_makes_of_a_service_called_lookalike_is_no_typing_mistake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOOKALIKE_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("LOOKALIKE_SERVICE_PORT_HTTP", "8080")
    monkeypatch.setenv("LOOKALIKE_PORT", "tcp://10.0.0.1:8080")
    monkeypatch.setenv("LOOKALIKE_PORT_8080_TCP_ADDR", "10.0.0.1")
    monkeypatch.setenv("LOOKALIKE_WEB_PORT", "8080")
    assert [unknown.advice for unknown in unknown_names()] == ["Did you mean LOOKALIKE_WEB__PORT?"]


def test_a_named_file_or_folder_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKALIKE_CONFIG", "nowhere.yaml")
    assert "nowhere.yaml" in refusal().reason
    monkeypatch.delenv("LOOKALIKE_CONFIG")
    monkeypatch.setenv("LOOKALIKE_SECRETS_DIR", "nowhere")
    assert "nowhere" in refusal().reason


def test_files_that_are_no_text_are_told(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare / "secrets").mkdir()
    (bare / "secrets" / "OPENAI_API_KEY").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv("LOOKALIKE_SECRETS_DIR", str(bare / "secrets"))
    assert "secrets folder" in refusal().reason
    (bare / "secrets" / "OPENAI_API_KEY").unlink()
    (bare / ".env").write_bytes(b"A=\xff\n")
    assert refusal().reason.startswith(".env")
    (bare / ".env").unlink()
    (bare / "config.yaml").write_bytes(b"web: \xff\n")
    assert refusal().reason.startswith("config.yaml")
