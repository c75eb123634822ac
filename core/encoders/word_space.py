"""Titles and wishes, word by word: what lets "phone case" find every title that says phone case.

A sentence embedding of a title mixes all of its words: "Green Phone Case" is nearer to "phone case" than
"Leopard Print Phone Case in Brown" is, by more than their looks differ, so the look that was asked for
would not decide among phone cases. Here a title is the plain sum of its words' vectors, so each title
that has the words gains the same. A word's vector is partly its meaning ("cup" finds some of "mug"),
mostly itself: a random direction, nearly at right angles to every other word's (random indexing,
Kanerva et al. 2000). Pairs of neighbours are words as well, which keeps "phone case" from "pencil case"
and lets "long sleeve" find "longsleeve".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.encoders.imagenet_space import normalise

Floats = NDArray[np.float32]

_LEXICAL = 2.0  # length of a word's own direction, where its meaning's is 1
_PAIR = 0.9  # length of a pair's direction: that of a word's own share of its vector
_USUAL = 3.0  # length of the sum of a usual title's vectors; longer ones are cut to it
_REMEMBERED = 20_000


class WordSpace:
    """Sums of words' vectors.

    Args:
        meaning: words → their meanings, (n, width), rows L2-normalised; called once for each word.
    """

    def __init__(self, meaning: Callable[[Sequence[str]], Floats], width: int) -> None:
        self._meaning = meaning
        self._width = width
        self._words: dict[str, Floats] = {}

    def of_titles(self, titles: Sequence[Sequence[str]]) -> Floats:
        """Each title's words → (n, width), no row longer than 1. Every word of a short title counts the same."""
        sums = self._sums(titles)
        return np.asarray(sums / np.maximum(_USUAL, np.linalg.norm(sums, axis=1, keepdims=True)), np.float32)

    def of_wishes(self, wishes: Sequence[Sequence[str]]) -> Floats:
        """Each wish's words → (n, width), rows L2-normalised, or zero where there are no words."""
        return normalise(self._sums(wishes))

    def _sums(self, texts: Sequence[Sequence[str]]) -> Floats:
        self._learn({word for text in texts for word in text})
        return np.stack([self._sum(text) for text in texts]) if texts else np.empty((0, self._width), np.float32)

    def _sum(self, text: Sequence[str]) -> Floats:
        total = np.zeros(self._width, np.float32)
        for word in text:
            total += self._words[word]
        for first, second in pairwise(stem(word) for word in text):
            total += direction(first + second, self._width) * _PAIR
        return total

    def know(self, words: Sequence[str], meanings: Floats) -> None:
        """Take the meanings of these words from ``meanings`` (n, width), rows L2-normalised."""
        own = np.stack([direction(stem(word), self._width) for word in words])
        self._words.update(zip(words, normalise(meanings + _LEXICAL * own), strict=True))

    def _learn(self, words: set[str]) -> None:
        new = sorted(words - self._words.keys())
        if len(self._words) + len(new) > _REMEMBERED:
            self._words.clear()
            new = sorted(words)
        if new:
            self.know(new, self._meaning(new))


@lru_cache(maxsize=10_000)
def direction(word: str, width: int) -> Floats:
    """A random direction of length 1, the same on every machine (RandomState's stream is frozen, see NEP 19)."""
    seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "little")
    signs = np.random.RandomState(seed).randint(0, 2, width) * 2 - 1
    return np.asarray(signs / np.sqrt(width), np.float32)


def stem(word: str) -> str:
    """A word without hyphens, apostrophes and the ending of a plural: enough to join "T-shirts" and "tshirt"."""
    word = re.sub(r"[-'’]", "", word.lower())
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")):
        return word[:-1]
    return word
