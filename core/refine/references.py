"""What in a message refers to the last answer: "like number 4", "more like 2 and 5", "the second one"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from core.refine.text import Rest, union

LIKE = (
    r"(?:(?:some(?:thing)?|ones?|more|others?) )?(?:like|similar to|resembling|closer to|in the style of)"
    r"|(?:tell me(?: more)? |more )about|how much (?:is|are|for)|what(?:'?s| is) the price of|compare",
    r"(?:(?:etwas|mehr|so|eher) )?(?:wie|ähnlich(?:e[sr]?)?(?: wie| zu)?)",
    r"(?:(?:algo|más|otros?) )?(?:como|parecid[oa]s? al?|similar(?:es)? al?)",
    r"(?:(?:quelque chose|plus|d'autres) )?(?:comme|semblables? [àa]u?|similaires? [àa]u?)",
    r"(?:المزيد )?(?:مثل|يشبه|مشابه ل)",
)
LIKING = re.compile(
    r"^i(?:'ll| will|'d| would)? (?:(?:really|rather) )?(?:like|love|prefer|want|choose|take|buy|pick)"
    r"(?= (?:#|\d{1,2}(?! \w)|\d{1,2} (?:and|but|or|in|with|best|most|better)\b|number|no\b|nr\b|the \w+(?: one\b|$)))",
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
LAST = -1
"""Stands for the last candidate, whose number the grammar does not know."""
LAST_WORDS = ("last", "letzte", "letzten", "último", "última", "dernier", "dernière")
FIRST_FEW = r"(?:the )?first (?P<few>two|three|four|five|[2-9])(?: ones?)?(?!\w)"
NOT = (
    r"(?:not|except(?: for)?|(?:any|every)thing but|all but|less|unlike|without|skip|hide|drop|remove|exclude)"
    r"(?: (?:like|similar to))?|(?:not|less) as|i (?:do not|don'?t) (?:really )?(?:like|love|want)|i hate",
    r"nicht(?: so)?(?: wie)?|außer|ohne",
    r"(?:no|menos) como|excepto|salvo|no me gusta",
    r"(?:pas|moins)(?: comme)?|sauf|je n'aime pas",
    r"ليس(?: مثل)?|باستثناء|ما عدا|لا أحب",
)
NOT_AFTER_JA = r"番(?:目)?(?:以外|じゃない|ではない)(?:もの|の|やつ)?"
TRAIT = (
    r"(?:in |with )?(?:the )?(?:same )?(?:colou?rs?|style|pattern|shape|look|design|material|print)"
    r" (?:as|of|like|from)",
    r"(?:in )?(?:der|die|das)?(?:selben?|gleichen?)? ?(?:farbe|stil|muster|form) (?:wie|von)",
)
"""What an example is liked for; the encoder sees the example as a whole."""
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
    r"(?:exactly )?(?:(?:the|this|that) )?(?:very )?same(?: (?:ones?|thing))?|(?:this|that) one"
    r"|(?:(?:some|any)thing |ones? )?like (?:this|that|these|those|it)(?: ones?)?"
    r"(?=,? (?:but|and|in|with|without)(?!\w))"
    r"|make (?:it|them|that|this)|ones?(?= (?:in|with|without|made)(?!\w))|this|that|it|these|those",
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
        numbers: panorama numbers, each once, in the message's order; unchecked, and :data:`LAST` for the last.
        rejected: numbers that it does not want, likewise.
        pick: whether it says "more like this".
        same: whether it begins with "the same".
    """

    numbers: tuple[int, ...] = ()
    rejected: tuple[int, ...] = ()
    pick: bool = False
    same: bool = False

    def __bool__(self) -> bool:
        return self != References()


def read_references(rest: Rest) -> References:
    """Cut the references out."""
    rejected: list[int] = []
    for pattern in _rejecting():
        while found := rest.cut(pattern):
            rejected += values(found["numbers"])
    numbers: list[int] = []
    if LIKING.match(rest.text):
        rest.text = LIKING.sub("like", rest.text, count=1)
    if few := rest.cut(_first_few()):
        word = few["few"].casefold()
        numbers += range(1, 1 + (int(word) if word.isdigit() else SPELLED.index(word) + 1))
    for pattern in _patterns():
        while found := rest.cut(pattern):
            numbers += values(found["numbers"])
    pick = not numbers and rest.cut(re.compile(rf"(?<!\w)(?:{union(PICK)})(?!\w)", re.IGNORECASE)) is not None
    same = rest.cut(_same()) is not None
    return References(tuple(dict.fromkeys(numbers)), tuple(dict.fromkeys(rejected)), pick, same)


def values(text: str) -> list[int]:
    """The panorama numbers that a text names, in its order."""
    return [_value(word) for word in _words().findall(_one_after_ordinal().sub(r"\1", text))]


@cache
def one_number() -> str:
    """An expression for one panorama number, spelled in any way: "number 4", "#4", "the second one"."""
    numbered = rf"(?:{THE} )?{NUMBER_WORD} ?(?:\d{{1,3}}|{'|'.join(SPELLED)})"
    return rf"(?:{numbered}|{THE} (?:{_ordinal()})(?: ones?)?)(?![\w.,]\d|\w)"


def _ordinal() -> str:
    return "|".join((*(word for row in ORDINALS for word in row), *LAST_WORDS))


@cache
def _one_after_ordinal() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)({_ordinal()}) ones?(?!\w)", re.IGNORECASE)


@cache
def _first_few() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:(?:{union(LIKE)}) )?{FIRST_FEW}", re.IGNORECASE)


@cache
def _rejecting() -> tuple[re.Pattern[str], ...]:
    bare = r"\d{1,3}(?=$|\s*[,.!;]|\s+(?:and|or|please|und|oder|y|o|et|ou)(?!\w))"
    one = rf"(?:(?:{THE} )?(?:{NUMBER_WORD} ?\d{{1,3}}(?![\w.,]?\d)|{bare})|{THE} (?:{_ordinal()})(?: ones?)?(?!\w))"
    texts = (
        rf"(?<!\w)(?:{union(NOT)}) (?P<numbers>{one}(?: ?{AND} ?{one})*)",
        rf"(?P<numbers>(?<![\w.,])\d{{1,3}}(?:番)?(?:{AND}\d{{1,3}}(?:番)?)*){NOT_AFTER_JA}",
    )
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    digits = r"(?<![\w.,$€£¥₹])\d{1,3}(?!\w|[.,]\d| ?[$€£¥₹%°])"
    ordinal = _ordinal()
    placed = rf"(?:{THE} (?:{ordinal})|\d(?:st|nd|rd|th)(?= one))"
    ordinals = rf"(?P<numbers>{placed}(?:{AND} ?(?:{THE} )?(?:{ordinal}))*)(?: (?:ones?|item|picture))?(?!\w)"
    several = rf"#?{digits}(?: ?{AND} ?(?:{NUMBER_WORD} ?)?{digits})*"
    like = rf"(?<!\w)(?:{union(LIKE)}|{union(TRAIT)})"
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
    ordinal = "|".join(sorted(_ordinal().split("|"), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{ordinal}|{'|'.join(SPELLED)})(?!\w)|\d+", re.IGNORECASE)


def _value(word: str) -> int:
    folded = word.casefold()
    if folded.isdigit():
        return int(folded)
    if folded in LAST_WORDS:
        return LAST
    if folded in SPELLED:
        return SPELLED.index(folded) + 1
    return next((row.index(folded) + 1 for row in ORDINALS if folded in row), 1)


@cache
def _same() -> re.Pattern[str]:
    return re.compile(rf"^(?:{union(SAME)})(?=\s|,|$|[ぁ-ん一-龯])", re.IGNORECASE)
