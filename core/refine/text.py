"""Text as the grammar sees it: normalised, with recognised phrases cut out, without politeness."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

Table = tuple[str, ...]
"""Alternatives of a regular expression, usually one line for each language."""

START = r"(?<![^\W_ぁ-ヿ一-鿿])"
END = r"(?![^\W_ぁ-ヿ一-鿿])"
"""Boundaries of a word. Japanese writes none, so its letters may stand on either side."""

MESSAGE_LENGTH = 1_000
"""Characters of a message that are read; a wish in earnest is far shorter."""

_MENTION = re.compile(
    r"<[@#!][^>]{0,80}>|^\s*(?:(?:hey|hi|hello|ok(?:ay)?),?\s+)?@[\w.-]{1,40}[,:]?(?=\s|$)", re.IGNORECASE
)
_QUOTES = str.maketrans("‘’“”´`", "''\"\"''")
_EDGE = " \t,;.:!?…。、！？؟،"

ADDRESSING = (
    r"hey|hi|hello|ok(?:ay)?|so|well|h+m+|and|but|now|then|also|maybe|instead|rather|please|pls|plz|kindly|try",
    r"hallo|bitte|aber|und|jetzt|dann|vielleicht",
    r"hola|por favor|pero|ahora|quizás",
    r"bonjour|salut|s'il (?:te|vous) pla[iî]t|mais|maintenant|peut-être",
    r"مرحبا|من فضلك|لو سمحت|لكن|ولكن|الآن",
    r"でも|じゃあ|では",
)
ASKING = (
    r"(?:(?:can|could|would|will) you )?(?:please )?(?:find|search(?: for)?|look for|show|get|give|recommend|suggest)"
    r"(?: (?:me|us)\b)?|i(?:'?m| am) (?:looking|searching) for|looking for|searching for|i (?:want"
    r"|need)(?: to (?:see|find))?"
    r"|i(?:'?d| would) (?:like|love)(?: to (?:see|find|have))?|do you (?:have|sell)|have you got"
    r"|are there(?: any)?|is there"
    r"|what about|how about|(?:can|could|may) (?:i|we)(?: please)? (?:see|get|have|find|try|buy|order)",
    r"(?:kannst du )?(?:zeige?|finde?|suche?)(?: (?:mir|uns))?|ich (?:suche|möchte|will|brauche|hätte gern)"
    r"|habt ihr|hast du|gibt es",
    r"búsca(?:me)?|busc[ao]|buscame|encuentra|encuéntrame|muéstrame|enséñame|quiero|quisiera|necesito|tienes|hay",
    r"(?:trouve|cherche|montre)(?:z)?(?:[- ]moi)?|je (?:cherche|veux|voudrais)|avez-vous|as-tu|y a-t-il",
    r"ابحث(?: لي)? عن|أريد|اريد|اعرض لي|أرني|هل لديك",
)
TRAILING = (
    r"please|pls|plz|thanks|thank you|thx|instead|though|bitte|danke|por favor|gracias|svp|s'il (?:te"
    r"|vous) pla[iî]t|merci"
    r"|من فضلك|لو سمحت|شكرا|شكرًا",
    r"and|but|or|und|aber|oder|y|pero|et|mais",
)
"""Politeness, and conjunctions whose other half was cut out."""

_TRAILING_JA = re.compile(
    r"(?:を)?(?:探して(?:ください)?|見せて(?:ください)?|ください|下さい|お願い(?:します)?|が(?:ほしい|欲しい)(?:です)?)$"
)
_PARTICLE_JA = re.compile(r"^(?:[のでを]|も?ので)(?=[一-鿿ァ-ヿ])")
"""What is left in front when the phrase before it was cut out."""


class Rest:
    """What remains of a message while phrases are cut out of it, one rule after the other."""

    def __init__(self, text: str) -> None:
        self.text = text

    def cut(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take the first match out, and return it."""
        found = pattern.search(self.text)
        if found is not None:
            self.text = tidy(f"{self.text[: found.start()]} {self.text[found.end() :]}")
        return found


def normalise(text: str) -> str:
    """NFKC, ASCII digits and quotes, single spaces; without mentions (``<@U1>``, leading ``@bot``)."""
    plain = unicodedata.normalize("NFKC", _MENTION.sub(" ", text[:MESSAGE_LENGTH])).translate(_QUOTES)
    characters = (
        str(unicodedata.decimal(c)) if c.isdecimal() else c if c.isprintable() else " " for c in plain if c != "\u200d"
    )
    return " ".join("".join(characters).split())


def polite(text: str) -> str:
    """The text without the words that only address the bot: "hey, can you find me … please"."""
    before = None
    while before != text:
        before = text
        text = tidy(_leading().sub("", text, count=1))
        text = tidy(_trailing().sub("", text, count=1))
        text = tidy(_TRAILING_JA.sub("", text))
        text = _PARTICLE_JA.sub("", text)
    return text


def asks(text: str) -> bool:
    """Whether the text begins like a wish of its own: "find …", "how about …"."""
    addressed = re.compile(rf"^(?:(?:{union(ADDRESSING)})[\s,]+)*(?:{union(ASKING)})(?!\w)", re.IGNORECASE)
    return addressed.match(text) is not None


def is_one_of(text: str, tables: Table) -> bool:
    """Whether the whole text, but for punctuation and politeness, is one of the phrases."""
    bare = text.strip(_EDGE + "~-")
    return any(whole(tables).fullmatch(candidate) for candidate in (bare, polite(bare)))


def tidy(text: str) -> str:
    """Single spaces, no space before a comma, nothing dangling at the edges."""
    return re.sub(r"\s+([,;.!?])", r"\1", " ".join(text.split())).strip(_EDGE)


def union(table: Table) -> str:
    """All alternatives as one expression."""
    return "|".join(f"(?:{line})" for line in table)


@cache
def anywhere(table: Table) -> re.Pattern[str]:
    """Any of the phrases as whole words inside a text."""
    return re.compile(rf"{START}(?:{union(table)}){END}", re.IGNORECASE)


@cache
def whole(table: Table) -> re.Pattern[str]:
    """Any of the phrases as a whole text."""
    return re.compile(union(table), re.IGNORECASE)


@cache
def _leading() -> re.Pattern[str]:
    return re.compile(rf"^(?:{union(ADDRESSING)}|{union(ASKING)})(?!\w)[\s,:!.]*", re.IGNORECASE)


@cache
def _trailing() -> re.Pattern[str]:
    return re.compile(rf"[\s,.!]*(?<!\w)(?:{union(TRAILING)})$", re.IGNORECASE)
