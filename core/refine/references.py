"""What in a message refers to the last answer: "like number 4", "more like 2 and 5", "the second one"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from core.refine.text import Rest, union

LIKE = (
    r"(?:(?:some(?:thing)?|ones?|more|others?) )?(?:like|similar to|resembling|closer to|in the style of)",
    r"(?:(?:etwas|mehr|so|eher) )?(?:wie|ähnlich(?:e[sr]?)?(?: wie| zu)?)",
    r"(?:(?:algo|más|otros?) )?(?:como|parecid[oa]s? al?|similar(?:es)? al?)",
    r"(?:(?:quelque chose|plus|d'autres) )?(?:comme|semblables? [àa]u?|similaires? [àa]u?)",
    r"(?:المزيد )?(?:مثل|يشبه|مشابه ل)",
)
LIKING = re.compile(
    r"^i (?:(?:really|rather) )?(?:like|love|prefer|want|choose|take)(?= (?:#|\d|number|no\b|nr\b|the \w+ one\b))",
    re.IGNORECASE,
)
NUMBER_WORD = (
    r"(?:#|(?<!\w)(?:numbers?|no\.?|nr\.?|num\.?|items?|options?|candidates?|nummern?|números?|numéros?|n[°º]o?|رقم)"
    r"(?!\w))"
)
AND = r"(?:,? ?(?:and|or|und|oder|y|e|et|ou)(?= )|,|&|\+|و|と|、)"
THE = r"(?:the|der|die|das|dem|den|el|la|los|las|le|les)"
AFTER_NUMBER_JA = r"番(?:目)?(?:と同じ|みたい(?:な|の)?|の(?:よう(?:な|に)|やつ)|に似た|っぽい)?(?:もの|の)?"
ORDINALS: tuple[tuple[str, ...], ...] = (
    ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    ("erste", "zweite", "dritte", "vierte", "fünfte", "sechste", "siebte", "achte", "neunte", "zehnte"),
    ("primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno", "décimo"),
    ("primera", "segunda", "tercera", "cuarta", "quinta", "sexta", "séptima", "octava", "novena", "décima"),
    ("premier", "deuxième", "troisième", "quatrième", "cinquième", "sixième", "septième", "huitième", "neuvième"),
    ("première",),
    ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th"),
)
SPELLED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
"""Only after ``number``: "like one with flowers" means no number."""
PICK = (
    r"(?:more|others|ones) (?:like|similar to) (?:this|that|it|the pick|your pick)(?: one)?|like (?:the|your) pick",
    r"mehr (?:wie|von) (?:das|dies(?:e[rs]?)?|davon)",
    r"más como (?:est[eo]|es[eo])",
    r"plus comme (?:ça|celui-ci|celle-ci)",
    r"المزيد مثل هذا",
    r"これ(?:みたいな|に似た)(?:もの|の)(?:をもっと)?",
)
SAME = (
    r"(?:exactly )?(?:(?:the|this|that) )?(?:very )?same(?: (?:ones?|thing))?|(?:this|that) one|this|that|it"
    r"|these|those",
    r"(?:das|der|die|den) ?(?:selbe|gleiche)n?|gleiche[sr]?",
    r"(?:lo|el|la) mism[oa]|igual",
    r"(?:le|la) même(?: chose)?|pareil(?:le)?",
    r"نفس الشيء|نفسه|نفسها",
    r"(?:これ(?:と|の)?)?同じ(?:もの|の|やつ)?(?:で|の)?",
)


@dataclass(frozen=True, slots=True)
class References:
    """What a message refers to.

    Attributes:
        numbers: panorama numbers, each once, in the message's order; unchecked.
        pick: whether it says "more like this".
        same: whether it begins with "the same".
    """

    numbers: tuple[int, ...] = ()
    pick: bool = False
    same: bool = False

    def __bool__(self) -> bool:
        return self != References()


def read_references(rest: Rest) -> References:
    """Cut the references out."""
    numbers: list[int] = []
    if LIKING.match(rest.text):
        rest.text = LIKING.sub("like", rest.text, count=1)
    for pattern in _patterns():
        while found := rest.cut(pattern):
            numbers += [_value(word) for word in _words().findall(found["numbers"])]
    pick = not numbers and rest.cut(re.compile(rf"(?<!\w)(?:{union(PICK)})(?!\w)", re.IGNORECASE)) is not None
    same = rest.cut(_same()) is not None
    return References(tuple(dict.fromkeys(numbers)), pick, same)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    digits = r"(?<![\w.,$€£¥₹])\d{1,3}(?!\w|[.,]\d| ?[$€£¥₹%°])"
    ordinal = "|".join(word for row in ORDINALS for word in row)
    ordinals = (
        rf"(?P<numbers>{THE} (?:{ordinal})(?:{AND} ?(?:{THE} )?(?:{ordinal}))*)(?: (?:ones?|item|picture))?(?!\w)"
    )
    several = rf"#?{digits}(?: ?{AND} ?(?:{NUMBER_WORD} ?)?{digits})*"
    like = rf"(?<!\w)(?:{union(LIKE)})"
    spelled = "|".join(SPELLED)
    edit = r"(?:but|in|with|without|and|aber|mit|ohne|pero|con|sin|mais|avec|sans|please)"
    texts = (
        rf"(?:{like} )?(?P<numbers>(?<![\w.,])\d{{1,3}}(?:番)?(?:{AND}\d{{1,3}}(?:番)?)*){AFTER_NUMBER_JA}",
        rf"{like} ?(?:{THE} )?(?:{NUMBER_WORD} ?)?(?P<numbers>{several})",
        rf"(?:{like} )?{ordinals}",
        rf"(?:{like} )?(?:{THE} )?{NUMBER_WORD} ?"
        rf"(?P<numbers>(?:{spelled})(?:{AND} ?(?:{NUMBER_WORD} )?(?:{spelled}))*)(?!\w)",
        rf"(?:{THE} )?{NUMBER_WORD} ?(?P<numbers>{several})",
        rf"^(?P<numbers>{several})(?=$|\s*,|\s+{edit}(?!\w))",
    )
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)


@cache
def _words() -> re.Pattern[str]:
    ordinal = "|".join(sorted((word for row in ORDINALS for word in row), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{ordinal}|{'|'.join(SPELLED)})(?!\w)|\d+", re.IGNORECASE)


def _value(word: str) -> int:
    folded = word.casefold()
    if folded.isdigit():
        return int(folded)
    if folded in SPELLED:
        return SPELLED.index(folded) + 1
    return next((row.index(folded) + 1 for row in ORDINALS if folded in row), 1)


@cache
def _same() -> re.Pattern[str]:
    return re.compile(rf"^(?:{union(SAME)})(?=\s|,|$|[ぁ-ん一-龯])", re.IGNORECASE)
