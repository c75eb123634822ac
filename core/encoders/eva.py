"""The picture tower of Visualized BGE: EVA02-CLIP's vision transformer, up to its last block.

Architecture: Fang et al. 2023, EVA-02, https://arxiv.org/abs/2303.11331, and Sun et al. 2023, EVA-CLIP,
https://arxiv.org/abs/2303.15389: pre-layer-norm with a further norm inside attention and feed-forward,
SwiGLU, two-dimensional rotary positions on top of learned ones. B-16 and L-14 differ only in numbers,
and all of these can be read from the weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.encoders.layers import Dense, attend
from core.encoders.shares import WHOLE, Share
from core.encoders.state import assign, take

EPS = 1e-6
HEAD = 64
"""Width of an attention head in every EVA02-CLIP."""
ROPE_BASE = 10_000.0
ROPE_SIDE = 16
"""Patches along a side when the rotary positions were trained; other grids are stretched to it."""


@dataclass(frozen=True, slots=True)
class EvaShape:
    """The numbers that make one tower different from another.

    Attributes:
        width: length of a token.
        inner: length of the feed-forward layer's hidden state.
        patch: side of a patch, in pixels.
        grid: patches along a side of the picture.
    """

    width: int
    layers: int
    inner: int
    patch: int
    grid: int

    @classmethod
    def of(cls, state: Mapping[str, Tensor], prefix: str) -> EvaShape:
        """Read the shape from the weights."""
        width, _, patch, _ = take(state, prefix + "patch_embed.proj.weight").shape
        inner, _ = take(state, prefix + "blocks.0.mlp.w1.weight").shape
        tokens = take(state, prefix + "pos_embed").shape[1]
        layers = sum(name.startswith(prefix + "blocks.") and name.endswith(".norm1.weight") for name in state)
        return cls(width=width, layers=layers, inner=inner, patch=patch, grid=round((tokens - 1) ** 0.5))

    @property
    def side(self) -> int:
        """Width and height of the picture that goes in, in pixels."""
        return self.patch * self.grid

    @property
    def tokens(self) -> int:
        """Tokens that come out: one per patch."""
        return self.grid * self.grid


class Block(nn.Module):
    """Self-attention with rotary positions and SwiGLU, each after a layer norm and followed by a residual sum."""

    def __init__(self, shape: EvaShape) -> None:
        super().__init__()
        self.heads = shape.width // HEAD
        self.norm1 = nn.LayerNorm(shape.width, eps=EPS)
        self.qkv = Dense(shape.width, 3 * shape.width)
        self.attention_norm = nn.LayerNorm(shape.width, eps=EPS)
        self.out = Dense(shape.width, shape.width)
        self.norm2 = nn.LayerNorm(shape.width, eps=EPS)
        self.gate = Dense(shape.width, shape.inner, after="swish")
        self.up = Dense(shape.width, shape.inner, merge="mul")
        self.inner_norm = nn.LayerNorm(shape.inner, eps=EPS)
        self.down = Dense(shape.inner, shape.width)

    def forward(self, hidden: Tensor, turns: Tensor, share: Share) -> Tensor:
        """(batch, length of the share, width) → the same shape; ``turns``: the share's, see :func:`rotations`."""
        qkv = self.qkv(self.norm1(hidden)).view(*hidden.shape[:2], 3, self.heads, HEAD)
        query, key = rotate(qkv[:, :, :2], turns).unbind(2)
        attended = attend(query, share.whole(key), share.whole(qkv[:, :, 2]))
        hidden = self.out(self.attention_norm(attended), hidden)
        normed = self.norm2(hidden)
        return self.down(self.inner_norm(self.up(normed, self.gate(normed))), hidden)  # type: ignore[no-any-return]


class Eva(nn.Module):
    """Pixels → one token per patch, as they leave the last block: no final norm, no class token, no head.

    ``turns`` is no buffer, since it stays complex64 whatever the model's precision.
    """

    def __init__(self, shape: EvaShape) -> None:
        super().__init__()
        self.shape = shape
        self.patches = Dense(3 * shape.patch**2, shape.width)
        self.first = nn.Parameter(torch.empty(1, 1, shape.width))
        self.positions = nn.Parameter(torch.empty(1, 1 + shape.tokens, shape.width))
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        with torch.device("cpu"):
            self.turns = rotations(shape.grid)

    def forward(self, pixels: Tensor, share: Share = WHOLE) -> Tensor:
        """(batch, 3, side, side), normalised → the share's of (batch, tokens, width), row by row from the top left."""
        patch, grid = self.shape.patch, self.shape.grid
        tiles = pixels.reshape(-1, 3, grid, patch, grid, patch).permute(0, 2, 4, 1, 3, 5)
        tiles = tiles.reshape(pixels.shape[0], self.shape.tokens, -1)
        hidden = torch.cat([self.first.expand(tiles.shape[0], -1, -1), self.patches(tiles)], dim=1) + self.positions
        rows = share.rows(hidden.shape[1])
        hidden, turns = hidden[:, rows], self.turns[rows].to(hidden.device)
        for block in self.blocks:
            hidden = block(hidden, turns, share)
        return hidden if rows.start else hidden[:, 1:]


def rotations(grid: int) -> Tensor:
    """Each token's rotations as unit complex numbers, (1 + grid², 1, 1, HEAD / 2), complex64.

    The first half counts rows, the second columns. The class token comes first and is not turned.
    """
    quarter = HEAD // 4
    frequencies = ROPE_BASE ** (-torch.arange(quarter, dtype=torch.float32) / quarter)
    angles = (torch.arange(grid) / grid * ROPE_SIDE)[:, None] * frequencies
    rows = angles[:, None, :].expand(grid, grid, quarter)
    columns = angles[None, :, :].expand(grid, grid, quarter)
    every = torch.cat([rows, columns], dim=-1).flatten(0, 1)
    every = torch.cat([every.new_zeros(1, HEAD // 2), every])[:, None, None, :]
    return torch.polar(torch.ones_like(every), every)


def rotate(heads: Tensor, turns: Tensor) -> Tensor:
    """Turn each pair of neighbours (2i, 2i + 1) of a head by its token's i-th rotation.

    Computed in float32, whatever the model's precision; ``heads`` may be overwritten.
    """
    pairs = torch.view_as_complex(heads.float().view(*heads.shape[:-1], HEAD // 2, 2))
    # In place saves a copy; the converter to OpenVINO does not know that form.
    tracing = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]  # public, but not in the stubs
    turned = pairs * turns if tracing else pairs.mul_(turns)
    return torch.view_as_real(turned).flatten(-2).to(heads.dtype)


def load(state: Mapping[str, Tensor], prefix: str) -> Eva:
    """Build the tower for inference from the official names, which all begin with ``prefix``.

    Raises:
        ConfigurationError: a weight is missing or has another shape.
    """
    shape = EvaShape.of(state, prefix)
    own = {
        "patches.weight": take(state, prefix + "patch_embed.proj.weight").flatten(1),
        "patches.bias": take(state, prefix + "patch_embed.proj.bias"),
        "first": take(state, prefix + "cls_token"),
        "positions": take(state, prefix + "pos_embed"),
    }
    for index in range(shape.layers):
        theirs = f"{prefix}blocks.{index}."
        for ours, name in _BLOCK.items():
            for kind in ("weight", "bias"):
                own[f"blocks.{index}.{ours}.{kind}"] = take(state, f"{theirs}{name}.{kind}")
        projections = [take(state, f"{theirs}attn.{name}_proj.weight") for name in ("q", "k", "v")]
        own[f"blocks.{index}.qkv.weight"] = torch.cat(projections)
        query, value = (take(state, f"{theirs}attn.{name}_bias") for name in ("q", "v"))
        own[f"blocks.{index}.qkv.bias"] = torch.cat([query, torch.zeros_like(query), value])
    return assign(build(shape), own, "picture model")


def build(shape: EvaShape) -> Eva:
    """The tower without its weights, on the meta device."""
    with torch.device("meta"):
        return Eva(shape)


_BLOCK = {
    "norm1": "norm1",
    "attention_norm": "attn.inner_attn_ln",
    "out": "attn.proj",
    "norm2": "norm2",
    "gate": "mlp.w1",
    "up": "mlp.w2",
    "inner_norm": "mlp.ffn_ln",
    "down": "mlp.w3",
}
