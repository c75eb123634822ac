"""How the words of a follow-up change the words of the wish before it.

"In blue", "leopard" or "with a handle" is an edit: it is added to the last words, and a new colour takes
the old one's place. "A green bag" is a wish of its own: it replaces the words. Pictures stay in both cases.
"""

from __future__ import annotations

import re
from functools import cache

from core.refine.text import tidy, union, whole

POINTING = (
    r"(?:(?:(?:some|any)thing|ones?|things?|items?|products?|stuff|others?|more|what is"
    r"|what's) )?(?:(?:that )?(?:is|are|looks?) )?(?:just )?"
    r"(?:like|similar to) (?:this|that|these|those|it|(?:the|this) (?:picture|photo|image))(?: one)?",
    r"this(?: one)?|that(?: one)?|it|these|those|(?:a )?(?:similar|alike)(?: (?:ones?|things?|items?|products?|stuff))?"
    r"|look-?a-?likes?(?: (?:for|of) (?:this|that|it))?|match(?:es)?(?: for (?:this|that|it))?|the same(?: thing)?",
    r"(?:what(?: brand| make)? is (?:this|that|it)|how much (?:is|are|does|do) (?:this|that|it|these|those)(?: costs?)?"
    r"|(?:where|how) (?:can|could|do|would) (?:i|we) (?:buy|get|find|order) (?:this|that|it|these|those|one)"
    r"|who (?:sells|makes|has) (?:this|that|it|these|those))",
    r"(?:so )?etwas ähnliches|so (?:et)?was|(?:et)?was wie (?:das|dies)|ähnliches?|(?:so )?wie das|das(?: hier)?|sowas",
    r"(?:algo )?(?:parecido|similar)(?: a est[eo])?|(?:algo )?como est[eo]|est[eo]",
    r"(?:quelque chose )?comme (?:ça|ceci|cela)|(?:quelque chose de )?similaire|ça",
    r"(?:شيء )?(?:مثل هذا|مشابه(?: لهذا)?)|هذا",
    r"これ|似た(?:もの|の)|(?:これ)?(?:と同じ|みたいな|のような|に似た)(?:もの|の)?",
)
EDITING = (
    r"in|with|without|w/o|for|made (?:of|from|out of)|more|less|not|no|having|featuring",
    r"mit|ohne|für|aus|mehr|weniger|nicht",
    r"con|sin|en|de|para|hecho de|más|menos|no",
    r"avec|sans|en|de|pour|plus|moins|pas",
    r"باللون|بلون|مع|بدون",
)
CLEAR_EDITING = r"with|without|w/o|made (?:of|from|out of)|mit|ohne|con|sin|avec|sans|مع|بدون"
"""Beginnings that hardly open a sentence between people."""
COLOUR_BEFORE = r"in(?: the)?(?: colou?r)?|in der farbe|de color|de couleur|en|باللون|بلون"
SHADE = r"light|dark|bright|pale|deep|neon|pastel|navy|hell|dunkel|claro|oscuro|clair|foncé|فاتح|غامق"
COLOUR = (
    r"red|blue|green|yellow|orange|purple|violet|pink|brown|black|white|gr[ae]y|beige|turquoise|teal|cyan"
    r"|magenta|gold(?:en)?"
    r"|silver|navy|maroon|cream|khaki|olive|lilac|multicolou?red|colou?rful",
    r"(?:hell|dunkel)?(?:rot|blau|grün|gelb|lila|violett|rosa|braun|schwarz|weiß|grau|türkis)(?:e[nrsm]?)?"
    r"|silber(?:n)?",
    r"roj[oa]s?|azul(?:es)?|verdes?|amarill[oa]s?|naranjas?|morad[oa]s?|ros[ao]s?|marrón|negr[oa]s?|blanc[oa]s?"
    r"|gris(?:es)?|dorad[oa]s?",
    r"rouges?|bleue?s?|vert(?:es?)?|jaunes?|violette?s?|roses?|marron|noire?s?|blanc(?:he)?s?|grise?s?|dorée?s?"
    r"|argentée?s?",
    r"أحمر|احمر|أزرق|ازرق|أخضر|اخضر|أصفر|اصفر|برتقالي|بنفسجي|وردي|بني|أسود|اسود|أبيض|ابيض|رمادي|ذهبي|فضي",
)
COLOUR_JA = r"(?:赤|青|緑|黄色?|オレンジ|紫|ピンク|茶色?|黒|白|灰色|グレー|金色?|銀色?)(?:色|い)?"
ATTRIBUTE = (
    r"(?:big|small|long|short|wide|slim|thin|thick|tall|light|dark|bright|soft|simple|plain|cute|fancy|funny"
    r"|shiny)(?:m?m?er|r|est)?"
    r"|bigger|larger?|tiny|mini|elegant|modern|vintage|retro|classic|casual|sporty|formal|minimalist|kids?"
    r"|men'?s|women'?s|unisex"
    r"|striped|stripes|dotted|dots|polka[ -]dots?|plaid|check(?:ed|ered)|leopard|zebra|tiger|floral|flowers?"
    r"|flowery|camo(?:uflage)?"
    r"|glitter|matte?|glossy|transparent|clear|leather|wood(?:en)?|metal(?:lic)?|glass|ceramic|cotton|denim"
    r"|silk|wool(?:en)?|plastic"
    r"|rubber|silicone|linen|suede|velvet|print(?:ed)?|pattern(?:ed)?"
    r"|sizes? (?:\d{1,3}(?:[.,]5)?|x{0,3}[sml])|x{1,3}[sl]",
)
GLUE = r"and|or|but|very|really|a bit|a little|und|oder|y|et|ones?|colou?r|version|instead|too|also|one|it|them"
FILLER = (
    r"only|just|ones?|those|these|them|all|any|some|the|but|and|that|are|is|which|price|priced|items?|products?|things?"
    r"|something|anything|best|most|better|a lot|very much|really|rather"
    r"|(?:i|we)(?:'ll| will|'d| would)?(?: really| rather)? (?:like|love|prefer|want|choose|take|buy|pick|get|order)"
    r"|tell me|more about|how much|does|do|costs?|what(?:'?s| is)(?: the)?(?: price)?(?: of)?|compare"
)
ARTICLES = r"(?:(?:the|an?|some|any) )?(?P<what>.+?)(?: ones?)?"
OTHER_COLOUR = (
    r"(?:in )?(?:an? |an|some |the )?(?:other|different) colou?rs?",
    r"(?:in )?(?:einer )?andere[rn]? farben?",
    r"(?:en |de )?otros? color(?:es)?",
    r"(?:dans |d')?(?:une )?autres? couleurs?",
    r"(?:ب)?لون آخر",
    r"(?:違う|他の|別の)色(?:で|の)?",
)


def points(text: str) -> bool:
    """Whether the words only point at the picture ("something like this"); as a text to encode they are noise."""
    return whole(POINTING).fullmatch(text) is not None


def merge(last: str, words: str, *, edit: bool, asked: bool) -> str:
    """The words of the new wish.

    Args:
        last: words of the wish before.
        words: what the follow-up says, cleaned of all that was understood.
        edit: whether the follow-up said "the same", which makes any words an edit.
        asked: whether it began like a wish of its own ("how about …").
    """
    if not words or (last and points(words)):
        return last
    if last and whole(OTHER_COLOUR).fullmatch(words):
        return without_colours(last) or last
    if last and not asked:
        words = _described(words)
    if not last or not (edit or edits(words, asked=asked)):
        return words
    kept = without_colours(last) if _colours().search(words) else last
    if not kept:
        return words
    joint = " " if _opens_with_preposition().match(words) else ", "
    return f"{kept}{joint}{words}"


def _described(words: str) -> str:
    """ "The blue one" is "blue", since it means a thing that was named before; "a green bag" stays."""
    found = re.fullmatch(ARTICLES, words, re.IGNORECASE)
    return found["what"] if found and describes(found["what"]) else words


def edits(words: str, *, asked: bool = False) -> bool:
    """Whether words change a wish rather than state one; a single unknown word changes it, unless it was asked for."""
    if _opens_with_preposition().match(words) is not None or describes(words):
        return True
    return not asked and len(words.split()) == 1


def is_filler(words: str) -> bool:
    """Whether nothing is left that says anything: "only ones"."""
    return re.fullmatch(rf"(?:(?:{FILLER})(?:\s+|$))+", words, re.IGNORECASE) is not None


def describes(words: str) -> bool:
    """Whether all words are colours, patterns, materials, sizes and the glue between them."""
    return _describing().fullmatch(words) is not None


def clearly_edits(words: str) -> bool:
    """Whether short words can only be meant as an edit, even if nobody addressed the bot."""
    if len(words.split()) > 6:
        return False
    opened = re.match(rf"(?:{CLEAR_EDITING})\s", words, re.IGNORECASE) is not None
    return opened or describes(re.sub(rf"^(?:{COLOUR_BEFORE})\s+(?:an?\s+)?", "", words, flags=re.IGNORECASE))


def without_colours(text: str) -> str:
    """The text without its colours and the words that only lead to them."""
    cut = re.sub(r"\(\s*\)", "", _coloured().sub(" ", text))
    return re.sub(r",\s*(?=,)", "", tidy(cut))


@cache
def _colours() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{union(COLOUR)})(?!\w)|{COLOUR_JA}", re.IGNORECASE)


@cache
def _coloured() -> re.Pattern[str]:
    one = rf"(?:(?:{SHADE})[ -])?(?:{union(COLOUR)})(?:[ -](?:{SHADE}))?(?!\w)(?: colou?r(?:ed)?)?"
    latin = (
        rf"(?:,\s*)?(?<!\w)(?:(?:but )?(?:{COLOUR_BEFORE}) )?{one}(?:(?: ?, ?| and | or | & |/| und | y | et ){one})*"
    )
    return re.compile(rf"{latin}|{COLOUR_JA}(?:の|で|色の)?", re.IGNORECASE)


@cache
def _describing() -> re.Pattern[str]:
    word = rf"(?:{SHADE}|{union(COLOUR)}|{union(ATTRIBUTE)}|{GLUE})"
    return re.compile(rf"(?:{word}(?!\w)[\s,/&-]*)+|(?:{COLOUR_JA}(?:の|で|いの)?)", re.IGNORECASE)


@cache
def _opens_with_preposition() -> re.Pattern[str]:
    return re.compile(rf"(?:{union(EDITING)})(?!\w)|.*(?:で|の)$", re.IGNORECASE)
