"""The two operations that every transformer here is made of, in the form that can be made fast later.

A :class:`Dense` is a linear layer that knows what follows it (an activation, a product or sum with
another tensor), so that :mod:`core.encoders.prepack` can put a fused kernel in its place without touching
a model's code.
"""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn
from torch.nn import functional

After = Literal["none", "gelu", "swish"]
Merge = Literal["add", "mul"]


class Dense(nn.Linear):
    """``after(x @ weight.T + bias)``, then a sum (or product) with a second tensor where one is given.

    gelu is the exact one (erf), as in BERT; swish is also called SiLU.
    """

    def __init__(self, inputs: int, outputs: int, after: After = "none", merge: Merge = "add") -> None:
        super().__init__(inputs, outputs)
        self.after: After = after
        self.merge: Merge = merge

    def forward(self, input: Tensor, other: Tensor | None = None) -> Tensor:  # noqa: A002 (the base class's name)
        result = functional.linear(input, self.weight, self.bias)
        if self.after == "gelu":
            result = functional.gelu(result)
        elif self.after == "swish":
            result = functional.silu(result)
        if other is None:
            return result
        return result + other if self.merge == "add" else result * other


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
