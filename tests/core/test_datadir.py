"""One program at a time on one data folder, whatever became of the one before."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.datadir import DataDir
from core.errors import ConfigurationError, DataDirLocked

HOLD = "import sys, time; from pathlib import Path; from core.datadir import DataDir\n" \
       "folder = DataDir(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"  # fmt: skip


def _holder(folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_program_is_told_which_one_and_what_to_do(tmp_path: Path) -> None:
    process = _holder(tmp_path)
    try:
        with pytest.raises(DataDirLocked, match="Another program works on this data folder") as caught:
            DataDir(tmp_path)
        assert str(process.pid) in caught.value.reason
        assert "LOOKALIKE_DATA_DIR" in caught.value.advice
    finally:
        process.kill()
        process.wait()


def test_a_killed_program_holds_nothing(tmp_path: Path) -> None:
    process = _holder(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    DataDir(tmp_path).close()


def test_it_knows_whether_the_machine_stopped_under_the_last_program(tmp_path: Path) -> None:
    holder = tmp_path / "lookalike.pid"
    with DataDir(tmp_path) as folder:
        assert not folder.machine_stopped
        left = holder.read_text()
    with DataDir(tmp_path) as folder:
        assert not folder.machine_stopped
    for text, stopped in (
        (left, False),
        ("1\n00000000-0000-0000-0000-000000000000\n", True),
        ("", True),
        ("1\n", True),
    ):
        holder.write_text(text)
        with DataDir(tmp_path) as folder:
            assert folder.machine_stopped == stopped


def test_what_a_stopped_machine_may_have_lost_stays_in_doubt_until_somebody_made_up_for_it(tmp_path: Path) -> None:
    (tmp_path / "lookalike.pid").write_text("1\n00000000-0000-0000-0000-000000000000\n")
    for _ in range(2):
        with DataDir(tmp_path) as folder:
            assert folder.machine_stopped
    process = _holder(tmp_path)
    process.kill()
    process.wait()
    with DataDir(tmp_path) as folder:
        assert folder.machine_stopped
        folder.rely()
    with DataDir(tmp_path) as folder:
        assert not folder.machine_stopped


def test_within_one_program_too_and_again_after_closing(tmp_path: Path) -> None:
    for _ in range(2):
        with DataDir(tmp_path / "deep" / "data"), pytest.raises(DataDirLocked):
            DataDir(tmp_path / "deep" / "data")


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder, why in (("file", "it is a file"), ("file/data", "a part of its path is a file")):
        with pytest.raises(ConfigurationError, match=f"can't be used: {why} and no folder") as caught:
            DataDir(tmp_path / folder)
        assert "LOOKALIKE_DATA_DIR" in caught.value.advice
