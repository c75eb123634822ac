"""How well a catalogue answers: queries with known answers, run through retrieval and measured."""

from __future__ import annotations

from core.evaluation.evaluator import Evaluator
from core.evaluation.queries import JudgedQuery, read_queries
from core.evaluation.results import Evaluation, Result, hit_as_json, item_as_json, metadata

__all__ = [
    "Evaluation",
    "Evaluator",
    "JudgedQuery",
    "Result",
    "hit_as_json",
    "item_as_json",
    "metadata",
    "read_queries",
]
