"""Prices in a message: "under $30", "between 10 and 20", "20円以下", and "cheaper" than what was shown."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

from core.errors import UserError
from core.refine.price_words import (
    ABOVE,
    ABOVE_AFTER,
    AGES,
    AROUND_AFTER,
    AROUND_WEAK,
    AT_LEAST,
    AT_LEAST_AFTER,
    AT_LEAST_WEAK,
    AT_MOST,
    AT_MOST_AFTER,
    AT_MOST_WEAK,
    BELOW,
    BELOW_AFTER,
    CHEAPER,
    CURRENCY_AFTER,
    CURRENCY_BEFORE,
    DEARER,
    PRICED,
    PRICED_JA,
    SPELLED_AMOUNTS,
    UNIT,
)
from core.refine.references import one_number, values
from core.refine.text import END, START, Rest, Table, anywhere, union
from core.words import Words


@dataclass(frozen=True, slots=True)
class Price:
    """Bounds on the price as a message states them.

    Attributes:
        low, high: inclusive bounds; "under 20" is the greatest double below 20. None: not stated.
        relative: -1 for "cheaper", 1 for "more expensive", than the product that the message refers to.
        below: the panorama number in "cheaper than number 4".
    """

    low: float | None = None
    high: float | None = None
    relative: int = 0
    below: int | None = None

    def __bool__(self) -> bool:
        return self != Price()


def read_price(rest: Rest, say: Words, *, follow_up: bool) -> Price:
    """Cut the prices out.

    Some words for bounds are too common to count by themselves ("shoes from 36 to 40", "air max 90"): in a
    first message the amount after them needs a currency. "Cheaper" has a meaning in a follow-up alone.

    Raises:
        UserError: the bounds exclude each other.
    """
    below = relative = None
    if follow_up:
        than = rest.cut(_cheaper_than_number())
        below = values(than["number"])[0] if than else None
    low, high = _bounds(rest, follow_up=follow_up)
    if follow_up and low is None and high is None and (alone := _alone().fullmatch(rest.text)) and _has_currency(alone):
        high, rest.text = amount(alone["a"]), ""
    if follow_up and below is None:
        relative = -1 if rest.cut(anywhere(CHEAPER)) else 1 if rest.cut(anywhere(DEARER)) else None
    if low is not None and high is not None and low > high:
        raise UserError(say("refine.crossed_prices"), say("refine.crossed_prices_advice"))
    return Price(low, high, relative or 0, below)


def amount(text: str) -> float:
    """A number as people write it: ``1,000`` and ``1.000`` are a thousand, ``20,50`` and ``20.5`` have decimals."""
    if (spelled := SPELLED_AMOUNTS.get(text.casefold())) is not None:
        return float(spelled)
    thousands = 1000 if text[-1] in "kK" else 1
    digits = text.rstrip("kK").replace("'", "")
    decimal = re.fullmatch(r"(.*)[.,](\d{1,2})", digits)
    whole, fraction = decimal.groups() if decimal else (digits, "0")
    return float(f"{re.sub(r'[.,]', '', whole)}.{fraction}") * thousands


def _bounds(rest: Rest, *, follow_up: bool) -> tuple[float | None, float | None]:
    low = high = None
    for pattern, meaning, weak in _rules():
        found = pattern.search(rest.text)
        if found is None or not (_has_currency(found) or _is_money(found, rest.text, weak=weak, follow_up=follow_up)):
            continue
        rest.cut(pattern)
        first = amount(found["a"])
        if meaning == "between":
            second = amount(found["b"])
            low, high = min(first, second), max(first, second)
            high = math.nextafter(high, -math.inf) if found.groupdict().get("less") else high
        elif meaning == "around":
            low, high = round(first * 0.8, 2), round(first * 1.2, 2)
        elif meaning in ("below", "at_most"):
            high = first if meaning == "at_most" else math.nextafter(first, -math.inf)
        else:
            low = first if meaning == "at_least" else math.nextafter(first, math.inf)
    return low, high


def _is_money(found: re.Match[str], text: str, *, weak: bool, follow_up: bool) -> bool:
    """Whether an amount without a currency is one of money all the same."""
    if AGES.search(text[: found.start()].rstrip()):
        return False
    return follow_up or not (weak or found["a"].casefold() in SPELLED_AMOUNTS)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    """(expression, meaning, whether a first message needs a currency), the more specific first."""
    a, b = _money("a"), _money("b", glued=True)
    leading = PRICED_JA + _money("a", unit=False)

    def before(table: Table) -> str:
        return rf"{START}{PRICED}(?:{union(table)}) ?{a}"

    def after(table: Table) -> str:
        return rf"{leading} ?(?:{union(table)}){END}(?! ?[$€£¥₹]?\d)"

    rules = (
        (rf"(?<!\w)(?:between|zwischen|entre|بين) ?{a} ?(?:and|und|y|et|و) ?{b}", "between", False),
        (rf"(?<!\w)(?:from|von|desde|de|من) {a} ?(?:-|to|bis|a|à|hasta|إلى) ?{b}", "between", True),
        (rf"{leading} ?(?:以上|から|より)、?,? ?{b} ?(?:以下|以内|(?P<less>未満))", "between", False),
        (rf"{leading} ?(?:-|–|~|〜|to|bis|から) ?{b}(?: ?まで)?", "between", True),
        (rf"(?:(?:in|around) the )?{after(AROUND_AFTER)}", "around", True),
        (after(AT_MOST_AFTER), "at_most", False),
        (after(BELOW_AFTER), "below", False),
        (after(AT_LEAST_AFTER), "at_least", False),
        (after(ABOVE_AFTER), "above", False),
        (before(AT_MOST), "at_most", False),
        (before(AT_LEAST), "at_least", False),
        (before(BELOW), "below", False),
        (before(ABOVE), "above", False),
        (before(AT_MOST_WEAK), "at_most", True),
        (before(AT_LEAST_WEAK), "at_least", True),
        (before(AROUND_WEAK), "around", True),
    )
    return tuple((re.compile(text, re.IGNORECASE), meaning, weak) for text, meaning, weak in rules)


def _money(name: str, *, unit: bool = True, glued: bool = False) -> str:
    """An amount with or without its currency, and without a unit that is none of money.

    Args:
        unit: whether to look for such a unit.
        glued: whether it may stand right behind a word: Arabic's "and" and Japanese particles take no space.
            Elsewhere only an amount with its currency may, behind Japanese letters.
    """
    spelled = "|".join(sorted(SPELLED_AMOUNTS, key=len, reverse=True))
    number = rf"(?P<{name}>(?>\d+(?:[.,']\d{{3}})*(?:[.,]\d{{1,2}})?k?)|(?:{spelled})(?!\w))(?![.,']?\d)"
    end = rf"(?! ?{UNIT})(?![A-Za-z])" if unit else ""
    begin = "" if glued else rf"(?:(?<![\w.,])|(?<=[ぁ-ヿ一-鿿])(?=[\d.,']+ ?{CURRENCY_AFTER}))"
    return rf"{begin}(?P<{name}_before>{CURRENCY_BEFORE} ?)?{number}(?P<{name}_after> ?{CURRENCY_AFTER})?{end}"


def _has_currency(found: re.Match[str]) -> bool:
    return any(text for name, text in found.groupdict().items() if name.endswith(("_before", "_after")))


@cache
def _alone() -> re.Pattern[str]:
    return re.compile(_money("a"), re.IGNORECASE)


@cache
def _cheaper_than_number() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{union(BELOW)}) ?(?P<number>{one_number()})", re.IGNORECASE)
