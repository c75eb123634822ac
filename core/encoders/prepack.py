"""Linear layers with weights in oneDNN's blocked order, and what follows them in the same kernel.

On a processor with AMX this is what brings bfloat16 to its speed: the plain path reorders each weight at
every call and walks over the result once more for each activation and sum. The operators are torch's own
(its compiler emits them) but private: torch is pinned, and :func:`available` tries them on a small layer.
Without them everything runs on the plain path, with the same numbers up to rounding.
"""

from __future__ import annotations

import os

import torch
from torch import Tensor, nn

from core.encoders.layers import After, Dense, Merge

_ROWS = 394
"""Rows for which oneDNN chooses the order of the weights: two pictures. Any number of rows may follow."""


class PackedDense(nn.Module):
    """A linear layer in bfloat16 whose weight only oneDNN can read. For inference; input and output bfloat16."""

    def __init__(self, dense: nn.Linear) -> None:
        super().__init__()
        self.after: After = dense.after if isinstance(dense, Dense) else "none"
        self.merge: Merge = dense.merge if isinstance(dense, Dense) else "add"
        weight = dense.weight.detach().to(torch.bfloat16).contiguous()
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight, _ROWS)
        self._bias = None if dense.bias is None else dense.bias.detach().to(torch.bfloat16)
        self._algorithm = "none" if self.after == "gelu" else ""

    def forward(self, input: Tensor, other: Tensor | None = None) -> Tensor:  # noqa: A002 (as in Dense)
        kernel = torch.ops.mkldnn._linear_pointwise
        if other is None:
            return kernel(input, self._weight, self._bias, self.after, [], self._algorithm)  # type: ignore[no-any-return]
        return kernel.binary(input, other, self._weight, self._bias, self.merge)  # type: ignore[no-any-return]


def pack(model: nn.Module) -> None:
    """Put a packed layer in the place of every linear layer below ``model``, freeing each as it goes.

    Layers of other classes stay, since their owners look into them (torch's own attention does).
    """
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear) and type(child) in (nn.Linear, Dense):
                setattr(module, name, PackedDense(child))


def available() -> bool:
    """Whether the processor multiplies bfloat16 in tiles (AMX) and torch still has the operators, working.

    oneDNN's own setting, which keeps it from newer instructions, is respected: so what a processor without AMX
    would choose can be tried on one that has it.
    """
    most = os.environ.get("ONEDNN_MAX_CPU_ISA", "DEFAULT").upper()
    if not torch.cpu._is_amx_tile_supported() or not ("AMX" in most or most in ("DEFAULT", "ALL")):
        return False
    cases: tuple[tuple[After, Merge], ...] = (("gelu", "add"), ("swish", "add"), ("none", "add"), ("none", "mul"))
    try:
        return all(_agrees(after, merge) for after, merge in cases)
    except (RuntimeError, AttributeError, TypeError):
        return False


@torch.inference_mode()
def _agrees(after: After, merge: Merge) -> bool:
    generator = torch.Generator().manual_seed(0)
    dense = Dense(64, 64, after=after, merge=merge)
    dense.weight.data = torch.randn(64, 64, generator=generator) / 8
    rows = torch.randn(32, 64, generator=generator)
    other = rows if after == "none" else None
    packed = PackedDense(dense)(rows.bfloat16(), None if other is None else other.bfloat16())
    return torch.allclose(packed.float(), dense(rows, other), atol=0.1)
