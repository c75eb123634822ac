"""Fetching weights from a local server that speaks the hub's protocol, through the real client library."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from core.encoders import hub
from core.encoders.known import Published
from core.errors import Unavailable
from tests.fakes.hub_server import Hub, running

WEIGHTS = bytes(range(256)) * 4096
FILES = {"BAAI/small": {"weights.pth": WEIGHTS, "tokenizer.json": b"{}", "README.md": b"# Not needed"}}
PUBLISHED = Published("BAAI/small", ("weights.pth",), ("*.json",))


def test_what_is_needed_is_fetched_once_and_nothing_else(tmp_path):
    assert hub.cached(PUBLISHED, tmp_path) is None
    with running(Hub(FILES)) as server:
        folder = hub.fetch(PUBLISHED, tmp_path, server.endpoint)
        assert len(server.ranges) == 2
        hub.fetch(PUBLISHED, tmp_path, server.endpoint)
        assert len(server.ranges) == 2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "weights.pth": WEIGHTS,
        "tokenizer.json": b"{}",
    }
    assert hub.cached(PUBLISHED, tmp_path) == folder


def test_a_download_that_broke_off_goes_on_where_it_stopped(tmp_path):
    """The client library writes in steps of 10 MB."""
    large = WEIGHTS * 24
    with running(Hub({"BAAI/large": {"weights.pth": large}}, break_after=13_000_000)) as server:
        folder = hub.fetch(Published("BAAI/large", ("weights.pth",)), tmp_path, server.endpoint)
        assert server.ranges[0] == ""
        assert int(server.ranges[1].removeprefix("bytes=").removesuffix("-")) >= 10_000_000
    assert (folder / "weights.pth").read_bytes() == large


def test_damaged_bytes_are_thrown_away_and_fetched_anew(tmp_path):
    with running(Hub(FILES, damaged=True)) as server:
        with pytest.raises(Unavailable, match="arrived damaged"):
            hub.fetch(PUBLISHED, tmp_path, server.endpoint)
        assert hub.cached(PUBLISHED, tmp_path) is None
        server.damaged = False
        folder = hub.fetch(PUBLISHED, tmp_path, server.endpoint)
    assert (folder / "weights.pth").read_bytes() == WEIGHTS


@pytest.mark.parametrize(
    ("published", "options", "reason"),
    [
        (Published("BAAI/absent", ("weights.pth",)), {}, "no public repository BAAI/absent"),
        (Published("BAAI/small", ("other.pth",)), {}, "BAAI/small has no other.pth"),
        (PUBLISHED, {"gated": True}, "agreed to its terms"),
    ],
)
def test_refusals_are_sentences(tmp_path, published, options, reason):
    with running(Hub(FILES, **options)) as server, pytest.raises(Unavailable, match=reason) as caught:
        hub.fetch(published, tmp_path, server.endpoint)
    assert caught.value.advice


def test_without_network_it_is_said_what_to_put_where(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Unavailable) as caught:
        hub.fetch(PUBLISHED, tmp_path, endpoint)
    assert "weights.pth of BAAI/small is not on this machine" in caught.value.reason
    assert "put weights.pth into a folder" in caught.value.advice


def test_the_hub_s_offline_setting_is_respected(tmp_path):
    """The client library reads it when it is imported, so this runs in a process of its own."""
    program = (
        "import sys; from pathlib import Path; from core.encoders import hub\n"
        "from core.encoders.known import Published; from core.errors import Unavailable\n"
        "try: hub.fetch(Published('BAAI/small', ('weights.pth',)), Path(sys.argv[1]), sys.argv[2])\n"
        "except Unavailable as error: print(error)\n"
    )
    with running(Hub(FILES)) as server:
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path), server.endpoint],
            env=os.environ | {"HF_HUB_OFFLINE": "1"}, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        assert server.ranges == []
    assert "not on this machine" in done.stdout
