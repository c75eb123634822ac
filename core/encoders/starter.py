"""The encoder that needs no download: ImageNet classes, sentence meaning and colour, side by side.

A vector has four blocks, and each kind of query has its own weights for them, so an item's vector is
made once and serves them all:

- look: features of EfficientNet-Lite0, for "more of this";
- meaning: the mix of ImageNet classes that a picture shows or words name (:mod:`core.encoders.imagenet_space`);
- colour: shares of colour names (:mod:`core.encoders.colour`);
- title: the sentence embedding of the item's title, which only words in a query ask for, so that titles
  that say nothing do no harm to a search by picture.

It knows what ImageNet knows, and plain colours; it does not replace a model trained on pairs of pictures
and texts, such as Visualized BGE.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from core.encoders import colour, efficientnet, imagenet_space, minilm, starter_words
from core.encoders.base import Document, Embeddings, EncoderIdentity, Prompt
from core.encoders.imagenet_space import normalise
from core.errors import ConfigurationError
from core.settings import EncoderSettings

Floats = NDArray[np.float32]

_VERSION = "1"
_LOOK = 512
_TITLE_WEIGHT = 0.7
_SEED = 20221122


@dataclass(frozen=True, slots=True)
class _Weights:
    """How much each block counts in a query."""

    look: float
    meaning: float
    colour: float
    title: float


_BY_PICTURE = _Weights(look=1, meaning=0.3, colour=0.1, title=0)
_RECOLOUR = _Weights(look=1, meaning=0.3, colour=0.7, title=0)
_BY_WORDS = _Weights(look=0, meaning=1, colour=0.5, title=0.7)
_COMPOSED = _Weights(look=0.25, meaning=1, colour=0.1, title=0.7)


@dataclass(frozen=True, slots=True, eq=False)
class _Views:
    """The blocks of n pictures, rows L2-normalised."""

    look: Floats
    meaning: Floats
    colour: Floats


class StarterEncoder:
    """See the module's text.

    Args:
        title_weight: 0 to 1, how much an item's title counts; None: what measured best.
    """

    def __init__(self, cache_dir: Path, dtype: torch.dtype = torch.float32, title_weight: float | None = None) -> None:
        self._network = efficientnet.load()
        self._network.reduce_precision(dtype)
        self._sentences = minilm.MiniLM()
        self._space = imagenet_space.load(self._sentences.encode, cache_dir)
        # RandomState's stream is frozen for all time (NEP 19); a Generator's may change with numpy's version.
        signs = np.random.RandomState(_SEED).randint(0, 2, (efficientnet.FEATURES, _LOOK))
        self._projection = np.asarray((2 * signs - 1) / np.sqrt(_LOOK), np.float32)
        self._title_weight = _TITLE_WEIGHT if title_weight is None else title_weight
        weight = "" if title_weight is None else f" title {title_weight:g}"
        dimension = _LOOK + minilm.WIDTH + colour.WIDTH + minilm.WIDTH + 1
        self._identity = EncoderIdentity("starter", _VERSION + weight, dimension, efficientnet.PREPROCESSING)

    @property
    def identity(self) -> EncoderIdentity:
        """What made the vectors. bfloat16 is not part of it: cosines to float32 are 0.999 and more."""
        return self._identity

    def encode_images(self, batch: Sequence[Document]) -> Embeddings:
        """Rows have all blocks at equal weights.

        A row without a title would be shorter than one with, and normalising would favour it in a search
        by picture. So the last number fills each row up to length 1; queries have 0 there.
        """
        views = self._view([document.image for document in batch])
        titles = self._space.whiten(self._embed([document.title for document in batch]))
        titled = np.array([[bool(document.title.strip())] for document in batch], np.float32).reshape(-1, 1)
        blocks = np.hstack([views.look, views.meaning, views.colour, self._title_weight * titled * titles]) / 2
        rest = np.sqrt(np.maximum(0, 1 - (blocks**2).sum(1, keepdims=True)))
        return np.asarray(np.hstack([blocks, rest]), np.float32)

    def encode_queries(self, batch: Sequence[Prompt]) -> Embeddings:
        """Pictures of the whole batch go through the network together, and so do the words."""
        pictured = [index for index, prompt in enumerate(batch) if prompt.image is not None]
        views = self._view([prompt.image for prompt in batch if prompt.image is not None])
        place = {index: row for row, index in enumerate(pictured)}
        wishes = [starter_words.read(prompt.text) for prompt in batch]
        embedded = self._embed([wish.thing or prompt.text for wish, prompt in zip(wishes, batch, strict=True)])
        meanings, titles = self._space.of_texts(embedded), self._space.whiten(embedded)
        rows = np.zeros((len(batch), self.identity.dimension), np.float32)
        for index, wish in enumerate(wishes):
            row = place.get(index)
            wanted = colour.of_names(wish.colours) if wish.colours else None
            if row is None:
                weights = _BY_WORDS
                look, shade = np.zeros(_LOOK, np.float32), wanted
            else:
                weights = _COMPOSED if wish.thing else _RECOLOUR if wish.colours else _BY_PICTURE
                look, shade = views.look[row], views.colour[row] if wanted is None else wanted
            by_words = row is None or bool(wish.thing)
            strength = 0.5 if wanted is not None and by_words else weights.colour
            blocks = (
                weights.look * look,
                weights.meaning * (meanings[index] if by_words else views.meaning[row]),
                strength * shade if shade is not None else np.zeros(colour.WIDTH, np.float32),
                weights.title * titles[index],
                np.zeros(1, np.float32),
            )
            rows[index] = np.concatenate(blocks)
        return normalise(rows)

    def _embed(self, texts: Sequence[str]) -> Floats:
        return self._sentences.encode(texts)

    def _view(self, images: Sequence[Image.Image]) -> _Views:
        squares = np.stack([np.asarray(efficientnet.square(image)) for image in images]) if images else None
        if squares is None:
            return _Views(*(np.empty((0, width), np.float32) for width in (_LOOK, minilm.WIDTH, colour.WIDTH)))
        with torch.inference_mode():
            features, logits = self._network(efficientnet.prepare(squares))
            probabilities = torch.softmax(logits, 1).cpu().numpy()
        look = normalise(normalise(features.cpu().numpy()) @ self._projection)
        shades = np.stack([colour.describe(pixels) for pixels in squares])
        return _Views(look, self._space.of_pictures(probabilities), shades)


def build(settings: EncoderSettings, cache_dir: Path) -> StarterEncoder:
    """The starter encoder with these settings.

    Raises:
        ConfigurationError: other weights were asked for.
    """
    if settings.weights:
        raise ConfigurationError(
            "The starter encoder brings its own weights.",
            "Leave encoder.weights empty, or set encoder.name to the encoder that the weights are for.",
        )
    amx: bool = torch.cpu._is_amx_tile_supported()
    fast = settings.precision == "bfloat16" or (settings.precision == "auto" and amx)
    return StarterEncoder(cache_dir, torch.bfloat16 if fast else torch.float32, settings.title_weight)
