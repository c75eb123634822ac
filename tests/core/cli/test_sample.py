"""``sample``: the drawn showroom, and the tutorial's archive from a local server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core import showroom
from core.amazon import NAME
from tests.core.cli.conftest import Program
from tests.core.ingest.test_sources import tarred
from tests.core.shop import picture


class Quiet(SimpleHTTPRequestHandler):
    """A file server that keeps no log."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def release(tmp_path: Path) -> Iterator[str]:
    """The address of a server that offers an archive under the tutorial's name."""
    folder = tmp_path / "release"
    folder.mkdir()
    files = {f"images_folder/{number}.png": picture(number).data for number in range(5)}
    (folder / NAME).write_bytes(tarred(files | {"leopard.jpg": picture(9).data}, "w:gz"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_showroom(program: Program) -> None:
    said = program.done("sample", "--json")
    assert said.json["added"] == showroom.count() >= 120
    assert said.json["skipped"] == []
    stats = program.done("stats", "--json").json
    assert stats["items"] == showroom.count()
    assert "mug" in stats["categories"]
    item = program.done("list", "--where", '{"category": "mug", "tags": ["leopard"]}', "--json").json[0]
    assert "leopard" in item["image"]
    assert item["metadata"]["title"]
    assert item["metadata"]["price"] > 0
    assert item["metadata"]["currency"] == showroom.CURRENCY


def test_amazon(program: Program, release: str) -> None:
    said = program.done("sample", "--amazon", "--base-url", release, "--json")
    assert said.json["added"] == 6
    assert program.done("sample", "--amazon", "--base-url", "http://127.0.0.1:1", "--json").json["unchanged"] == 6
    images = {item["image"] for item in program.done("list", "--json").json}
    assert "leopard.jpg" in images
    assert "images_folder/0.png" in images


def test_amazon_where_there_is_no_archive(program: Program, release: str) -> None:
    said = program("sample", "--amazon", "--base-url", f"{release}/elsewhere")
    assert said.code == 3
    assert NAME in said.err
    assert said.out == ""
