"""Weights on disk: reading what was published, safely, and writing what loads fast.

The official files are pickles. They are read by torch's restricted unpickler, which builds tensors and
nothing else. A converted file (safetensors) holds the network in its own order, so that it is mapped into
memory and used as it lies there.
"""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from core.encoders import visualized
from core.encoders.bert import BertShape
from core.encoders.eva import EvaShape
from core.encoders.state import assign
from core.encoders.visualized import Visualized
from core.errors import ConfigurationError

_CONVERTED = "visualized-bge 1"
"""What a converted file says of itself; the number changes with the order of the network."""


def read(path: Path, dtype: torch.dtype = torch.float32) -> Visualized:
    """Load the network from an official ``.pth``, the same as safetensors, or a converted file.

    What needs no other precision stays in the mapped file until it is used; the rest is copied, one weight at a
    time, so that no more than the network itself is ever held.

    Raises:
        ConfigurationError: the file is absent, damaged, holds more than weights, or other weights.
    """
    if not path.is_file():
        raise ConfigurationError(f"There is no file {path}.", "Set encoder.weights to a file with weights.")
    if path.suffix != ".safetensors":
        return visualized.load(_Cast(_unpickle(path), dtype))
    try:
        with safe_open(path, "pt") as file:
            said: Mapping[str, str] = file.metadata() or {}
        state = load_file(path)
    except (SafetensorError, OSError) as error:
        raise _damaged(path) from error
    if said.get("network") != _CONVERTED:
        return visualized.load(_Cast(state, dtype))
    network = visualized.build(EvaShape(**json.loads(said["picture"])), BertShape(**json.loads(said["text"])))
    return assign(network, {name: tensor.to(dtype) for name, tensor in state.items()}, "network")


def write(network: Visualized, path: Path) -> None:
    """Write a network as :func:`read` maps it; a file of that name is replaced as a whole."""
    said = {
        "format": "pt",
        "network": _CONVERTED,
        "picture": json.dumps(asdict(network.picture.shape)),
        "text": json.dumps(asdict(network.text.shape)),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, partial, said)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _unpickle(path: Path) -> dict[str, Tensor]:
    try:
        try:
            state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        except RuntimeError as error:
            if "mmap can only be used" not in str(error):
                raise
            state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ConfigurationError(
            f"{path.name} holds more than weights, or is not a file of weights; it was not loaded.",
            "Fetch the official file again; a file that runs code when loaded is never accepted.",
        ) from error
    except (RuntimeError, EOFError, OSError, ValueError) as error:
        raise _damaged(path) from error
    if not isinstance(state, dict) or not all(isinstance(tensor, Tensor) for tensor in state.values()):
        raise ConfigurationError(f"{path.name} is not a plain table of weights.", "Fetch the official file again.")
    return state


class _Cast(Mapping[str, Tensor]):
    """Weights that come in another precision when they are taken."""

    def __init__(self, state: Mapping[str, Tensor], dtype: torch.dtype) -> None:
        self._state = state
        self._dtype = dtype

    def __getitem__(self, name: str) -> Tensor:
        return self._state[name].to(self._dtype)

    def __iter__(self) -> Iterator[str]:
        return iter(self._state)

    def __len__(self) -> int:
        return len(self._state)


def _damaged(path: Path) -> ConfigurationError:
    return ConfigurationError(f"{path.name} is damaged or incomplete.", "Fetch it again.")
