"""Filters as Milvus expressions. No text from outside is ever part of one except as a checked literal."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from core.errors import UserError
from core.folding import fold, unprintable
from core.index.limits import TEXT
from core.models import Filters
from core.words import Sentence

MAX_VALUES = 100
"""Most categories or tags in one filter."""


def expression(filters: Filters, has_tag: Callable[[str], str]) -> str:
    """The filter as a boolean expression, empty when everything passes.

    Args:
        has_tag: the clause for one folded tag; how tags are stored differs between the engines.

    Raises:
        UserError: a text holds control characters or is too long, a price is not a number, or there are
            too many values.
    """
    if max(len(filters.categories), len(filters.tags)) > MAX_VALUES:
        raise UserError(Sentence("filter.too_many", most=MAX_VALUES), Sentence("filter.too_many_advice"))
    clauses = []
    if filters.categories:
        clauses.append(f"category in [{', '.join(literal(fold(each)) for each in filters.categories)}]")
    if filters.min_price is not None or filters.max_price is not None:
        clauses.append("priced == true")
    if filters.min_price is not None:
        clauses.append(f"price >= {number(filters.min_price)}")
    if filters.max_price is not None:
        clauses.append(f"price <= {number(filters.max_price)}")
    clauses.extend(has_tag(fold(tag)) for tag in filters.tags)
    return " and ".join(clauses)


def admits(row: Mapping[str, Any], filters: Filters) -> bool:
    """Whether a row as it is stored on a server meets the expression of the same filters."""
    if filters.categories and row["category"] not in set(map(fold, filters.categories)):
        return False
    if filters.min_price is not None and not (row["priced"] and row["price"] >= filters.min_price):
        return False
    if filters.max_price is not None and not (row["priced"] and row["price"] <= filters.max_price):
        return False
    return set(map(fold, filters.tags)) <= set(row["tags"])


def literal(text: str) -> str:
    """The text as a quoted literal.

    Raises:
        UserError: it holds control characters or lone surrogates, or is longer than any stored value.
    """
    if unprintable(text):
        raise UserError(Sentence("filter.not_text"), Sentence("filter.not_text_advice"))
    if len(text) > TEXT:
        raise UserError(Sentence("filter.too_long", most=TEXT), Sentence("filter.too_long_advice"))
    return json.dumps(text, ensure_ascii=False)


def number(value: float) -> str:
    """The number as a literal that is always a floating-point one.

    Raises:
        UserError: it is infinite or not a number.
    """
    if not math.isfinite(value):
        raise UserError(Sentence("filter.not_a_price"), Sentence("filter.not_a_price_advice"))
    return repr(float(value))


def tag_token(tag: str) -> str:
    """A folded tag as 16 hex digits between bars, so that a list of tags can be searched as one string."""
    return f"|{hashlib.blake2b(literal(tag).encode(), digest_size=8).hexdigest()}|"
