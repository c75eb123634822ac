"""Filters as people write them."""

from __future__ import annotations

import pytest

from core.errors import UserError
from core.filters import parse
from core.models import Filters


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("", Filters()),
        ("  ", Filters()),
        ("{}", Filters()),
        ('{"category": "hat"}', Filters(categories=("hat",))),
        ('{"category": [" hat ", "shoes", "hat"]}', Filters(categories=("hat", "shoes"))),
        ('{"min_price": 10, "max_price": 20.5}', Filters(min_price=10.0, max_price=20.5)),
        ('{"price": {"gte": 10, "lte": 20}}', Filters(min_price=10.0, max_price=20.0)),
        ('{"price": {"lte": 30}, "max_price": 20}', Filters(max_price=20.0)),
        ('{"tags": ["new", "sale"]}', Filters(tags=("new", "sale"))),
        ('{"tags": "new", "category": null}', Filters(tags=("new",))),
    ],
)
def test_reads(text: str, filters: Filters) -> None:
    assert parse(text) == filters


def test_strict_bounds_leave_the_bound_itself_out() -> None:
    filters = parse('{"price": {"gt": 10, "lt": 20}}')
    assert filters.min_price is not None
    assert filters.max_price is not None
    assert 10 < filters.min_price < 10.000001
    assert 19.999999 < filters.max_price < 20


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("category=hat", "not valid JSON"),
        ('["hat"]', "must be a JSON object"),
        ('{"colour": "red", "brand": "x"}', '"brand", "colour"'),
        ('{"price": {"below": 3}}', '"below"'),
        ('{"price": 20}', '"price"'),
        ('{"max_price": "20"}', '"max_price"'),
        ('{"max_price": true}', '"max_price"'),
        ('{"max_price": -1}', '"max_price"'),
        ('{"max_price": NaN}', '"max_price"'),
        ('{"max_price": 1' + "0" * 400 + "}", '"max_price"'),
        ('{"category": "hat\\ud83d"}', '"category" in the filter holds characters that are not text'),
        ('{"tags": ["a\\u0000"]}', '"tags" in the filter holds characters that are not text'),
        ('{"category": 3}', '"category"'),
        ('{"category": ["hat", ""]}', '"category"'),
        ('{"tags": {"a": 1}}', '"tags"'),
        ('{"min_price": 20, "max_price": 10}', "above its highest"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_refuses_with_reason_and_advice(text: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(text)
    assert words in caught.value.reason
    assert caught.value.advice


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UserError) as caught:
        parse('{"colour": "red"}')
    for name in ("category", "min_price", "max_price", "price", "tags"):
        assert f'"{name}"' in caught.value.advice
