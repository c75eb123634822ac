"""Where and in which arithmetic an encoder runs, and how its work is spread over the processor's cores."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, Literal, TypeVar

import torch
from torch import nn

from core import memory
from core.encoders import prepack
from core.encoders.shares import Share, divide
from core.errors import ConfigurationError
from core.settings import EncoderSettings

T = TypeVar("T")
_CPU_CHUNK, _GPU_CHUNK = 4, 128
"""Most rows in one pass of a model: on a processor more do not go faster, only fill its caches.

In float32, where a row is twice as large, half as many.
"""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Device, arithmetic and threads of an encoder.

    Attributes:
        packed: whether linear layers run on weights prepacked for AMX.
        threads: threads that compute, on a CPU; threads that prepare pictures, beside a GPU.
        backend: what computes the towers. OpenVINO takes and gives float32, whatever ``dtype`` it computes in.
    """

    device: torch.device
    dtype: torch.dtype
    packed: bool
    threads: int
    backend: Literal["torch", "openvino"] = "torch"

    def __str__(self) -> str:
        precision = str(self.dtype).removeprefix("torch.")
        if self.device.type == "cuda":
            return f"{torch.cuda.get_device_name(self.device)}, {precision}"
        if self.backend == "openvino":
            return f"OpenVINO on the processor, {precision}, {self.threads} threads"
        return f"processor, {precision}{' prepacked for AMX' if self.packed else ''}, {self.threads} threads"

    @property
    def exchanged(self) -> torch.dtype:
        """Precision of what goes into a model and comes out."""
        return torch.float32 if self.backend == "openvino" else self.dtype

    @property
    def chunk(self) -> int:
        """Most rows in one pass of a model."""
        if self.device.type != "cpu":
            return _GPU_CHUNK
        return _CPU_CHUNK // 2 if self.dtype == torch.float32 and self.backend == "torch" else _CPU_CHUNK

    @property
    def lanes(self) -> int:
        """Passes of a model that run side by side; OpenVINO spreads each over all threads itself."""
        return self.threads if self.device.type == "cpu" and self.backend == "torch" else 1

    @property
    def shares(self) -> int:
        """Threads among which one picture's tokens are divided; with more than a few, too little is left for each."""
        return min(self.lanes, 2) if self.threads < 4 else 1

    def place(self, model: nn.Module) -> None:
        """Bring a model to the device and precision."""
        if self.packed:
            prepack.pack(model)
        model.to(device=self.device, dtype=self.exchanged)
        if self.packed:
            _widen_norms(model)
        memory.give_back()


def choose(settings: EncoderSettings) -> Runtime:
    """What the settings ask for; ``auto`` takes what is fast here.

    That is a CUDA device with bfloat16 (float16 where it is older), else the processor with bfloat16 where it has
    AMX, else float32: without AMX, bfloat16 is slower than float32.

    Raises:
        ConfigurationError: the device is unknown or absent, or cannot compute in that precision or by that backend.
    """
    openvino = settings.backend == "openvino"
    if openvino and settings.device not in ("auto", "cpu"):
        raise ConfigurationError(
            f"OpenVINO computes on the processor here, not on {settings.device!r}.",
            "Set encoder.device to auto or cpu, or encoder.backend to torch.",
        )
    device = _device("cpu" if openvino else settings.device)
    threads = settings.threads or _cores()
    tiles = device.type == "cpu" and settings.precision in ("auto", "bfloat16") and prepack.available()
    if settings.precision != "auto":
        dtype: torch.dtype = getattr(torch, settings.precision)
    elif device.type == "cuda":
        dtype = torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    else:
        dtype = torch.bfloat16 if tiles else torch.float32
    if device.type == "cpu" and dtype == torch.float16:
        raise ConfigurationError(
            "The precision float16 needs a CUDA device.", "Set encoder.precision to auto, float32 or bfloat16."
        )
    return Runtime(device, dtype, tiles and not openvino, threads, settings.backend)


class Lanes:
    """The threads of an encoder.

    One task at a time gets all cores; several run side by side on a core each, which for a processor is
    faster than one after the other on all cores: nothing waits at the end of each layer. An encoder is
    called from one thread at a time, so the two modes never meet.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._narrow = ThreadPoolExecutor(threads, "encoder")
        self._wide = ThreadPoolExecutor(1, "encoder-wide")

    def run(self, tasks: Sequence[Callable[[], T]]) -> list[T]:
        """The tasks' results in order; a task's exception is raised."""
        pool, threads = (self._wide, self.threads) if len(tasks) == 1 else (self._narrow, 1)
        futures = [pool.submit(_on_threads, threads, task) for task in tasks]
        return [future.result() for future in futures]

    def spread(
        self, function: Callable[[Sequence[Any]], T], rows: Sequence[Any], chunk: int, lanes: int = 0
    ) -> list[T]:
        """Apply a function to consecutive parts of ``rows``, see :func:`split`; the results in order.

        Args:
            lanes: how many parts may run side by side; 0: as many as there are threads.
        """
        parts = split(rows, lanes or self.threads, chunk)
        if lanes == 1:
            return [self.run([partial(function, part)])[0] for part in parts]
        return self.run([partial(function, part) for part in parts])

    def divide(self, function: Callable[[Share], T], count: int) -> T:
        """Apply a function to a sequence's parts side by side, see :class:`Share`; the first part's result."""
        if count == 1:
            return self.run([partial(function, Share())])[0]
        return self.run(divide(function, count))[0]

    def close(self) -> None:
        """End the threads."""
        self._narrow.shutdown()
        self._wide.shutdown()


def split(rows: Sequence[T], lanes: int, chunk: int) -> list[Sequence[T]]:
    """Cut rows into consecutive parts of at most ``chunk``, sizes differing by one at most.

    Fewer rows than lanes stay together, so that one pass has all cores; otherwise the number of parts is a
    multiple of ``lanes``, so that no lane is idle at the end.
    """
    if not rows:
        return []
    together = lanes if len(rows) >= lanes else 1
    count = min(len(rows), together * math.ceil(len(rows) / (together * chunk)))
    bounds = [index * len(rows) // count for index in range(count + 1)]
    return [rows[start:stop] for start, stop in pairwise(bounds)]


def _on_threads(threads: int, task: Callable[[], T]) -> T:
    """torch keeps part of this setting for each thread and part for all, so every task says it anew."""
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
    with torch.inference_mode():
        return task()


def _widen_norms(model: nn.Module) -> None:
    """Layer norms' own weights in float32: on a processor a fifth faster. What goes in and out stays bfloat16."""
    for module in model.modules():
        if isinstance(module, nn.LayerNorm):
            module.float()


def _device(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        device = torch.device("meta")
    if device.type not in ("cpu", "cuda"):
        raise ConfigurationError(f"There is no device {name!r}.", "Set encoder.device to auto, cpu, cuda or cuda:N.")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ConfigurationError(
            f"The device {name!r} is not on this machine, or this torch was built without CUDA.",
            "Set encoder.device to auto or cpu.",
        )
    return device


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
