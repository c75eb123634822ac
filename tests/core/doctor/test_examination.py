"""What the doctor finds, on real stores, sockets and servers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.datadir import DataDir
from core.doctor import Finding, Level, examine
from core.encoders.base import Encoder
from core.engine import Engine
from core.errors import ConfigurationError, Unavailable
from core.settings import (
    DatabaseSettings,
    EncoderSettings,
    IndexSettings,
    RerankerSettings,
    Settings,
    WebSettings,
)
from tests.core.shop import product
from tests.fakes.encoder import TinyEncoder
from tests.fakes.openai_server import OpenAIServer


def load_tiny(settings: EncoderSettings, cache_dir: Path) -> Encoder:
    return TinyEncoder()


def settings(folder: Path, **values: Any) -> Settings:
    return Settings(data_dir=folder / "data", **{"web": WebSettings(port=0)} | values)


def findings(made: Settings, **options: Any) -> dict[str, Finding]:
    """By subject; the last of several with one subject."""
    return {found.subject: found for found in examine(made, **{"load": load_tiny} | options)}


def bad(found: dict[str, Finding]) -> set[str]:
    assert all(each.advice for each in found.values() if each.level is not Level.OK), found
    return {each.subject for each in found.values() if each.level is Level.FAIL}


def test_a_fresh_folder_is_in_order(tmp_path: Path) -> None:
    found = findings(settings(tmp_path))
    assert bad(found) == set()
    assert list(found)[:7] == [
        "settings",
        "data folder",
        "database",
        "picture store",
        "encoder",
        "milvus",
        "catalogue",
    ]
    assert "0 items" in found["catalogue"].text
    assert found["ranking model"].level is Level.WARN
    assert "OPENAI_API_KEY" in found["ranking model"].text
    assert "starter" in found["encoder"].text


def test_nothing_is_left_behind_and_the_folder_is_free_again(tmp_path: Path) -> None:
    made = settings(tmp_path)
    findings(made)
    assert not [path for path in (tmp_path / "data" / "pictures").rglob("*") if path.is_file()]
    with Engine(made, TinyEncoder()) as engine:
        engine.catalog.put([product(1)])
    found = findings(made)
    assert bad(found) == set()
    assert found["catalogue"].text == "1 items, all with their vectors."


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    with DataDir(tmp_path / "data"):
        found = findings(settings(tmp_path))
    assert found["lock"].level is Level.WARN
    assert "Another program" in found["lock"].text
    assert "database" not in found
    assert "web workbench" in found


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    found = findings(settings(tmp_path))
    assert "data folder" in bad(found) | {"data folder" for each in found.values() if each.level is Level.FAIL}
    assert "database" not in found


@pytest.mark.parametrize(
    ("url", "words"),
    [("nonsense", "not a usable SQLAlchemy URL"), ("sqlite:////proc/none/x.sqlite3", "can't be used")],
)
def test_database(tmp_path: Path, url: str, words: str) -> None:
    found = findings(settings(tmp_path, database=DatabaseSettings(url=SecretStr(url))))
    assert "database" in bad(found)
    assert words in found["database"].text


def test_a_database_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "lookalike.sqlite3").write_bytes(b"not a database at all" * 100)
    assert "database" in bad(findings(settings(tmp_path)))


def test_an_unknown_encoder_names_the_known_ones(tmp_path: Path) -> None:
    from core.encoders import registry

    found = findings(settings(tmp_path, encoder=EncoderSettings(name="stater")), load=registry.build)
    assert "encoder" in bad(found)
    assert "starter" in found["encoder"].advice
    assert found["milvus"].level is Level.WARN


def test_a_catalogue_of_another_encoder(tmp_path: Path) -> None:
    with Engine(settings(tmp_path), TinyEncoder(version="0")) as engine:
        engine.catalog.put([product(1)])
    found = findings(settings(tmp_path))
    assert bad(found) == {"catalogue"}
    assert "reindex" in found["catalogue"].advice


def test_milvus_that_is_not_there(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    index = IndexSettings(uri=f"http://127.0.0.1:{port}", timeout=2)
    found = findings(settings(tmp_path, index=index))
    assert bad(found) == {"milvus"}


def test_vectors_that_are_missing_are_noticed(tmp_path: Path) -> None:
    made = settings(tmp_path)
    with Engine(made, TinyEncoder()) as engine:
        engine.catalog.put([product(1), product(2)])
        engine.index.delete(product(1).tenant.key, [product(1).id])
    found = findings(made)
    assert found["catalogue"].level is Level.WARN
    assert "repair" in found["catalogue"].advice


async def test_ranking_model(tmp_path: Path) -> None:
    async with OpenAIServer(key="sk-the-right-key") as server:
        good = settings(tmp_path, reranker=server.settings())
        found = await asyncio.to_thread(findings, good)
        assert found["ranking model"].level is Level.OK
        wrong = settings(tmp_path, reranker=server.settings(api_key=SecretStr("sk-wrong-key-entirely")))
        found = await asyncio.to_thread(findings, wrong)
        assert bad(found) == {"ranking model"}
        assert "sk-wrong" not in str(found)


def test_a_ranking_model_that_is_switched_off(tmp_path: Path) -> None:
    found = findings(settings(tmp_path, reranker=RerankerSettings(enabled=False)))
    assert "Switched off" in found["ranking model"].text
    assert bad(found) == set()


def test_web_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = findings(settings(tmp_path, web=WebSettings(port=port)))
        assert found["web workbench"].level is Level.WARN
    assert findings(settings(tmp_path, web=WebSettings(port=port)))["web workbench"].level is Level.OK
    assert findings(settings(tmp_path, web=WebSettings(enabled=False)))["web workbench"].level is Level.OK


def test_further_checks_and_what_they_raise(tmp_path: Path) -> None:
    def fine(made: Settings) -> Iterator[Finding]:
        yield Finding("chat", Level.OK, "All is well.")

    def chat_token(made: Settings) -> Iterator[Finding]:
        yield Finding("chat scope", Level.WARN, "A scope is missing.", "Add it.")
        raise ConfigurationError("The token was refused.", "Make a new one.")

    def down(made: Settings) -> Iterator[Finding]:
        raise Unavailable("No answer.", "Try again.")

    found = findings(settings(tmp_path), more=(fine, chat_token, down))
    assert bad(found) == {"chat token", "down"}
    assert found["chat scope"].advice == "Add it."
    assert found["chat"].level is Level.OK
