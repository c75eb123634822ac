"""Words for the products that an answer leaves out because the question shows them."""

from __future__ import annotations

from collections.abc import Callable

from core.models import Answer, Item
from core.words import Words

NAMED = 3
"""Products that the sentence names; it counts the others."""


def told(answer: Answer) -> tuple[Item, ...]:
    """Those that an answer speaks of; one that goes on from another does so only where nothing else fits."""
    again = answer.query.continued and (answer.hits or answer.query.shown)
    return () if again else answer.itself


def sentence(answer: Answer, words: Words, named: Callable[[Item], str]) -> str:
    """One sentence in the markup of ``named``, which shows a product; empty where there is nothing to tell."""
    items = told(answer)
    if not items:
        return ""
    products = ", ".join(map(named, items[:NAMED]))
    if len(items) > NAMED:
        products += f" {words('answer.itself_others', count=len(items) - NAMED)}"
    return words("answer.itself", products=products)
