"""BERT and XLM-RoBERTa as encoders, in the size that is needed: weights in, hidden states out.

One module runs MiniLM (sentence embeddings, mean pooling), ``bge-base-en-v1.5`` (first token) and the
text tower of ``bge-m3``. It offers what a stock BERT does not: embeddings that come from elsewhere
(a picture's tokens) take a place in the sequence, as Visualized BGE needs (Zhou et al. 2024,
https://arxiv.org/abs/2406.04292).

Architecture: Devlin et al. 2018, https://arxiv.org/abs/1810.04805 (post-layer-norm, learned positions,
exact gelu). Query, key and value are one matrix here, since one large product is faster than three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from core.encoders.layers import Dense, attend
from core.encoders.shares import WHOLE, Share
from core.encoders.state import assign, take


@dataclass(frozen=True, slots=True)
class BertShape:
    """The numbers that make one BERT different from another.

    Attributes:
        width: length of a hidden state.
        inner: length of the feed-forward layer's hidden state.
        vocabulary, positions, token_types: rows of the three embedding tables.
        eps: of every layer norm: 1e-12 in BERT, 1e-5 in XLM-RoBERTa.
        first_position: row of the position table for the first token: 0 in BERT; 2 in XLM-RoBERTa, which
            counts from the padding token's id + 1.
    """

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int = 512
    token_types: int = 2
    eps: float = 1e-12
    first_position: int = 0

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> BertShape:
        """Read a ``config.json`` of a BERT or XLM-RoBERTa checkpoint."""
        xlm = config.get("model_type") == "xlm-roberta"
        return cls(
            width=config["hidden_size"],
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            inner=config["intermediate_size"],
            vocabulary=config["vocab_size"],
            positions=config["max_position_embeddings"],
            token_types=config["type_vocab_size"],
            eps=config["layer_norm_eps"],
            first_position=config["pad_token_id"] + 1 if xlm else 0,
        )

    @property
    def longest(self) -> int:
        """Tokens in the longest sequence that has a position for each."""
        return self.positions - self.first_position


class Layer(nn.Module):
    """Self-attention and feed-forward, each with a residual sum and then a layer norm."""

    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = Dense(shape.width, 3 * shape.width)
        self.out = Dense(shape.width, shape.width)
        self.attention_norm = nn.LayerNorm(shape.width, eps=shape.eps)
        self.up = Dense(shape.width, shape.inner, after="gelu")
        self.down = Dense(shape.inner, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=shape.eps)

    def forward(self, hidden: Tensor, mask: Tensor | None, share: Share, rows: int | None = None) -> Tensor:
        """(batch, length of the share, width) → (batch, rows, width): the share's first ``rows`` states, None: all."""
        qkv = self.qkv(hidden).view(*hidden.shape[:2], 3, self.heads, -1)
        key, value = share.whole(qkv[:, :, 1:]).unbind(2)
        attended = self.out(attend(qkv[:, :rows, 0], key, value, mask), hidden[:, :rows])
        hidden = self.attention_norm(attended)
        return self.norm(self.down(self.up(hidden), hidden))  # type: ignore[no-any-return]


class Bert(nn.Module):
    """Embeddings and layers; pooling is the caller's.

    Every tensor below is (batch, length, width) in the model's precision, every mask (batch, length), bool,
    True for a real token; None stands for a batch without padding, which is faster.
    """

    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.shape = shape
        self.words = _table(shape.vocabulary, shape.width)
        self.positions = _table(shape.positions, shape.width)
        self.token_types = _table(shape.token_types, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=shape.eps)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Last hidden states of token ids (batch, length), int64."""
        positions = torch.arange(ids.shape[1], device=ids.device) + self.shape.first_position
        return self.encode(self.embed(ids, positions), mask)

    def embed(self, ids: Tensor, positions: Tensor) -> Tensor:
        """Embed words (batch, length) at rows (length,) of the position table, all of the first token type."""
        embedded = self.words(ids) + self.positions(positions) + self.token_types.weight[0]
        return self.norm(embedded)  # type: ignore[no-any-return]

    def place(self, tokens: Tensor, positions: Tensor) -> Tensor:
        """Embed tokens that are vectors already: a position and the layer norm, no token type."""
        return self.norm(tokens + self.positions(positions))  # type: ignore[no-any-return]

    def encode(self, hidden: Tensor, mask: Tensor | None = None) -> Tensor:
        """Last hidden states of embedded tokens."""
        for layer in self.layers:
            hidden = layer(hidden, mask, WHOLE)
        return hidden

    def encode_first(self, hidden: Tensor, mask: Tensor | None = None, share: Share = WHOLE) -> Tensor:
        """Last hidden state of the share's first token, (batch, width), from all tokens, embedded.

        The last layer is computed for that token alone: the same number, most of a layer's work less.
        """
        *before, last = self.layers
        hidden = hidden[:, share.rows(hidden.shape[1])]
        for layer in before:
            hidden = layer(hidden, mask, share)
        return last(hidden, mask, share, rows=1)[:, 0]  # type: ignore[no-any-return]


def _table(rows: int, width: int) -> nn.Embedding:
    """An embedding table without values; to draw some on the meta device, torch would import its compiler."""
    return nn.Embedding(rows, width, _weight=torch.empty(rows, width))


def load(
    state: Mapping[str, Tensor],
    shape: BertShape,
    embeddings: str = "embeddings.",
    layers: str = "encoder.layer.",
) -> Bert:
    """Build a model for inference from the weights' usual names; other names in ``state`` are left alone.

    Args:
        state: name → tensor, as in a transformers checkpoint.
        embeddings, layers: what those names begin with.

    Raises:
        ConfigurationError: a weight is missing or has another shape.
    """
    own = {own: take(state, embeddings + theirs) for own, theirs in _EMBEDDINGS.items()}
    for index in range(shape.layers):
        for name, theirs in _LAYER.items():
            for kind in ("weight", "bias"):
                parts = [take(state, f"{layers}{index}.{part}.{kind}") for part in theirs]
                own[f"layers.{index}.{name}.{kind}"] = parts[0] if len(parts) == 1 else torch.cat(parts)
    return assign(build(shape), own, "text model")


def build(shape: BertShape) -> Bert:
    """The model without its weights, on the meta device."""
    with torch.device("meta"):
        return Bert(shape)


_EMBEDDINGS = {
    "words.weight": "word_embeddings.weight",
    "positions.weight": "position_embeddings.weight",
    "token_types.weight": "token_type_embeddings.weight",
    "norm.weight": "LayerNorm.weight",
    "norm.bias": "LayerNorm.bias",
}
_LAYER = {
    "qkv": ("attention.self.query", "attention.self.key", "attention.self.value"),
    "out": ("attention.output.dense",),
    "attention_norm": ("attention.output.LayerNorm",),
    "up": ("intermediate.dense",),
    "down": ("output.dense",),
    "norm": ("output.LayerNorm",),
}
