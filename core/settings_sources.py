"""Where settings come from: the well-known names, a secrets folder, and ``config.yaml``.

Secrets are refused in ``config.yaml``, which people commit.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values
from pydantic import BaseModel, SecretStr
from pydantic_settings import PydanticBaseSettingsSource

from core.errors import ConfigurationError

PREFIX = "LOOKALIKE_"
NESTING = "__"
CONFIG_VARIABLE = "LOOKALIKE_CONFIG"
SECRETS_VARIABLE = "LOOKALIKE_SECRETS_DIR"
DEFAULT_SECRETS_DIR = Path("/run/secrets")

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


class _Source(PydanticBaseSettingsSource):
    """A source that yields a whole nested mapping at once."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """Not used: values come from ``__call__``."""
        return None, field_name, False


class WellKnownNames(_Source):
    """``OPENAI_API_KEY`` and the like, from the environment or ``.env``."""

    def __call__(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        dotenv = dotenv_values(".env")
        for name, path in WELL_KNOWN.items():
            value = os.environ.get(name) or dotenv.get(name)
            if value:
                _put(found, path, value)
        return found


class SecretsFolder(_Source):
    """One file per secret, named like its environment variable in any case (Docker, Kubernetes)."""

    def __call__(self) -> dict[str, Any]:
        named = os.environ.get(SECRETS_VARIABLE)
        folder = Path(named) if named else DEFAULT_SECRETS_DIR
        if not folder.is_dir():
            if named:
                raise ConfigurationError(
                    f"The secrets folder {folder} does not exist.", f"Create it or unset {SECRETS_VARIABLE}."
                )
            return {}
        found: dict[str, Any] = {}
        for file in sorted(folder.iterdir()):
            name = file.name.upper()
            path = WELL_KNOWN.get(name)
            if path is None and name.startswith(PREFIX):
                path = tuple(name.removeprefix(PREFIX).lower().split(NESTING))
            if path is not None and file.is_file():
                _put(found, path, file.read_text(encoding="utf-8").strip())
        return found


class ConfigFile(_Source):
    """``config.yaml``, or the file that ``LOOKALIKE_CONFIG`` names."""

    def __call__(self) -> dict[str, Any]:
        named = os.environ.get(CONFIG_VARIABLE)
        file = Path(named) if named else Path("config.yaml")
        if not file.is_file():
            if named:
                raise ConfigurationError(
                    f"The configuration file {file} does not exist.", f"Create it or unset {CONFIG_VARIABLE}."
                )
            return {}
        try:
            content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"{file} can't be read as text.", "Make it readable, and save it in the encoding UTF-8."
            ) from error
        except yaml.YAMLError as error:
            where = getattr(error, "problem_mark", None)
            line = f" in line {where.line + 1}" if where is not None else ""
            raise ConfigurationError(f"{file} is not valid YAML{line}.", "Check indentation and colons.") from error
        if not isinstance(content, dict):
            raise ConfigurationError(f"{file} must hold settings as `name: value`.", "See docs/settings.md.")
        for path, _, secret in walk(self.settings_cls):
            value: Any = content
            for name in path:
                value = value.get(name) if isinstance(value, dict) else None
            if secret and value:
                raise ConfigurationError(
                    f"{file} holds the secret {'.'.join(path)}.",
                    f"Move it to the environment as {variable(path)} or into .env, and change it: it may have leaked.",
                )
        unknown = sorted(set(content) - set(self.settings_cls.model_fields))
        if unknown:
            raise ConfigurationError(f"{file} has unknown settings: {', '.join(unknown)}.", "See docs/settings.md.")
        return content


def walk(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, bool]]:
    """Every leaf setting as (path, pydantic field, whether it is a secret)."""
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from walk(annotation, (*path, name))
        else:
            yield (*path, name), field, annotation is SecretStr


def variable(path: tuple[str, ...]) -> str:
    """The environment variable of a setting."""
    return PREFIX + NESTING.join(path).upper()


def _put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        tree = tree.setdefault(name, {})
    tree[path[-1]] = value
