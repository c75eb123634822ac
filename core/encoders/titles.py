"""Items' titles in their vectors, for encoders whose pictures and words share one space."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.encoders.base import Embeddings


def blend(
    pictures: Embeddings, titles: Sequence[str], weight: float, encode: Callable[[Sequence[str]], Embeddings]
) -> Embeddings:
    """Move each picture's vector towards its title's.

    Args:
        pictures: normalised, one row for each title.
        titles: an empty one leaves its picture's vector as it is.
        weight: 0 (pictures alone) to 1 (titles alone).
        encode: texts → normalised vectors.

    Returns:
        Normalised vectors; ``pictures`` itself where there is nothing to do.
    """
    rows = [row for row, title in enumerate(titles) if weight and title.strip()]
    if not rows:
        return pictures
    mixed = (1 - weight) * pictures[rows] + weight * encode([titles[row] for row in rows])
    result = pictures.copy()
    result[rows] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return result
