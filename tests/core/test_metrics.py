"""Retrieval metrics against values worked out by hand."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics import average_precision_at, interval, precision_at, recall_at


def places(text: str) -> list[bool]:
    """``"+-+"`` → [True, False, True]."""
    return [char == "+" for char in text]


@pytest.mark.parametrize(
    ("hits", "total", "precision", "recall", "average"),
    [
        ("+++++++++", 50, 1.0, 9 / 50, 1.0),
        ("+++++++++-", 9, 1.0, 1.0, 1.0),
        ("---------+", 1, 0.0, 1.0, 0.0),
        ("+-------+-", 2, 2 / 9, 1.0, (1 + 2 / 9) / 2),
        ("-+-+", 3, 2 / 9, 2 / 3, (1 / 2 + 2 / 4) / 3),
        ("+", 1, 1 / 9, 1.0, 1.0),
        ("", 5, 0.0, 0.0, 0.0),
        ("----------", 0, 0.0, 0.0, 0.0),
    ],
)
def test_by_hand(hits: str, total: int, precision: float, recall: float, average: float) -> None:
    assert precision_at(9, places(hits)) == pytest.approx(precision)
    assert recall_at(10, places(hits), total) == pytest.approx(recall)
    assert average_precision_at(9, places(hits), total) == pytest.approx(average)


@given(st.lists(st.booleans(), max_size=12), st.integers(0, 20))
def test_all_lie_between_0_and_1(hits: list[bool], more: int) -> None:
    total = sum(hits) + more
    for value in (precision_at(9, hits), recall_at(10, hits, total), average_precision_at(9, hits, total)):
        assert 0 <= value <= 1


@given(st.lists(st.booleans(), min_size=9, max_size=9), st.integers(0, 7))
def test_a_relevant_hit_that_moves_up_never_lowers_the_average_precision(hits: list[bool], at: int) -> None:
    total = sum(hits)
    better = hits.copy()
    better[at], better[at + 1] = max(hits[at : at + 2]), min(hits[at : at + 2])
    assert average_precision_at(9, better, total) >= average_precision_at(9, hits, total)


def test_interval_holds_the_mean_and_narrows_with_more_queries() -> None:
    draw = random.Random(1)
    few = [draw.random() for _ in range(30)]
    many = [draw.random() for _ in range(3000)]
    low, high = interval(few)
    assert low < sum(few) / len(few) < high
    assert interval(many)[1] - interval(many)[0] < (high - low) / 5
    assert interval(few) == (low, high)


def test_interval_has_the_width_of_the_normal_approximation() -> None:
    values = [0.0, 1.0] * 200
    low, high = interval(values)
    expected = 1.96 * 0.5 / 400**0.5
    assert (high - low) / 2 == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("values", [[], [0.5]])
def test_interval_of_next_to_nothing(values: list[float]) -> None:
    expected = values[0] if values else 0.0
    assert interval(values) == (expected, expected)
