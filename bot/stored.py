"""Intents as JSON: what an adapter keeps of a request, to answer it after a restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import TypeAdapter

from bot.request import Intent

_INTENTS: Mapping[str, type[Intent]] = {kind.__name__: kind for kind in get_args(Intent)}


def dump(intent: Intent) -> list[Any]:
    """The intent's name and fields, JSON-compatible."""
    return [type(intent).__name__, TypeAdapter(type(intent)).dump_python(intent, mode="json")]


def load(tree: Sequence[Any]) -> Intent:
    """What :func:`dump` wrote.

    Raises:
        ValueError, KeyError: another version wrote something else.
    """
    name, fields = tree
    return TypeAdapter(_INTENTS[name]).validate_python(fields)
