"""What the showroom sells: which product in which styles, at which price."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from core.showroom import goods_clothes, goods_hard, goods_home, goods_small
from core.showroom.palette import Style
from core.showroom.studio import Studio


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of product.

    Attributes:
        category: its category, in the plural only where it is sold in pairs.
        noun: how titles call it.
        draw: draws it in every fabric of a studio.
        price: what the plainest costs.
        styles: keys of the palette.
    """

    category: str
    noun: str
    draw: Callable[[Studio], None]
    price: float
    styles: tuple[str, ...]

    def title(self, style: Style) -> str:
        """Such as ``Leopard Mug`` or ``Plain Red Mug``: short, so that a sentence model hears every word."""
        return f"{style.label} {self.noun}"

    def price_of(self, key: str) -> float:
        """A price with a plausible ending, the same on every machine."""
        step = hashlib.blake2b(f"{self.category}/{key}".encode(), digest_size=1).digest()[0] % 8
        return round(self.price * (1 + step * 0.06)) + (0.5 if step % 2 else 0.99)


def _keys(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


LINES = (
    Line(
        "phone case", "Phone Case", goods_hard.phone_case, 17,
        _keys("leopard, large leopard, snow leopard, pink leopard, zebra, marble, emerald, breton, red dots, hearts, "
              "stars, dusk, black, sky blue, lavender, red"),
    ),
    Line(
        "mug", "Mug", goods_hard.mug, 12,
        _keys("leopard, snow leopard, zebra, breton, candy, blue dots, pink dots, daisy, tartan, hearts, "
              "red, teal, white, mustard"),
    ),
    Line(
        "t-shirt", "T-Shirt", goods_clothes.t_shirt, 22,
        _keys("leopard, zebra, breton, sunset, stars, camo, meadow, dusk, white, black, red, green, grey"),
    ),
    Line(
        "dress", "Dress", goods_clothes.dress, 54,
        _keys("leopard, breton, red dots, blue dots, meadow, night garden, picnic, red, black, teal, lavender"),
    ),
    Line(
        "tote bag", "Tote Bag", goods_home.tote_bag, 19,
        _keys("leopard, zebra, breton, sunset, daisy, meadow, camel plaid, pink dots, cream, navy, mustard"),
    ),
    Line(
        "backpack", "Backpack", goods_home.backpack, 48,
        _keys("leopard, camo, stars, blue plaid, night garden, rugby, sea, black, olive, red, yellow"),
    ),
    Line(
        "sneakers", "Sneakers", goods_small.sneaker, 64,
        _keys("leopard, zebra, red dots, tartan, camo, meadow, white, black, red, blue, mint"),
    ),
    Line(
        "cap", "Baseball Cap", goods_small.cap, 18,
        _keys("leopard, camo, stars, gingham, black, navy, red, beige, green, pink"),
    ),
    Line(
        "scarf", "Scarf", goods_clothes.scarf, 29,
        _keys("leopard, snow leopard, zebra, tartan, camel plaid, blue plaid, rugby, blue dots, "
              "burgundy, grey, mustard"),
    ),
    Line(
        "socks", "Socks", goods_small.socks, 8,
        _keys("leopard, breton, sunset, candy, red dots, hearts, stars, tartan, grey, yellow"),
    ),
    Line(
        "cushion", "Cushion", goods_home.cushion, 24,
        _keys("leopard, zebra, sunset, gingham, blue plaid, night garden, meadow, marble, teal, coral, mustard"),
    ),
    Line(
        "umbrella", "Umbrella", goods_hard.umbrella, 26,
        _keys("leopard, breton, red dots, tartan, night garden, stars, black, yellow, red, purple"),
    ),
    Line(
        "water bottle", "Water Bottle", goods_hard.water_bottle, 23,
        _keys("leopard, zebra, camo, marble, daisy, sea, dusk, white, green, pink, orange"),
    ),
    Line(
        "notebook", "Notebook", goods_hard.notebook, 13,
        _keys("leopard, zebra, emerald, breton, picnic, night garden, stars, burgundy, navy, brown, mint"),
    ),
)  # fmt: skip
