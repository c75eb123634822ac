"""``config.yaml``, or the file that ``LOOKALIKE_CONFIG`` names.

It is ours alone and often committed: names that are not known are refused in it, and so are secrets.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from core.errors import ConfigurationError
from core.settings.names import CONFIG_VARIABLE, Given, dotted, groups, guess, variable, walk

_ALL = "docs/settings.md lists all settings."


def read(model: type[BaseModel]) -> list[Given]:
    """What the file says; settings that are left blank are left out.

    Raises:
        ConfigurationError: it is missing although it was named, can't be read, or holds what it must not.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    file = Path(named) if named else Path("config.yaml")
    if not file.is_file():
        if named:
            raise ConfigurationError(
                f"The configuration file {file} does not exist.", f"Create it or unset {CONFIG_VARIABLE}."
            )
        return []
    try:
        return list(_File(file.name, file.read_text(encoding="utf-8-sig"), model).settings())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{file} can't be read as text.", "Make it readable, and save it in the encoding UTF-8."
        ) from error
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" in line {where.line + 1}" if where is not None else ""
        raise ConfigurationError(f"{file} is not valid YAML{line}.", "Check indentation and colons.") from error


class _File:
    """One file, read node by node, because nodes know their lines."""

    def __init__(self, name: str, text: str, model: type[BaseModel]) -> None:
        self._name = name
        self._loader = yaml.SafeLoader(text)
        self._secrets = {path: secret for path, _, secret in walk(model)}
        self._groups = groups(model)

    def settings(self) -> Iterator[Given]:
        root = self._loader.get_single_node()
        if root is None:
            return
        if not isinstance(root, yaml.MappingNode):
            raise ConfigurationError(f"{self._name} must hold settings as `name: value`.", _ALL)
        for name, node, line in self._entries(root, ()):
            if name not in self._groups:
                yield from self._setting((name,), node, line)
            elif isinstance(node, yaml.MappingNode):
                for inner, below, inner_line in self._entries(node, (name,)):
                    yield from self._setting((name, inner), below, inner_line)
            elif self._value(node) is not None:
                raise ConfigurationError(
                    f"{name} is a group of settings, and no setting ({self._place(line)}).",
                    f"Write its settings below it, indented, as `name: value`. {_ALL}",
                )

    def _entries(self, mapping: yaml.MappingNode, path: tuple[str, ...]) -> Iterator[tuple[str, yaml.Node, int]]:
        """Name, value and line of what a mapping holds. YAML takes the last of two values, and says nothing."""
        lines: dict[str, int] = {}
        for key, node in mapping.value:
            name, line = str(self._value(key)), key.start_mark.line + 1
            if name in lines:
                raise ConfigurationError(
                    f"{self._name} has {dotted((*path, name))} twice, in lines {lines[name]} and {line}.",
                    "Put both into one.",
                )
            lines[name] = line
            yield name, node, line

    def _setting(self, path: tuple[str, ...], node: yaml.Node, line: int) -> Iterator[Given]:
        name = dotted(path)
        if path not in self._secrets:
            beside = {known[: len(path)] for known in self._secrets if known[:-1][: len(path) - 1] == path[:-1]}
            meant = guess(name, sorted(map(dotted, beside)))
            raise ConfigurationError(f"There is no setting {name} ({self._place(line)}).", meant or _ALL)
        value = self._value(node)
        if value is None or (self._secrets[path] and value == ""):
            return
        if self._secrets[path]:
            raise ConfigurationError(
                f"{self._name} holds the secret {name}.",
                f"Move it to the environment as {variable(path)} or into .env, and change it: it may have leaked.",
            )
        yield Given(path, value, name, self._place(line))

    def _value(self, node: yaml.Node) -> Any:
        return self._loader.construct_object(node, deep=True)

    def _place(self, line: int) -> str:
        return f"{self._name}, line {line}"
