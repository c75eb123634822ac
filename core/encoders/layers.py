"""The two operations that every transformer here is made of, in the form that can be made fast later.

A :class:`Dense` is a linear layer that knows what follows it (an activation, or a residual sum), so that
:mod:`core.encoders.prepack` can put a fused kernel in its place without touching a model's code.
"""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn
from torch.nn import functional

Activation = Literal["none", "gelu", "swish"]


class Dense(nn.Linear):
    """``activation(x @ weight.T + bias) + residual``; gelu is the exact one (erf), as in BERT."""

    def __init__(self, inputs: int, outputs: int, bias: bool = True, activation: Activation = "none") -> None:
        super().__init__(inputs, outputs, bias=bias)
        self.activation: Activation = activation

    def forward(self, input: Tensor, residual: Tensor | None = None) -> Tensor:  # noqa: A002 (the base class's name)
        result = functional.linear(input, self.weight, self.bias)
        if self.activation == "gelu":
            result = functional.gelu(result)
        elif self.activation == "swish":
            result = functional.silu(result)
        return result if residual is None else result + residual


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """Scaled dot-product attention over heads.

    Args:
        query: (batch, length of the query, heads, width of a head).
        key, value: (batch, length, heads, width of a head).
        mask: (batch, length), bool, True where a key may be attended to; None: everywhere.

    Returns:
        (batch, length of the query, heads * width of a head).
    """
    result = functional.scaled_dot_product_attention(
        query.transpose(1, 2),
        key.transpose(1, 2),
        value.transpose(1, 2),
        attn_mask=None if mask is None else mask[:, None, None, :],
    )
    return result.transpose(1, 2).flatten(2)
