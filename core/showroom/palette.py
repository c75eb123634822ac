"""The house's prints and plain colours: each a fabric with the words that sell it."""

from __future__ import annotations

from dataclasses import dataclass

from core.showroom import furs, patterns
from core.showroom.canvas import Colour, Texture, hexa
from core.showroom.studio import Fabric

INK = {
    "black": "#232327", "white": "#f6f4ef", "grey": "#8f949c", "red": "#cf3038", "burgundy": "#7a2234",
    "navy": "#1f3460", "blue": "#2f6fc1", "sky blue": "#9cc8e8", "teal": "#1f7f83", "green": "#2f8a52",
    "olive": "#6d7038", "mint": "#a8dcc4", "yellow": "#f2c230", "mustard": "#c9922e", "orange": "#ee7c2b",
    "coral": "#f2796b", "pink": "#f29bb6", "blush": "#f6d5d5", "purple": "#6d4a9c", "lavender": "#b7a6dc",
    "brown": "#7b4e2d", "tan": "#d9a456", "beige": "#e2d3b8", "cream": "#f6efe0", "charcoal": "#43464d",
    "gold": "#c59a45", "leaf": "#5f8f5a", "forest": "#23452f", "sand": "#b9a878", "moss": "#4c5a35",
}  # fmt: skip
"""Colours by name, ``#rrggbb``."""


@dataclass(frozen=True, slots=True)
class Style:
    """A fabric as it stands in the catalogue.

    Attributes:
        label: how it reads before the product's name, such as ``Leopard`` or ``Plain Red``.
        tags: what it is searched by: pattern first, then colours.
        fabric: what is drawn.
    """

    label: str
    tags: tuple[str, ...]
    fabric: Fabric


def ink(name: str) -> Colour:
    """A colour of the house by name."""
    return hexa(INK[name])


def _style(label: str, tags: str, texture: Texture, main: str, trim: str) -> Style:
    return Style(label, tuple(tags.split(", ")), Fabric(texture, ink(main), ink(trim)))


def _plain(colour: str, trim: str) -> Style:
    return _style(f"Plain {colour.title()}", f"plain, {colour}", patterns.plain(ink(colour)), colour, trim)


def _patterned() -> dict[str, Style]:
    p = patterns
    return {
        "leopard": _style(
            "Leopard",
            "leopard, animal print, brown, tan",
            furs.leopard(hexa("#d9a456"), hexa("#b3742c"), hexa("#24160d")),
            "tan",
            "black",
        ),
        "large leopard": _style(
            "Bold Leopard",
            "leopard, animal print, brown, tan",
            furs.leopard(hexa("#e0b26c"), hexa("#b87a34"), hexa("#2b1a10"), 66),
            "tan",
            "brown",
        ),
        "snow leopard": _style(
            "Snow Leopard",
            "leopard, animal print, grey, white",
            furs.leopard(hexa("#dfdcd6"), hexa("#b3afa9"), hexa("#2f2e31")),
            "grey",
            "charcoal",
        ),
        "pink leopard": _style(
            "Pink Leopard",
            "leopard, animal print, pink",
            furs.leopard(hexa("#f4a9c0"), hexa("#e0668f"), hexa("#3a1626")),
            "pink",
            "black",
        ),
        "zebra": _style(
            "Zebra", "zebra, animal print, black, white", furs.zebra(ink("white"), ink("black")), "white", "black"
        ),
        "breton": _style(
            "Breton Stripe", "stripes, navy, white", p.stripes((ink("white"), ink("navy"))), "white", "navy"
        ),
        "candy": _style(
            "Candy Stripe", "stripes, red, white", p.stripes((ink("white"), ink("red")), 30, 45), "white", "red"
        ),
        "sunset": _style(
            "Sunset Stripe",
            "stripes, multicolour, orange, yellow",
            p.stripes((ink("cream"), ink("coral"), ink("mustard"), ink("teal"), ink("orange")), 40, 90, 0.72),
            "cream",
            "teal",
        ),
        "rugby": _style(
            "Rugby Stripe",
            "stripes, green, navy",
            p.stripes((ink("forest"), ink("navy"), ink("cream")), 56, 90, 0.6),
            "forest",
            "navy",
        ),
        "red dots": _style("Red Polka Dot", "dots, red, white", p.dots(ink("red"), ink("white")), "red", "white"),
        "blue dots": _style(
            "Navy Polka Dot", "dots, navy, white", p.dots(ink("navy"), ink("white"), 34, 0.2), "navy", "white"
        ),
        "pink dots": _style(
            "Pink Polka Dot", "dots, pink, white", p.dots(ink("blush"), ink("coral"), 44), "blush", "coral"
        ),
        "tartan": _style(
            "Tartan",
            "plaid, red, green",
            p.plaid(hexa("#a3222b"), (hexa("#1d3b2e"), hexa("#1b2440")), hexa("#e8c34a")),
            "burgundy",
            "forest",
        ),
        "blue plaid": _style(
            "Blue Plaid",
            "plaid, blue, white",
            p.plaid(ink("sky blue"), (ink("navy"), ink("white")), ink("red")),
            "sky blue",
            "navy",
        ),
        "camel plaid": _style(
            "Camel Plaid",
            "plaid, beige, brown",
            p.plaid(hexa("#cfae7c"), (ink("black"), ink("cream")), ink("red")),
            "beige",
            "brown",
        ),
        "gingham": _style("Blue Gingham", "checks, blue, white", p.gingham(ink("white"), ink("blue")), "white", "blue"),
        "picnic": _style("Red Gingham", "checks, red, white", p.gingham(ink("white"), ink("red")), "white", "red"),
        "meadow": _style(
            "Cream Floral",
            "floral, pink, cream",
            p.floral(ink("cream"), (hexa("#e2607f"), hexa("#f0907a"), hexa("#8c7bd0")), ink("leaf")),
            "cream",
            "coral",
        ),
        "night garden": _style(
            "Navy Floral",
            "floral, navy, pink",
            p.floral(ink("navy"), (hexa("#f3a6b8"), hexa("#f6e3c5"), hexa("#8fb4e8")), hexa("#6fa37c")),
            "navy",
            "pink",
        ),
        "daisy": _style(
            "Daisy",
            "floral, yellow, white",
            p.floral(ink("yellow"), (ink("white"),), ink("leaf"), 66),
            "yellow",
            "green",
        ),
        "camo": _style(
            "Camouflage",
            "camouflage, green, olive",
            p.camouflage((hexa("#8a8a5c"), ink("moss"), hexa("#2e3324"), ink("sand"))),
            "olive",
            "black",
        ),
        "marble": _style(
            "White Marble", "marble, white, grey", p.marble(ink("white"), hexa("#5b5d66"), ink("gold")), "white", "gold"
        ),
        "emerald": _style(
            "Green Marble", "marble, green", p.marble(hexa("#1e6b57"), hexa("#0b3029"), ink("gold")), "teal", "gold"
        ),
        "hearts": _style("Red Heart", "hearts, pink, red", p.hearts(ink("blush"), ink("red")), "blush", "red"),
        "stars": _style("Star", "stars, navy, yellow", p.stars(ink("navy"), ink("yellow")), "navy", "yellow"),
        "dusk": _style(
            "Sunset Ombre", "gradient, pink, purple", p.ombre(ink("coral"), ink("purple")), "coral", "purple"
        ),
        "sea": _style("Ocean Ombre", "gradient, mint, blue", p.ombre(ink("mint"), ink("blue")), "mint", "blue"),
    }


def styles() -> dict[str, Style]:
    """All styles by their key: the prints above, and each plain colour under its own name."""
    plains = {
        "black": "charcoal",
        "white": "grey",
        "grey": "charcoal",
        "red": "burgundy",
        "burgundy": "black",
        "navy": "black",
        "blue": "navy",
        "sky blue": "blue",
        "teal": "navy",
        "green": "forest",
        "olive": "brown",
        "mint": "teal",
        "yellow": "mustard",
        "mustard": "brown",
        "orange": "brown",
        "pink": "coral",
        "purple": "navy",
        "lavender": "purple",
        "brown": "black",
        "beige": "brown",
        "cream": "tan",
        "coral": "burgundy",
    }
    return _patterned() | {colour: _plain(colour, trim) for colour, trim in plains.items()}
