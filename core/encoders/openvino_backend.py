"""OpenVINO in torch's place for the two towers of Visualized BGE: optional, for older processors.

Both towers are converted once and kept as OpenVINO's own files beside the other caches; embedding tables and the
small layer between the towers stay with torch, so that batches, truncation and remembered pictures work as before.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from core.encoders.bert import Bert
from core.encoders.eva import Eva
from core.encoders.runtime import Runtime
from core.encoders.shares import WHOLE, Share
from core.encoders.visualized import Visualized
from core.errors import ConfigurationError

_LAYOUT = 1
"""Part of the converted files' names; to be counted up when the towers' code changes what they compute."""


class OpenVino:
    """Converts, keeps and compiles towers.

    Args:
        runtime: of which precision and threads are taken.
        cache_dir: where converted towers are kept, 0.7 GB for base.

    Raises:
        ConfigurationError: OpenVINO is not installed.
    """

    def __init__(self, runtime: Runtime, cache_dir: Path) -> None:
        self._openvino = _package()
        self._core = self._openvino.Core()
        self._cache_dir = cache_dir / "openvino"
        self._options = {
            "INFERENCE_PRECISION_HINT": "bf16" if runtime.dtype == torch.bfloat16 else "f32",
            "INFERENCE_NUM_THREADS": str(runtime.threads),
            "NUM_STREAMS": "1",
            "ENABLE_CPU_PINNING": "NO",
        }

    def take_over(self, network: Visualized) -> None:
        """Put compiled towers in the place of a network's own, which are in float32 on the processor.

        Raises:
            ConfigurationError: a tower cannot be converted or loaded.
        """
        picture, text = network.picture, network.text
        side, width = picture.shape.side, text.shape.width
        folder = self._cache_dir / self._key(network)
        pixels = torch.zeros(2, 3, side, side)
        hidden, mask = torch.zeros(2, 5, width), torch.ones(2, 5, dtype=torch.bool)
        try:
            compiled_picture = self._compile(folder / "vision.xml", picture, [pixels], [[-1, 3, side, side]])
            compiled_text = self._compile(
                folder / "text.xml", _First(text), [hidden, mask], [[-1, -1, width], [-1, -1]]
            )
        except (RuntimeError, OSError) as error:
            raise ConfigurationError(
                f"OpenVINO cannot convert the encoder, or not load what it converted before: {error}",
                f"See that the disk has room, delete the folder {folder}, or set encoder.backend to torch.",
            ) from error
        network.picture = CompiledEva(picture, compiled_picture)
        network.text = CompiledBert(text, compiled_text)

    def _key(self, network: Visualized) -> str:
        """A name for what is converted, from the matrix that every training changes, as in the encoder's identity."""
        about = (_LAYOUT, self._openvino.get_version(), network.picture.shape, network.text.shape)
        digest = hashlib.blake2b(repr(about).encode(), digest_size=8)
        digest.update(network.projection.weight.detach().numpy().tobytes())
        return digest.hexdigest()

    def _compile(self, file: Path, tower: nn.Module, example: list[Tensor], shapes: Sequence[list[int]]) -> Any:
        if not file.is_file():
            self._convert(file, tower, example, shapes)
        return self._core.compile_model(file, "CPU", self._options).create_infer_request()

    def _convert(self, file: Path, tower: nn.Module, example: list[Tensor], shapes: Sequence[list[int]]) -> None:
        """Write a tower as OpenVINO's files; the ``.xml`` comes last, so where it is, all is.

        Args:
            example: inputs with which the tower is traced.
            shapes: of the inputs, -1 where the size may differ from call to call.
        """
        from openvino.frontend import FrontEndManager
        from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

        file.parent.mkdir(parents=True, exist_ok=True)
        frontend = FrontEndManager().load_by_framework("pytorch")
        with torch.no_grad(), warnings.catch_warnings():
            # Tracing is deprecated in torch, and warns of each choice that is made once for all calls.
            warnings.simplefilter("ignore")
            # The frontend does not keep the decoder alive, and calls it until the end.
            decoder = TorchScriptPythonDecoder(tower, example_input=tuple(example))
            model = frontend.convert(frontend.load(decoder))
        model.reshape(dict(enumerate(shapes)))
        with tempfile.TemporaryDirectory(dir=file.parent) as partial:
            written = Path(partial) / file.name
            self._openvino.save_model(model, written, compress_to_fp16=False)
            for suffix in (".bin", ".xml"):
                written.with_suffix(suffix).replace(file.with_suffix(suffix))


class CompiledEva(Eva):
    """The picture tower, computed by OpenVINO."""

    def __init__(self, tower: Eva, request: Any) -> None:
        nn.Module.__init__(self)
        self.shape = tower.shape
        self._request = request

    def forward(self, pixels: Tensor, share: Share = WHOLE) -> Tensor:  # noqa: ARG002 (the whole: OpenVINO has threads of its own)
        """As :meth:`Eva.forward`, in float32."""
        return _infer(self._request, pixels)


class CompiledBert(Bert):
    """The text tower, its layers computed by OpenVINO."""

    def __init__(self, tower: Bert, request: Any) -> None:
        nn.Module.__init__(self)
        self.shape = tower.shape
        self.words, self.positions, self.token_types, self.norm = (
            tower.words,
            tower.positions,
            tower.token_types,
            tower.norm,
        )
        self._request = request

    def encode_first(self, hidden: Tensor, mask: Tensor | None = None, share: Share = WHOLE) -> Tensor:  # noqa: ARG002 (as above)
        """As :meth:`Bert.encode_first`, in float32."""
        return _infer(
            self._request, hidden, hidden.new_ones(hidden.shape[:2], dtype=torch.bool) if mask is None else mask
        )


class _First(nn.Module):
    """What of the text tower is converted: it is traced through ``forward``, and always with a mask."""

    def __init__(self, tower: Bert) -> None:
        super().__init__()
        self.tower = tower

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        return self.tower.encode_first(hidden, mask)


def _infer(request: Any, *inputs: Tensor) -> Tensor:
    """One pass; the result is a copy, since the request writes into the same memory again."""
    results = request.infer([each.numpy() for each in inputs], share_inputs=True)
    return torch.from_numpy(results[0].copy())


def _package() -> ModuleType:
    """OpenVINO without ``openvino_telemetry``, which would report every import to its maker.

    Python takes a module that is None for one that is not installed, and without it OpenVINO reports nothing.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # documented, but not in the stubs
    try:
        import openvino
    except ImportError as error:
        raise ConfigurationError(
            "The setting encoder.backend needs the package openvino, which is not installed.",
            "Run `pip install -r requirements-openvino.txt`, or set encoder.backend to torch.",
        ) from error
    return openvino  # type: ignore[no-any-return]
