"""Retrieval metrics with bootstrap intervals.

``relevance`` is one query's hits in order, True where a hit is relevant; ``total`` is how many relevant
items the catalogue holds. Definitions as in Manning, Raghavan and Schütze, *Introduction to Information
Retrieval*, chapter 8.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

ROUNDS = 2000
SEED = 0


def precision_at(k: int, relevance: Sequence[bool]) -> float:
    """Share of the first ``k`` places that hold a relevant hit; an empty place counts as a wrong one."""
    return sum(relevance[:k]) / k


def recall_at(k: int, relevance: Sequence[bool], total: int) -> float:
    """Share of all relevant items that are among the first ``k`` hits; 0 where nothing is relevant.

    With more than ``k`` relevant items it cannot reach 1.
    """
    return sum(relevance[:k]) / total if total else 0.0


def average_precision_at(k: int, relevance: Sequence[bool], total: int) -> float:
    """Precision at the places of the relevant hits among the first ``k``, summed, over the most there could be.

    The divisor ``min(k, total)`` makes 1.0 the value of a perfect answer, however many are relevant.
    """
    found = 0
    gained = 0.0
    for place, relevant in enumerate(relevance[:k], start=1):
        if relevant:
            found += 1
            gained += found / place
    return gained / min(k, total) if total else 0.0


def interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean, over queries; equal for equal values (fixed seed)."""
    if not values:
        return 0.0, 0.0
    sample = np.asarray(values, np.float64)
    draws = np.random.default_rng(SEED).integers(0, len(sample), (ROUNDS, len(sample)))
    tail = (1 - level) / 2
    low, high = np.quantile(sample[draws].mean(axis=1), (tail, 1 - tail))
    return float(low), float(high)
