"""Packed layers give what plain ones give, up to bfloat16's rounding."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from core.encoders import prepack
from core.encoders.layers import Dense

pytestmark = pytest.mark.skipif(not prepack.available(), reason="this processor has no AMX")


@pytest.mark.parametrize("rows", [1, 7, 197, 1000])
@pytest.mark.parametrize(("after", "merge", "merged"), [
    ("gelu", "add", False), ("swish", "add", False), ("none", "add", False), ("none", "add", True),
    ("none", "mul", True),
])  # fmt: skip
@torch.inference_mode()
def test_packed_equals_plain(rows, after, merge, merged):
    torch.manual_seed(rows)
    dense = Dense(96, 130, after=after, merge=merge)
    x, other = torch.randn(2, rows, 96), torch.randn(2, rows, 130) if merged else None
    expected = dense(x, other)
    packed = prepack.PackedDense(dense)
    found = packed(x.bfloat16(), None if other is None else other.bfloat16())
    assert found.dtype == torch.bfloat16
    assert (found.float() - expected).abs().max() < 0.05
    assert (found.float() - expected).abs().mean() < 0.006


@torch.inference_mode()
def test_every_linear_layer_is_replaced_and_a_missing_bias_stays_missing():
    model = nn.Sequential(nn.Linear(8, 8, bias=False), nn.Sequential(Dense(8, 4, after="gelu"), nn.LayerNorm(4)))
    x = torch.randn(5, 8)
    expected = model(x)
    prepack.pack(model)
    assert not [module for module in model.modules() if isinstance(module, nn.Linear)]
    assert (model.bfloat16()(x.bfloat16()).float() - expected).abs().max() < 0.1


@pytest.mark.parametrize(("most", "expected"), [("AVX512_CORE_BF16", False), ("AVX512_CORE_AMX", True), ("ALL", True)])
def test_what_onednn_may_not_use_is_not_used(monkeypatch, most, expected):
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", most)
    assert prepack.available() is expected
