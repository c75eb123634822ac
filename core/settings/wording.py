"""A value that can't be used, in words: which setting, where it was written, what is allowed, what to write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError

from core.errors import ConfigurationError
from core.settings.names import Given, dotted, walk

_KINDS = {int: "a whole number", float: "a number", bool: "true or false", Path: "a path", str: "a text"}


def refusal(
    error: ValidationError, given: Mapping[tuple[str, ...], Given], model: type[BaseModel]
) -> ConfigurationError:
    """All that is wrong, in one error. Values are never told: a secret may stand in the wrong place."""
    places = {each["loc"] for each in error.errors(include_input=False, include_url=False)}
    wrong = [(given[path], field) for path, field, _ in walk(model) if any(loc[: len(path)] == path for loc in places)]
    reasons = [
        f"The setting {dotted(each.path)} is not usable: it must be {allowed(field)} ({each.where})."
        for each, field in wrong
    ]
    examples = [example for each, field in wrong if (example := _example(each, field))]
    advice = f"Write for example {' and '.join(examples)}." if examples else "docs/settings.md describes it."
    return ConfigurationError(" ".join(reasons), advice)


def allowed(field: Any) -> str:
    """What a setting takes: ``a whole number from 0 to 65535``."""
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "allowed" in extra:
        return str(extra["allowed"])
    annotation, optional = _plain(field.annotation)
    if get_origin(annotation) is Literal:
        kind = f"one of {', '.join(get_args(annotation))}"
    elif get_origin(annotation) is tuple:
        kind = "a list of texts, such as C01,C02"
    else:
        kind = _KINDS[annotation]
    return f"{kind}{_range(field.metadata)}{' or nothing' if optional else ''}"


def _range(metadata: list[Any]) -> str:
    bounds: dict[str, Any] = {}
    for constraint in metadata:
        bounds |= {name: getattr(constraint, name) for name in ("ge", "gt", "le") if hasattr(constraint, name)}
    if "ge" in bounds and "le" in bounds:
        return f" from {bounds['ge']} to {bounds['le']}"
    if "ge" in bounds:
        return f" that is at least {bounds['ge']}"
    return f" above {bounds['gt']}" if "gt" in bounds else ""


def _plain(annotation: Any) -> tuple[Any, bool]:
    """The annotation without ``| None``, and whether that was there."""
    kinds = get_args(annotation)
    if NoneType in kinds:
        return next(kind for kind in kinds if kind is not NoneType), True
    return annotation, False


def _example(given: Given, field: Any) -> str:
    """The default as it is written in that place; empty where there is none to show."""
    default = field.get_default(call_default_factory=True)
    if default in (None, "", ()) or isinstance(default, SecretStr):
        return ""
    text = json.dumps(default) if isinstance(default, bool) else str(default)
    line = f"{given.path[-1]}: {text}" if given.name == dotted(given.path) else f"{given.name}={text}"
    return f"`{line}`, the default"
