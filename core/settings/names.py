"""What settings are called: as a path in ``config.yaml``, as a variable, and in other tools."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, SecretStr

PREFIX = "LOOKALIKE_"
NESTING = "__"
CONFIG_VARIABLE = "LOOKALIKE_CONFIG"
SECRETS_VARIABLE = "LOOKALIKE_SECRETS_DIR"

WELL_KNOWN: Mapping[str, tuple[str, ...]] = {
    "OPENAI_API_KEY": ("reranker", "api_key"),
    "OPENAI_BASE_URL": ("reranker", "base_url"),
    "SLACK_BOT_TOKEN": ("slack", "bot_token"),
    "SLACK_APP_TOKEN": ("slack", "app_token"),
    "SLACK_SIGNING_SECRET": ("slack", "signing_secret"),
    "SLACK_API_BASE_URL": ("slack", "base_url"),
    "SLACK_CLIENT_ID": ("slack", "client_id"),
    "SLACK_CLIENT_SECRET": ("slack", "client_secret"),
    "DISCORD_TOKEN": ("discord", "token"),
    "DISCORD_API_BASE_URL": ("discord", "api_base_url"),
    "DISCORD_GATEWAY_URL": ("discord", "gateway_url"),
}
"""Names that other tools gave these settings; they work as they are."""

Keys = tuple[str, ...]
"""Where a setting stands, such as ``("web", "port")``."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value that somebody wrote down.

    Attributes:
        value: what is written; None where that is of no interest.
        name: how the setting is called there.
        place: where that is, such as ``.env`` or ``config.yaml, line 7``.
    """

    path: Keys
    value: Any
    name: str
    place: str

    @property
    def where(self) -> str:
        """Its place, and its name where that is not the setting's own."""
        return self.place if self.name == dotted(self.path) else f"{self.name} in {self.place}"


def walk(model: type[BaseModel], path: Keys = ()) -> Iterator[tuple[Keys, Any, bool]]:
    """Every setting as (path, pydantic field, whether it is a secret)."""
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from walk(annotation, (*path, name))
        else:
            yield (*path, name), field, annotation is SecretStr


def groups(model: type[BaseModel]) -> frozenset[str]:
    """Names of the groups that settings stand in."""
    return frozenset(path[0] for path, _, _ in walk(model) if len(path) > 1)


def dotted(path: Keys) -> str:
    """A setting's name for people: ``web.port``."""
    return ".".join(path)


def variable(path: Keys) -> str:
    """The environment variable of a setting."""
    return PREFIX + NESTING.join(path).upper()


def guess(name: str, known: Collection[str], nearness: float = 0.6) -> str:
    """A question that names what was probably meant; empty where nothing is near."""
    near = get_close_matches(name, known, 1, nearness)
    return f"Did you mean {near[0]}?" if near else ""


def guess_variable(name: str, known: Collection[str]) -> str:
    """The same for variables; that all of them begin alike makes them no nearer to each other."""
    near = get_close_matches(name.upper().removeprefix(PREFIX), [each.removeprefix(PREFIX) for each in known], 1, 0.7)
    return f"Did you mean {PREFIX}{near[0]}?" if near else ""
