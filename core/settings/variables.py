"""Settings in variables: a secrets folder, ``.env``, and the environment.

These places are shared with other programs, so a name that is not known here may well be somebody else's: it is told
(:func:`unknown`), and refused only where it stands in one of our groups.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dotenv import dotenv_values
from pydantic import BaseModel

from core.errors import ConfigurationError
from core.settings.names import (
    CONFIG_VARIABLE,
    NESTING,
    PREFIX,
    SECRETS_VARIABLE,
    WELL_KNOWN,
    Given,
    dotted,
    groups,
    guess,
    guess_variable,
    variable,
    walk,
)

DEFAULT_SECRETS_DIR = Path("/run/secrets")
DOTENV = Path(".env")

_KUBERNETES = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$")
_KUBERNETES_ADDRESS = re.compile(r"(tcp|udp|sctp)://")


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere with variables. Blank ones count as not there, as in a copy of ``.env.example``."""

    name: str
    variables: Mapping[str, str]


def places() -> list[Place]:
    """The places, weakest first.

    Raises:
        ConfigurationError: one of them can't be read.
    """
    return [Place("the secrets folder", _secrets()), Place(".env", _dotenv()), Place("the environment", os.environ)]


def read(model: type[BaseModel], found: list[Place]) -> Iterator[Given]:
    """All values, weakest first: our own names beat the well-known ones, which may be meant for others.

    Raises:
        ConfigurationError: a name in one of our groups is not known.
    """
    for place in found:
        for name, value in place.variables.items():
            if value and name.upper() in WELL_KNOWN:
                yield Given(WELL_KNOWN[name.upper()], value, name, place.name)
    known, ours = {path for path, _, _ in walk(model)}, groups(model)
    for place in found:
        for name, value in place.variables.items():
            if not value or not name.upper().startswith(PREFIX):
                continue
            path = _path(name)
            if path in known:
                yield Given(path, value, name, place.name)
            elif len(path) > 1 and path[0] in ours:
                raise ConfigurationError(
                    f"There is no setting {dotted(path)} ({name} in {place.name}).",
                    guess_variable(name, [variable(each) for each in known])
                    or "Take it away; docs/settings.md lists all settings.",
                )


class Unknown(NamedTuple):
    """A variable that was probably meant for this program, in a sentence, and what it should perhaps be called."""

    text: str
    advice: str


def unknown(model: type[BaseModel], found: list[Place]) -> list[Unknown]:
    """Variables that look like ours and are none, so that a typing mistake is not silent.

    Looks like ours: begins with our prefix (but is none of the variables that Kubernetes makes of a service's name),
    or stands in ``.env`` and is nearly a well-known name.
    """
    names = [variable(path) for path, _, _ in walk(model)]
    files = (CONFIG_VARIABLE, SECRETS_VARIABLE)
    strangers = []
    for place in found:
        for name, value in place.variables.items():
            upper = name.upper()
            if upper in files and value and place.variables is not os.environ:
                strangers.append(Unknown(f"{name} in {place.name} changes nothing.", "Set it in the environment."))
            if upper in (*names, *WELL_KNOWN, *files) or _is_kubernetes(upper, value):
                continue
            if upper.startswith(PREFIX):
                meant = guess_variable(name, [*names, *files])
                strangers.append(Unknown(f"{name} in {place.name} is no setting and changes nothing.", meant))
            elif place.name == ".env" and (meant := guess(upper, WELL_KNOWN, 0.8)):
                strangers.append(Unknown(f"{name} in {place.name} is not known here and changes nothing.", meant))
    return strangers


def _path(name: str) -> tuple[str, ...]:
    return tuple(name.upper().removeprefix(PREFIX).lower().split(NESTING))


def _is_kubernetes(name: str, value: str) -> bool:
    return bool(_KUBERNETES.search(name)) or (name.endswith("_PORT") and bool(_KUBERNETES_ADDRESS.match(value)))


def _dotenv() -> dict[str, str]:
    try:
        return {name: value for name, value in dotenv_values(DOTENV).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            ".env can't be read as text.", "Make it readable, and save it in the encoding UTF-8."
        ) from error


def _secrets() -> dict[str, str]:
    """One file per secret, named like its variable in any case, as Docker and Kubernetes mount them."""
    named = os.environ.get(SECRETS_VARIABLE)
    folder = Path(named) if named else DEFAULT_SECRETS_DIR
    if not folder.is_dir():
        if named:
            raise ConfigurationError(
                f"The secrets folder {folder} does not exist.", f"Create it or unset {SECRETS_VARIABLE}."
            )
        return {}
    try:
        return {
            file.name: file.read_text(encoding="utf-8").strip()
            for file in sorted(folder.iterdir())
            if (file.name.upper() in WELL_KNOWN or file.name.upper().startswith(PREFIX)) and file.is_file()
        }
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"A file in the secrets folder {folder} can't be read as text.", "Make it readable, in the encoding UTF-8."
        ) from error
