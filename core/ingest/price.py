"""Prices as people write them.

Sellers' tables mix ``$19.99``, ``19,99 €``, ``1.234,56`` and ``1,299.00``. The rules:

- The last of two different separators is the decimal one; a separator that repeats groups thousands.
- A single separator with exactly three digits behind it groups thousands (``1,299``, ``1.299``), unless
  the number begins with ``0`` (``0.125``): prices with three decimals are rarer than prices above 999.
- Blank and words for "none" (``-``, ``n/a``) are no price. Everything else that is not one plain amount
  (a range, "on request", a negative number) is not understood, which is told apart from no price.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

_SYMBOLS = {
    "US$": "USD", "A$": "AUD", "C$": "CAD", "CA$": "CAD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD", "R$": "BRL",
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₫": "VND",
    "₪": "ILS", "₴": "UAH", "₱": "PHP", "฿": "THB", "元": "CNY", "円": "JPY", "ZŁ": "PLN", "KČ": "CZK", "FT": "HUF",
}  # fmt: skip
_NOTHING = frozenset({"", "-", "--", "–", "—", "?", "n/a", "na", "nan", "none", "null", "nil", "tbd", "#n/a"})
_SHAPE = re.compile(r"(?P<before>[^\d.,'’+-]*)(?P<number>[\d.,'’ ]*\d)(?:[.,][-–—])?(?P<after>[^\d]*)", re.DOTALL)
_CODE = re.compile(r"[A-Z]{3}")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_HIGHEST = 1e12


@dataclass(frozen=True, slots=True)
class Price:
    """An amount, and its currency's ISO 4217 code where one was written."""

    amount: float | None = None
    currency: str = ""


class NotAPrice(ValueError):
    """The text means something, but not one plain amount."""


def parse_price(value: Any) -> Price:
    """Read a price from a table's cell or a JSON value.

    Raises:
        NotAPrice: something is written there, and it is not one plain, finite, non-negative amount.
    """
    if value is None:
        return Price()
    if isinstance(value, bool):
        raise NotAPrice(value)
    if isinstance(value, int | float):
        return Price(_checked(value))
    if not isinstance(value, str):
        raise NotAPrice(value)
    text = unicodedata.normalize("NFKC", value).strip()
    if text.casefold() in _NOTHING:
        return Price()
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise NotAPrice(value)
    marks = [mark for mark in (match["before"].strip(), match["after"].strip()) if mark]
    currencies = {_currency(mark) for mark in marks}
    if len(currencies) > 1:
        raise NotAPrice(value)
    return Price(_checked(_amount(match["number"])), currencies.pop() if currencies else "")


def _currency(mark: str) -> str:
    """ISO 4217 code of a symbol or of a code as written; a full stop behind an abbreviation is ignored."""
    upper = mark.rstrip(".").upper()
    known = _SYMBOLS.get(upper)
    if known:
        return known
    if _CODE.fullmatch(upper):
        return upper
    raise NotAPrice(mark)


def _amount(number: str) -> float:
    """The value of digits with separators, which may be ``.``, ``,``, apostrophes and blanks."""
    digits = re.sub(r"(?<=\d)['’ ](?=\d{3}(?!\d))", "", number)
    separators = [char for char in digits if char in ".,"]
    if len(set(separators)) == 2:
        thousands, decimal = separators[0], separators[-1]
        whole, _, cents = digits.rpartition(decimal)
        if separators.count(decimal) > 1 or not re.fullmatch(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+", whole):
            raise NotAPrice(number)
        return _float(f"{whole.replace(thousands, '')}.{cents}")
    if _GROUPED.fullmatch(digits) and not digits.startswith("0"):
        return _float(re.sub(r"[.,]", "", digits))
    return _float(digits.replace(",", "."))


def _float(digits: str) -> float:
    if not re.fullmatch(r"\d*\.?\d+", digits):
        raise NotAPrice(digits)
    return float(digits)


def _checked(value: float) -> float:
    """Finite, not negative, not absurd. Compared before conversion: a huge integer does not fit a double."""
    if not 0 <= value <= _HIGHEST or not math.isfinite(value):
        raise NotAPrice(value)
    return float(value)
