"""What the words of a query ask the starter encoder for: a thing, colours, or only "like this".

A small sentence model takes every word for a part of the thing: "same but in red" would be looked for as
an object. So the words that name no thing are set aside here, and colours are read separately.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from core.encoders import colour, glossary

_FILLER = frozenset(
    """
    a an the i we you me my us it its is are was s be am do does did have has had can could would should will
    find show get give search look looking see want need like similar same alike resembling matching match
    this that these those one ones some any something anything thing things other another else only just
    please thanks hi hello but and or with in of for to from on at by as than more very really exactly also
    different new make made turn change want wanted don won isn what which who
    photo photos picture pictures image images pic pics shot product products item items
    theme themed style styled pattern patterned print printed design look looks kind type sort version
    colour colours color colors coloured colored shade tone hue
    """.split()  # noqa: SIM905 - one word after the other reads better
)
# What a colour's other names are made of. Words that more often name something else (salmon, plum,
# chocolate, rose, gold, silver) are left to the sentence model.
_COLOURS: dict[str, dict[str, float]] = {name: {name: 1.0} for name in colour.NAMES} | {
    "gray": {"grey": 1},
    "charcoal": {"grey": 0.5, "black": 0.5},
    "crimson": {"red": 1},
    "scarlet": {"red": 1},
    "burgundy": {"red": 0.6, "purple": 0.2, "brown": 0.2},
    "maroon": {"red": 0.6, "brown": 0.4},
    "turquoise": {"teal": 1},
    "cyan": {"teal": 0.6, "blue": 0.4},
    "aqua": {"teal": 0.7, "blue": 0.3},
    "violet": {"purple": 1},
    "lilac": {"purple": 0.7, "pink": 0.3},
    "lavender": {"purple": 0.8, "grey": 0.2},
    "magenta": {"pink": 0.6, "purple": 0.4},
    "fuchsia": {"pink": 0.7, "purple": 0.3},
    "khaki": {"beige": 0.5, "green": 0.5},
    "olive": {"green": 1},
    "cream": {"white": 0.5, "beige": 0.5},
    "ivory": {"white": 0.7, "beige": 0.3},
    "tan": {"beige": 0.6, "brown": 0.4},
    "indigo": {"navy": 0.6, "purple": 0.4},
}
# Words that shift the colour behind them: what is mixed into it.
_SHADES = {"light": "white", "pale": "white", "pastel": "white", "dark": "black", "deep": "black"} | dict.fromkeys(
    ("bright", "vivid", "neon", "plain", "solid"), ""
)
_MIXED_IN = 0.3
# Words of shops that the sentence model takes for something else, by one that it knows. Titles keep theirs:
# there the same word in the query and in the title is what counts.
_THINGS = {
    "anorak": "jacket",
    "beanie": "knitted hat",
    "bermudas": "shorts",
    "blazer": "jacket",
    "chinos": "trousers",
    "crocs": "clogs",
    "culottes": "trousers",
    "frock": "dress",
    "kilt": "skirt",
    "moccasin": "loafer",
    "outwear": "outerwear",
    "parka": "winter coat",
    "pullover": "sweater",
    "pumps": "high heels",
    "slacks": "trousers",
    "sundress": "summer dress",
    "tights": "leggings",
    "windbreaker": "jacket",
}
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_ENDING = re.compile(r"['’](?:m|d|s|t|ve|re|ll)$", re.IGNORECASE)
# What file names and numberings leave in a title.
_NOISE = frozenset("no nr img dsc dscn pxl jpg jpeg png webp gif copy untitled".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Wish:
    """The parts of a query's words.

    Attributes:
        thing: what names a thing, in the asker's words or ones that the sentence model knows; may be empty.
        colours: shares of :data:`core.encoders.colour.NAMES`; empty when no colour was named.
        words: the thing's words and the colours', in lower case, to be looked for in titles.
    """

    thing: str = ""
    colours: dict[str, float] = field(default_factory=dict)
    words: tuple[str, ...] = ()


def read(text: str) -> Wish:
    """Read a query's words, in any language of the glossary; unknown words belong to the thing."""
    said, text = text, glossary.english(text)
    thing: list[str] = []
    colours: dict[str, float] = {}
    for word, following in pairwise([*_words(text), ""]):
        lower = word.lower()
        if lower in _COLOURS:
            for name, share in _COLOURS[lower].items():
                colours[name] = colours.get(name, 0.0) + share
        elif lower in _SHADES and following.lower() in _COLOURS:
            if added := _SHADES[lower]:
                colours[added] = colours.get(added, 0.0) + _MIXED_IN
        elif lower not in _FILLER:
            thing.append(_THINGS.get(lower) or _THINGS.get(lower.removesuffix("s")) or word)
    words = dict.fromkeys((*title_words(text), *title_words(said)))  # a title may be in the asker's language
    return Wish(" ".join(thing), colours, tuple(words))


def title_words(title: str) -> tuple[str, ...]:
    """The words of a title that say something, in lower case: none for ``IMG_2041.jpg``, one for ``Dress no. 3``."""
    words = [word.lower() for word in _words(title)]
    return tuple(
        word for word in words if not (word in _FILLER or word in _NOISE or any(letter.isdigit() for letter in word))
    )


def _words(text: str) -> list[str]:
    """Words as they are written, without endings such as the ``'s`` of "men's" and the ``'m`` of "I'm"."""
    return [_ENDING.sub("", word) for word in _WORD.findall(text)]
