"""What people write to narrow a search, made into :class:`~core.models.Filters`.

One syntax for the command line (``search --filter``, ``evaluate --where``) and for every other place that
takes filters as JSON::

    {"category": "hat", "min_price": 10, "max_price": 40, "tags": ["new"]}
    {"category": ["hat", "shoes"], "price": {"gte": 10, "lt": 40}}
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from core.errors import UserError
from core.folding import unprintable
from core.models import Filters

KEYS = ("category", "min_price", "max_price", "price", "tags")
_BOUNDS = ("lt", "lte", "gt", "gte")
_ADVICE = 'Write for example {"category": "hat", "max_price": 20}.'


def parse(text: str) -> Filters:
    """Read filters from a JSON object; blank text is no filter.

    Raises:
        UserError: not JSON, an unknown name, or a value of the wrong kind.
    """
    if not text.strip():
        return Filters()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError("The filter is not valid JSON.", _ADVICE) from error
    if not isinstance(value, dict):
        raise UserError("The filter must be a JSON object.", _ADVICE)
    return from_mapping(value)


def from_mapping(value: Mapping[str, Any]) -> Filters:
    """Read filters from a decoded JSON object.

    Bounds written as ``lt`` and ``gt`` become the next double below or above, because
    :class:`~core.models.Filters` holds inclusive bounds. Of several bounds on one side the tightest counts.

    Raises:
        UserError: an unknown name, a value of the wrong kind, or bounds that nothing can meet.
    """
    unknown = sorted(set(value) - set(KEYS))
    if unknown:
        raise UserError(f"The filter does not know {_quoted(unknown)}.", f"Known are {_quoted(KEYS)}.")
    lower, upper = _bounds(value.get("price"))
    lower += _number(value, "min_price")
    upper += _number(value, "max_price")
    filters = Filters(
        categories=_texts(value, "category"),
        min_price=max(lower, default=None),
        max_price=min(upper, default=None),
        tags=_texts(value, "tags"),
    )
    if filters.min_price is not None and filters.max_price is not None and filters.min_price > filters.max_price:
        raise UserError("The lowest price of the filter is above its highest.", "Exchange the two.")
    return filters


def _bounds(value: Any) -> tuple[list[float], list[float]]:
    """The lower and upper bounds in ``price``: an object of ``lt``, ``lte``, ``gt``, ``gte``."""
    if value is None:
        return [], []
    if not isinstance(value, dict):
        _wrong("price", 'an object such as {"lt": 20}')
    unknown = sorted(set(value) - set(_BOUNDS))
    if unknown:
        raise UserError(f"A price filter does not know {_quoted(unknown)}.", f"Known are {_quoted(_BOUNDS)}.")
    lower = _number(value, "gte") + [math.nextafter(bound, math.inf) for bound in _number(value, "gt")]
    upper = _number(value, "lte") + [math.nextafter(bound, -math.inf) for bound in _number(value, "lt")]
    return lower, upper


def _number(value: Mapping[str, Any], name: str) -> list[float]:
    """The number under a name as a list of one; empty where it is absent or null."""
    found = value.get(name)
    if found is None:
        return []
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= sys.float_info.max:
        _wrong(name, "a number that is not negative")
    return [float(found)]


def _texts(value: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """One text or a list of texts, trimmed; an absent or null name is no condition."""
    found = value.get(name)
    if found is None:
        return ()
    texts = [found] if isinstance(found, str) else found
    if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
        _wrong(name, "a text or a list of texts")
    if any(map(unprintable, texts)):
        raise UserError(f'"{name}" in the filter holds characters that are not text.', "Write it anew.")
    return tuple(dict.fromkeys(text.strip() for text in texts))


def _wrong(name: str, wanted: str) -> NoReturn:
    raise UserError(f'"{name}" in the filter must be {wanted}.', _ADVICE)


def _quoted(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
