"""Ctrl-C and ``kill -9`` during an ingest, on real processes: what was reported as done is there afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.encoders.base import Prompt
from core.engine import Engine
from core.index import Vector
from core.ingest import open_source
from core.models import LOCAL, IngestReport
from core.settings import Settings
from tests.core.cli.program import tiny
from tests.core.ingest.test_sources import fill
from tests.core.shop import picture

COUNT = 400
PROGRAM = (sys.executable, "-m", "tests.core.cli.program")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with :data:`COUNT` pictures in ``photos``."""
    fill(tmp_path / "photos", {f"{number:03}.png": picture(number).data for number in range(COUNT)})
    return tmp_path


def environment(folder: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("LOOKALIKE_")}
    return own | {
        "LOOKALIKE_DATA_DIR": str(folder / "data"),
        "LOOKALIKE_ENCODER__BATCH_SIZE": "8",
        "LOOKALIKE_LOG__LEVEL": "debug",
        "LOOKALIKE_LOG__FORMAT": "json",
    }


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (*PROGRAM, *arguments),
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def items(folder: Path) -> int:
    """How many items the stores hold once the program is gone."""
    with tiny(Settings(data_dir=folder / "data")) as engine:
        found = engine.catalog.count(LOCAL)
        vectors = engine.index.count(LOCAL.key)
    assert vectors == found
    return found


def ingest_rest(folder: Path) -> IngestReport:
    """Run the same ingest again to its end."""
    settings = Settings(data_dir=folder / "data")
    with tiny(settings) as engine:
        report = engine.ingester.run(open_source(folder / "photos", settings), LOCAL)
        hits = [engine.catalog.search(LOCAL, _vector(engine, number), 1)[0].item.id for number in range(0, COUNT, 40)]
    assert hits == [picture(number).hash for number in range(0, COUNT, 40)]
    return report


def _vector(engine: Engine, number: int) -> Vector:
    vector: Vector = engine.encoder.submit_query(Prompt(picture(number).image)).result()
    return vector


def stored(process: subprocess.Popen[str]) -> Iterator[int]:
    """How many items were acknowledged, as the log says so batch by batch."""
    total = 0
    assert process.stderr is not None
    for line in process.stderr:
        event = json.loads(line) if line.startswith("{") else {}
        if event.get("event") == "ingest_progress":
            total = event["done"]
            yield total


def test_ctrl_c_finishes_the_batches_in_hand_and_says_so(folder: Path) -> None:
    process = start(folder, "ingest", str(folder / "photos"), "--json")
    for done in stored(process):
        if done >= 40:
            process.send_signal(signal.SIGINT)
            break
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    report = json.loads(out)
    assert 40 <= report["added"] < COUNT
    assert report["complete"] is False
    assert "Run it again" in err
    assert "Traceback" not in err
    assert items(folder) == report["added"]
    again = ingest_rest(folder)
    assert (again.unchanged, again.added) == (report["added"], COUNT - report["added"])


@pytest.mark.parametrize("after", [1, 100])
def test_kill_9_loses_nothing_that_was_reported_as_done(folder: Path, after: int) -> None:
    process = start(folder, "ingest", str(folder / "photos"), "--json")
    acknowledged = 0
    for acknowledged in stored(process):
        if acknowledged >= after:
            process.kill()
            break
    _, rest = process.communicate(timeout=60)
    for line in rest.splitlines():
        event = json.loads(line) if line.startswith("{") and line.endswith("}") else {}
        acknowledged = max(acknowledged, event.get("done", 0))
    assert process.returncode == -signal.SIGKILL
    there = items(folder)
    assert acknowledged <= there < COUNT
    again = ingest_rest(folder)
    assert (again.unchanged, again.added) == (there, COUNT - there)
