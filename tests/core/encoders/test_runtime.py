"""Choice of device and precision, and how work is spread over cores."""

from __future__ import annotations

import threading

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.encoders import prepack
from core.encoders.runtime import Lanes, Runtime, choose, split
from core.errors import ConfigurationError
from core.settings import EncoderSettings


def test_auto_takes_what_is_fast_here():
    runtime = choose(EncoderSettings())
    if torch.cuda.is_available():
        assert (runtime.device.type, runtime.packed) == ("cuda", False)
    else:
        assert runtime.dtype == (torch.bfloat16 if prepack.available() else torch.float32)
        assert runtime.packed == prepack.available()
        assert "processor" in str(runtime)
    assert runtime.threads >= 1


def test_what_is_asked_for_is_done():
    runtime = choose(EncoderSettings(device="cpu", precision="float32", threads=3))
    assert (runtime.device.type, runtime.dtype, runtime.packed, runtime.threads) == ("cpu", torch.float32, False, 3)
    assert str(runtime) == "processor, float32, 3 threads"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (EncoderSettings(device="tpu"), "no device 'tpu'"),
        (EncoderSettings(device="meta"), "no device 'meta'"),
        (EncoderSettings(device="cuda:63"), "not on this machine"),
        (EncoderSettings(device="cpu", precision="float16"), "float16 needs"),
    ],
)
def test_what_cannot_be_done_is_said(settings, words):
    with pytest.raises(ConfigurationError, match=words) as caught:
        choose(settings)
    assert caught.value.advice


@given(st.integers(0, 200), st.integers(1, 9), st.integers(1, 20))
def test_split_loses_nothing_and_keeps_lanes_busy(count, lanes, chunk):
    rows = list(range(count))
    parts = split(rows, lanes, chunk)
    assert [row for part in parts for row in part] == rows
    assert all(0 < len(part) <= chunk for part in parts)
    sizes = {len(part) for part in parts}
    assert not sizes or max(sizes) - min(sizes) <= 1
    if lanes <= count <= lanes * chunk:
        assert len(parts) == lanes
    if 0 < count < lanes and count <= chunk:
        assert len(parts) == 1


def test_one_task_has_all_threads_and_several_have_one_each():
    lanes = Lanes(3)
    assert lanes.run([torch.get_num_threads]) == [3]
    barrier = threading.Barrier(3, timeout=30)

    def task() -> tuple[int, int, bool]:
        barrier.wait()
        return torch.get_num_threads(), threading.get_ident(), torch.is_inference_mode_enabled()

    found = lanes.run([task] * 3)
    assert [threads for threads, _, _ in found] == [1, 1, 1]
    assert len({ident for _, ident, _ in found}) == 3
    assert all(inference for _, _, inference in found)
    assert lanes.run([torch.get_num_threads]) == [3]
    lanes.close()


def test_results_keep_their_order_and_errors_come_out():
    lanes = Lanes(2)
    assert lanes.spread(list, range(11), 2) == [[0], [1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]
    assert lanes.spread(list, [], 2) == []
    with pytest.raises(ZeroDivisionError):
        lanes.spread(lambda part: 1 / (part[0] - 3), range(6), 1)
    lanes.close()


def test_beside_a_gpu_passes_follow_each_other():
    lanes = Lanes(3)
    found = lanes.spread(lambda part: (list(part), torch.get_num_threads()), range(5), 2, lanes=1)
    assert found == [([0], 3), ([1, 2], 3), ([3, 4], 3)]
    assert Runtime(torch.device("cuda"), torch.bfloat16, False, 3).lanes == 1
    assert Runtime(torch.device("cpu"), torch.float32, False, 3).lanes == 3
    lanes.close()
