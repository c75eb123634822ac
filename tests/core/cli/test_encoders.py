"""``encoders``: list, fetch, convert."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import torch

from core.encoders import known, registry
from tests.core.encoders import small_visualized as small
from tests.fakes.hub_server import Hub, running

OFFICIAL = "Visualized_base_en_v1.5.pth"


@pytest.fixture
def process(tmp_path):
    """The command in a process of its own, since the hub's client reads its environment when it is imported."""

    def run(*arguments: str, endpoint: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {
            "HF_ENDPOINT": endpoint,
            "HF_HOME": str(tmp_path / "hub"),
            "LOOKALIKE_DATA_DIR": str(tmp_path / "data"),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        return subprocess.run(
            [sys.executable, "-m", "core", "encoders", *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def official(tmp_path):
    folder = tmp_path / "weights"
    folder.mkdir()
    torch.save(small.state("base"), folder / OFFICIAL)
    small.tokenizer("base").save(str(folder / "tokenizer.json"))
    return folder / OFFICIAL


def test_all_encoders_that_can_be_chosen_are_listed(program):
    said = program.done("encoders")
    assert all(name in said.out for name in registry.names())
    assert "*  starter" in said.out
    assert {entry.name for entry in known.ALL} == set(registry.names())


def test_the_list_says_who_computes_where_that_is_not_torch(program, monkeypatch):
    assert "backend" not in program.done("encoders").out
    monkeypatch.setenv("LOOKALIKE_ENCODER__BACKEND", "openvino")
    assert "* active (encoder.backend: openvino)" in program.done("encoders").out


def test_the_list_says_what_is_there(program, official, monkeypatch):
    monkeypatch.setenv("LOOKALIKE_ENCODER__NAME", "visualized-bge")
    monkeypatch.setenv("LOOKALIKE_ENCODER__WEIGHTS", str(official))
    rows = {row["name"]: row for row in program.done("encoders", "--json").json}
    active = rows["visualized-bge"]
    assert (active["active"], active["on_disk"], active["dimension"], active["licence"]) == (True, True, 768, "MIT")
    assert active["paths"] == [str(official), str(official.parent / "tokenizer.json")]
    assert active["bytes"] == sum(path.stat().st_size for path in official.parent.iterdir())
    assert not rows["visualized-bge-m3"]["active"]
    assert rows["visualized-bge-m3"]["bytes"] > 3e9
    assert rows["starter"]["on_disk"]


def test_fetched_weights_are_found_afterwards(process, official):
    with running(Hub({"BAAI/bge-visualized": {OFFICIAL: official.read_bytes()}})) as hub:
        first = process("fetch", "visualized-bge", endpoint=hub.endpoint)
        assert first.returncode == 0, first.stderr
        assert OFFICIAL in first.stdout
        assert process("fetch", "visualized-bge", endpoint=hub.endpoint).returncode == 0
        assert len(hub.ranges) == 1
    rows = json.loads(process("--json", endpoint=hub.endpoint).stdout)
    assert {row["name"] for row in rows if row["on_disk"]} == {"starter", "visualized-bge"}


def test_what_is_out_of_reach_is_a_sentence(process):
    with running(Hub({})) as hub:
        pass
    said = process("fetch", "bge-vl-base", endpoint=hub.endpoint)
    assert said.returncode == 3
    assert "BAAI/BGE-VL-base is not on this machine" in said.stderr
    assert "set encoder.weights" in said.stderr
    assert "Traceback" not in said.stderr


def test_converted_weights_are_used_from_then_on(program, official, monkeypatch):
    monkeypatch.setenv("LOOKALIKE_ENCODER__NAME", "visualized-bge")
    monkeypatch.setenv("LOOKALIKE_ENCODER__WEIGHTS", str(official))
    said = program.done("encoders", "convert", "visualized-bge")
    monkeypatch.delenv("LOOKALIKE_ENCODER__WEIGHTS")
    own = program.data_dir / "cache" / "encoders" / "visualized-bge.safetensors"
    assert str(own) in said.out
    rows = program.done("encoders", "--json").json
    assert next(row for row in rows if row["active"])["paths"][0] == str(own)
    assert "converted already" in program("encoders", "convert", "visualized-bge").err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("fetch", "visualised"), 1, "There is no encoder named 'visualised'"),
        (("convert", "starter"), 1, "need no converting"),
        (("convert", "bge-vl-base"), 1, "need no converting"),
    ],
)
def test_mistakes_are_sentences(program, arguments, code, words):
    said = program("encoders", *arguments)
    assert said.code == code
    assert words in said.err


def test_the_starter_needs_nothing(program):
    assert "needs nothing" in program.done("encoders", "fetch", "starter").out
