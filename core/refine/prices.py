"""Prices in a message: "under $30", "between 10 and 20", "20円以下", and "cheaper" than what was shown.

Each table has a line of alternatives for each language; Japanese puts the amount first, so its words
stand in the tables whose names end in ``AFTER``. All languages are tried at once.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

from core.errors import UserError
from core.refine.references import NUMBER_WORD
from core.refine.text import END, START, Rest, Table, anywhere, union
from core.words import Words

BELOW = (
    r"(?:cheaper|less|lower) th[ae]n|under|below|<",
    r"(?:billiger|günstiger|weniger) als|unter",
    r"menos de|más barat[oa]s? (?:que|de)|por debajo de",
    r"moins de|moins ch[eè]re?s? que|en dessous de|sous(?: les)?",
    r"أقل من|أرخص من|ارخص من|تحت",
)
AT_MOST = (
    r"up to|at most|(?:no|not|nothing) (?:more|pricier|dearer) than|(?:not|nothing) (?:over|above)|≤|<=",
    r"bis zu|höchstens|nicht mehr als|nicht über",
    r"hasta|como máximo|no más de",
    r"jusqu'à|au plus|au maximum|pas plus de",
    r"حتى|بحد أقصى|لا يزيد عن",
)
AT_MOST_WEAK = (r"(?<!air )max\.?(?: price)?|maximum(?: of)?|within|for", r"maximal|bis|für", r"máximo|por", r"pour")
ABOVE = (
    r"more (?:expensive )?than|over|above|(?:pricier|dearer) than|>",
    r"über|mehr als|teurer als",
    r"más (?:car[oa]s? )?(?:de|que)|por encima de",
    r"plus (?:ch[eè]re?s? )?(?:de|que)|au-dessus de",
    r"أكثر من|اكثر من|فوق|أغلى من",
)
AT_LEAST = (
    r"at least|(?:no|not) (?:less|cheaper) than|not (?:under|below)|starting (?:at|from)|≥|>=",
    r"mindestens|wenigstens|nicht unter",
    r"al menos|a partir de|como mínimo",
    r"au moins|à partir de",
    r"على الأقل|ابتداء من|لا يقل عن",
)
AT_LEAST_WEAK = (r"from|min\.?|minimum(?: of)?", r"ab|ab", r"desde|mínimo", r"dès")
AROUND_WEAK = (
    r"around|about|roughly|approximately",
    r"circa|ca\.|etwa|ungefähr",
    r"unos|alrededor de",
    r"environ|autour de",
    r"حوالي",
)
AT_MOST_AFTER = (
    r"(?:or|and) (?:less|under|below|cheaper)|max(?:imum)?",
    r"oder weniger",
    r"o menos",
    r"ou moins",
    r"أو أقل",
    r"以下|以内|まで",
)
BELOW_AFTER = (r"未満|より安い(?:もの|の)?",)
AT_LEAST_AFTER = (
    r"(?:or|and) (?:more|over|above|up)",
    r"oder mehr",
    r"[yo] más",
    r"(?:et|ou) plus",
    r"أو أكثر",
    r"以上",
)
ABOVE_AFTER = (r"超|より高い(?:もの|の)?",)
CHEAPER = (
    r"(?:(?:much|(?:a )?(?:bit|little)) )?cheaper(?: ones?)?|less expensive(?: ones?)?|(?:at a |for a )?lower price",
    r"(?:etwas )?(?:billiger|günstiger)(?:e[rsn]?)?",
    r"(?:algo )?más (?:barat[oa]s?|económic[oa]s?)",
    r"moins ch[eè]re?s?",
    r"أرخص|ارخص",
    r"(?:もっと|より)安い(?:もの|の)?|安いの",
)
DEARER = (
    r"more expensive(?: ones?)?|pricier|dearer|(?:at a |for a )?higher price",
    r"teurere?[rsn]?",
    r"más car[oa]s?",
    r"plus ch[eè]re?s?",
    r"أغلى",
    r"(?:もっと|より)高い(?:もの|の)?",
)

CURRENCY_BEFORE = r"(?:(?:us)?[$€£¥₹]|\b(?:usd|eur|gbp|chf|inr|jpy|rs\.?))"
CURRENCY_AFTER = (
    r"(?:[$€£¥₹円元]|(?:(?:us )?dollars?|bucks|euros?|pounds?|quid|usd|eur|gbp|chf|jpy|inr|yen|francs?|franken"
    r"|rupees?|pesos?"
    r"|dólares?|libras?|دولار(?:ات)?|دولارا|يورو|ريال|درهم|جنيه|دينار)(?!\w)|ドル|ユーロ)"
)
UNIT = (
    r"(?:(?:[cm]?m|km|inch(?:es)?|ft|feet|foot|kg|m?g|lbs?|oz|[mc]?l|lit(?:er|re)s?|w|v|watts?|volts?|mah"
    r"|[gtm]b|px|mp|hz"
    r"|years?|yrs?|months?|weeks?|days?|hours?|min(?:ute)?s?|pieces?|pcs|packs?|people|persons?|percent|colou?rs?|stück"
    r"|jahren?|años?|ans|zoll|pulgadas?|pouces?|سنة|سنوات|سم)(?!\w)|[%°\"″']|[-‐]?inch|歳|個|枚|インチ|センチ)"
)
"""What makes a number no amount of money."""


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
        below = int(than["number"]) if than else None
    low, high = _bounds(rest, follow_up=follow_up)
    if follow_up and below is None:
        relative = -1 if rest.cut(anywhere(CHEAPER)) else 1 if rest.cut(anywhere(DEARER)) else None
    if low is not None and high is not None and low > high:
        raise UserError(say("refine.crossed_prices"), say("refine.crossed_prices_advice"))
    return Price(low, high, relative or 0, below)


def amount(text: str) -> float:
    """A number as people write it: ``1,000`` and ``1.000`` are a thousand, ``20,50`` and ``20.5`` have decimals."""
    thousands = 1000 if text[-1] in "kK" else 1
    digits = text.rstrip("kK").replace("'", "")
    decimal = re.fullmatch(r"(.*)[.,](\d{1,2})", digits)
    whole, fraction = decimal.groups() if decimal else (digits, "0")
    return float(f"{re.sub(r'[.,]', '', whole)}.{fraction}") * thousands


def _bounds(rest: Rest, *, follow_up: bool) -> tuple[float | None, float | None]:
    low = high = None
    for pattern, meaning, weak in _rules():
        found = pattern.search(rest.text)
        if found is None or (weak and not follow_up and not _has_currency(found)):
            continue
        rest.cut(pattern)
        first = amount(found["a"])
        if meaning == "between":
            second = amount(found["b"])
            low, high = min(first, second), max(first, second)
        elif meaning == "around":
            low, high = round(first * 0.8, 2), round(first * 1.2, 2)
        elif meaning in ("below", "at_most"):
            high = first if meaning == "at_most" else math.nextafter(first, -math.inf)
        else:
            low = first if meaning == "at_least" else math.nextafter(first, math.inf)
    return low, high


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    """(expression, meaning, whether a first message needs a currency), the more specific first."""
    a, b = _money("a"), _money("b")

    def before(table: Table) -> str:
        return rf"{START}(?:{union(table)}) ?{a}"

    def after(table: Table) -> str:
        return rf"{_money('a', unit=False)} ?(?:{union(table)}){END}(?! ?[$€£¥₹]?\d)"

    rules = (
        (rf"(?<!\w)(?:between|zwischen|entre|بين) ?{a} ?(?:and|und|y|et|و) ?{b}", "between", False),
        (rf"(?<!\w)(?:from|von|desde|de|من) {a} ?(?:-|to|bis|a|à|hasta|إلى) ?{b}", "between", True),
        (rf"{_money('a', unit=False)} ?(?:-|–|~|to|bis|から) ?{b}(?:まで)?", "between", True),
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


def _money(name: str, *, unit: bool = True) -> str:
    """An amount with or without its currency, and without a unit that is none of money."""
    number = rf"(?P<{name}>(?>\d+(?:[.,']\d{{3}})*(?:[.,]\d{{1,2}})?k?))(?![.,']?\d)"
    end = rf"(?! ?{UNIT})(?![A-Za-z])" if unit else ""
    return rf"(?<![\w.,])(?P<{name}_before>{CURRENCY_BEFORE} ?)?{number}(?P<{name}_after> ?{CURRENCY_AFTER})?{end}"


def _has_currency(found: re.Match[str]) -> bool:
    return any(text for name, text in found.groupdict().items() if name.endswith(("_before", "_after")))


@cache
def _cheaper_than_number() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?:{union(BELOW)}) ?(?:the )?{NUMBER_WORD} ?(?P<number>\d{{1,3}})(?![\w.,])", re.IGNORECASE
    )
