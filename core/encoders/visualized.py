"""Visualized BGE's network: a text encoder that reads a picture's tokens between its first token and the words.

Architecture: Zhou et al. 2024, VISTA, https://arxiv.org/abs/2406.04292. The weights are those of the
official files; what each of them is, and which are not used, is written down in :func:`load`.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.encoders import bert, eva
from core.encoders.bert import Bert, BertShape
from core.encoders.eva import Eva, EvaShape
from core.encoders.layers import Dense
from core.encoders.shares import WHOLE, Share
from core.encoders.state import assign, take

TEXT, PICTURE = "bge_encoder.layer.", "model_visual.visual."
BERT_EPS, XLM_EPS, XLM_FIRST = 1e-12, 1e-5, 2


class Visualized(nn.Module):
    """Pictures, words, and both, into one space.

    Token ids and masks are (batch, length), int64 and bool; every sequence of ids begins with the first
    token ([CLS] or <s>) and is padded on the right. A mask of None says that nothing is padded.
    """

    def __init__(self, picture: Eva, projection: Dense, text: Bert) -> None:
        super().__init__()
        self.picture = picture
        self.projection = projection
        self.text = text

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return self.text.shape.width

    def picture_tokens(self, pixels: Tensor, share: Share = WHOLE) -> Tensor:
        """(batch, 3, side, side) → (batch, tokens, dimension): all that a picture contributes, whatever the words."""
        tokens = share.whole(self.projection(self.picture(pixels, share)))
        return self.text.place(tokens, torch.arange(1, 1 + tokens.shape[1], device=tokens.device))

    def embed_text(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Words alone: (batch, dimension), normalised, float32."""
        first = self.text.shape.first_position
        hidden = self.text.embed(ids, torch.arange(first, first + ids.shape[1], device=ids.device))
        return self._normalised(self.text.encode_first(hidden, mask))

    def embed_picture(self, tokens: Tensor, ids: Tensor, mask: Tensor | None = None, share: Share = WHOLE) -> Tensor:
        """Pictures with words (a picture alone: the two tokens of ""): (batch, dimension), normalised, float32.

        Of several shares, the first one's result is the embedding. The first token stays at position 0, also where
        words alone begin elsewhere (XLM-RoBERTa); the words go on after the picture.
        """
        after = 1 + tokens.shape[1]
        positions = torch.arange(after - 1, after - 1 + ids.shape[1], device=ids.device)
        positions[0] = 0
        words = self.text.embed(ids, positions)
        hidden = torch.cat([words[:, :1], tokens, words[:, 1:]], dim=1)
        if mask is not None:
            mask = torch.cat([mask.new_ones(tokens.shape[:2]), mask], dim=1)
        return self._normalised(self.text.encode_first(hidden, mask, share))

    @property
    def longest_text(self) -> int:
        """Tokens in the longest text alone, its first and last token included."""
        return self.text.shape.longest

    @property
    def longest_beside_picture(self) -> int:
        """Tokens in the longest text beside a picture, its first and last token included."""
        return self.text.shape.positions - self.picture.shape.tokens

    @staticmethod
    def _normalised(first: Tensor) -> Tensor:
        return functional.normalize(first.float(), dim=-1)


def load(state: Mapping[str, Tensor]) -> Visualized:
    """Build the network for inference from the official names.

    Not used, since only the tokens before the tower's end and the first token of the text are: the text's
    pooler, the tower's norm, head and temperature (seven tensors), and the rotary tables that every block
    repeats.

    Raises:
        ConfigurationError: a weight is missing or has another shape.
    """
    picture = eva.load(state, PICTURE)
    text = bert.load(state, text_shape(state), embeddings="bge_embeddings.", layers=TEXT)
    network = Visualized(picture, _projection(picture.shape, text.shape), text).eval()
    weights = {kind: take(state, f"visual_proj.{kind}") for kind in ("weight", "bias")}
    assign(network.projection, weights, "picture model's projection")
    return network


def build(picture: EvaShape, text: BertShape) -> Visualized:
    """The network without its weights; those of a converted file fit as they are."""
    return Visualized(eva.build(picture), _projection(picture, text), bert.build(text))


def _projection(picture: EvaShape, text: BertShape) -> Dense:
    with torch.device("meta"):
        return Dense(picture.width, text.width)


def text_shape(state: Mapping[str, Tensor]) -> BertShape:
    """Read the text model's shape from the weights: one token type means XLM-RoBERTa (m3), two mean BERT (base)."""
    vocabulary, width = take(state, "bge_embeddings.word_embeddings.weight").shape
    token_types = take(state, "bge_embeddings.token_type_embeddings.weight").shape[0]
    xlm = token_types == 1
    return BertShape(
        width=width,
        layers=sum(name.startswith(TEXT) and name.endswith("intermediate.dense.bias") for name in state),
        heads=width // 64,
        inner=take(state, TEXT + "0.intermediate.dense.weight").shape[0],
        vocabulary=vocabulary,
        positions=take(state, "bge_embeddings.position_embeddings.weight").shape[0],
        token_types=token_types,
        eps=XLM_EPS if xlm else BERT_EPS,
        first_position=XLM_FIRST if xlm else 0,
    )
