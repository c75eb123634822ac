"""How the starter encoder's vectors are laid out, and what each kind of query asks of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.encoders import colour, minilm
from core.encoders.starter_words import Wish

Floats = NDArray[np.float32]

LOOK = 512
SENSE = 256
MEANING = minilm.WIDTH
COLOUR = colour.WIDTH
TEXTURE = 160
TITLE = minilm.WIDTH
_WIDTHS = (LOOK, SENSE, MEANING, COLOUR, TEXTURE, TITLE)
DIMENSION = sum(_WIDTHS) + 1

_TITLED = 0.6
"""Length of the meaning block of an item whose title says something. The title says what the thing is; what the
network makes of it is then left to be noise in "a mug like this", where among mugs the look should decide."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A picture's blocks, each L2-normalised.

    Attributes:
        sense: (256,), the same as ``meaning`` in fewer numbers: good enough between pictures.
        words: (384,), the words for what is seen, each by its probability; at most 1 long.
    """

    look: Floats
    sense: Floats
    meaning: Floats
    colour: Floats
    texture: Floats
    words: Floats


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each block of an item counts for a kind of query. Only their ratios matter.

    Found on one half of the training photos of a clothing data set and on drawn patterns; what was found
    is flat around these values. ``bench/starter_quality.py`` measures them on other photos.

    Attributes:
        seen: how much the title should name what the query's picture shows.
    """

    look: float = 0.0
    sense: float = 0.0
    meaning: float = 0.0
    colour: float = 0.0
    texture: float = 0.0
    title: float = 0.0
    seen: float = 0.0


PICTURE = Weights(look=1, sense=0.3, colour=0.05, texture=0.1)
RECOLOUR = Weights(look=0.7, sense=0.55, colour=0.75, title=0.3)
WORDS = Weights(meaning=1, colour=0.5, title=1.2)
COLOUR_WORDS = Weights(colour=1, title=1)
COMPOSED = Weights(look=0.1, meaning=1, colour=0.15, texture=0.2, title=1.2, seen=1)
COMPOSED_COLOUR = replace(COMPOSED, colour=0.5)


def choose(wish: Wish, pictured: bool) -> Weights:
    """The weights for a query."""
    if not pictured:
        return COLOUR_WORDS if wish.colours and not wish.thing else WORDS
    if wish.thing:
        return COMPOSED_COLOUR if wish.colours else COMPOSED
    return RECOLOUR if wish.colours else PICTURE


def query(wish: Wish, view: View | None, meaning: Floats, title: Floats) -> Floats:
    """A query's vector, (DIMENSION,), not normalised.

    Words name the thing where they can, and the colour; the picture gives the rest.

    Args:
        meaning: (384,), of the words for the thing.
        title: (384,), the words to look for in titles.
    """
    weights = choose(wish, view is not None)
    result = np.zeros(DIMENSION, np.float32)
    look, sense, own_meaning, shade, texture, titles = _blocks(result)
    own_meaning += weights.meaning * meaning
    titles += weights.title * title
    if wish.colours:
        shade += weights.colour * colour.of_names(wish.colours)
    elif view is not None:
        shade += weights.colour * view.colour
    if view is not None:
        look += weights.look * view.look
        sense += weights.sense * view.sense
        texture += weights.texture * view.texture
        titles += weights.seen * view.words
    return result


def item(view: View, title: Floats, title_weight: float = 1.0) -> Floats:
    """An item's vector, (DIMENSION,), of length 1.

    All blocks have equal weight. A row without a title would be shorter than one with, and normalising
    would favour it in a search by picture; so the last number fills each row up to length 1, and queries
    have 0 there.

    Args:
        title: (384,), at most 1 long; zero when there is no title or it says nothing.
        title_weight: 0 to 1; 0 is as if there were no titles.
    """
    result = np.zeros(DIMENSION, np.float32)
    look, sense, meaning, shade, texture, titles = _blocks(result)
    look += view.look
    sense += view.sense
    meaning += view.meaning * (1 - (1 - _TITLED) * title_weight if title.any() else 1)
    shade += view.colour
    texture += view.texture
    titles += title_weight * title
    result /= np.sqrt(len(_WIDTHS))
    result[-1] = np.sqrt(max(0.0, 1 - float(result @ result)))
    return result


def _blocks(row: Floats) -> list[Floats]:
    """Views of a row's blocks, which can be written to."""
    return np.split(row, np.cumsum(_WIDTHS))[:-1]
