"""Prices as people write them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ingest.price import NotAPrice, Price, parse_price


@pytest.mark.parametrize(
    ("written", "price"),
    [
        ("$19.99", Price(19.99, "USD")),
        ("19,99 €", Price(19.99, "EUR")),
        ("19,99\xa0€", Price(19.99, "EUR")),
        ("€ 19.99", Price(19.99, "EUR")),
        ("1.234,56", Price(1234.56)),
        ("1,299.00", Price(1299.0)),
        ("1,299", Price(1299.0)),
        ("1.299", Price(1299.0)),
        ("1.234.567", Price(1_234_567.0)),
        ("1,234,567.89", Price(1_234_567.89)),
        ("12,34,567", Price(math.nan)),
        ("0.125", Price(0.125)),
        ("0,5", Price(0.5)),
        (".99", Price(0.99)),
        ("1'299.00", Price(1299.0)),
        ("1’299.–", Price(1299.0)),
        ("1 299,00 kr", Price(math.nan)),
        ("1 299,00 SEK", Price(1299.0, "SEK")),
        ("1\u202f299,00 €", Price(1299.0, "EUR")),
        ("CHF 49.90", Price(49.9, "CHF")),
        ("49.90 chf", Price(49.9, "CHF")),
        ("US$ 5", Price(5.0, "USD")),
        ("£1,250", Price(1250.0, "GBP")),
        ("19,-", Price(19.0)),
        ("19.- €", Price(19.0, "EUR")),
        ("￥１２００", Price(1200.0, "JPY")),
        ("0", Price(0.0)),
        (12, Price(12.0)),
        (12.5, Price(12.5)),
        ("", Price()),
        ("  ", Price()),
        ("-", Price()),
        ("N/A", Price()),
        ("null", Price()),
        (None, Price()),
        ("$10 - $20", Price(math.nan)),
        ("10-20", Price(math.nan)),
        ("-5", Price(math.nan)),
        (-5, Price(math.nan)),
        ("on request", Price(math.nan)),
        ("from 10", Price(math.nan)),
        ("19.99 EUR USD", Price(math.nan)),
        ("$19.99 EUR", Price(math.nan)),
        ("1,23,4.5", Price(math.nan)),
        ("1.2.3", Price(math.nan)),
        ("1e5", Price(math.nan)),
        (math.inf, Price(math.nan)),
        (math.nan, Price(math.nan)),
        (10**400, Price(math.nan)),
        ("9" * 400, Price(math.nan)),
        (True, Price(math.nan)),
        ([19.99], Price(math.nan)),
        ({"amount": 3}, Price(math.nan)),
    ],
)
def test_prices(written: Any, price: Price) -> None:
    """A NaN in the table stands for "not understood"."""
    if price.amount is not None and math.isnan(price.amount):
        with pytest.raises(NotAPrice):
            parse_price(written)
    else:
        assert parse_price(written) == price


@given(st.text(max_size=30))
def test_any_text_is_a_price_or_is_not_understood(text: str) -> None:
    try:
        price = parse_price(text)
    except NotAPrice:
        return
    assert price.amount is None or 0 <= price.amount <= 1e12


@given(
    st.integers(0, 99_999_999),
    st.sampled_from([("{:,.2f}", ""), ("{:_.2f}", "_")]),
    st.sampled_from(["", "$", "EUR "]),
)
def test_round_trip_in_both_conventions(cents: int, style: tuple[str, str], mark: str) -> None:
    amount = cents / 100
    english = f"{mark}{amount:,.2f}"
    german = english.replace(",", "\0").replace(".", ",").replace("\0", ".")
    assert parse_price(english).amount == amount
    assert parse_price(german).amount == amount
