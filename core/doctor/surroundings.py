"""Checks of what lies around the program: data folder, tokens, port."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator

from pydantic import SecretStr

from core.datadir import reason
from core.doctor.findings import Finding, Level
from core.settings import Settings, unknown_names
from core.settings.names import WELL_KNOWN

LITTLE_SPACE = 1_000_000_000
NO_SPACE = 100_000_000


def names() -> Iterator[Finding]:
    """Whether there are variables that look like settings and are none."""
    yield Finding("settings", Level.OK, "All settings can be used.")
    for unknown in unknown_names():
        yield Finding("settings", Level.WARN, unknown.text, unknown.advice or "docs/settings.md lists all settings.")


def data_folder(settings: Settings) -> Iterator[Finding]:
    """Whether the data folder can be made or written, and how much room its disk has."""
    folder = settings.data_dir.absolute()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        yield Finding(
            "data folder",
            Level.FAIL,
            f"{folder} can't be used: {reason(error)}.",
            "Mend that, or set LOOKALIKE_DATA_DIR to another folder on a local disk.",
        )
        return
    free = shutil.disk_usage(there).free
    level = Level.FAIL if free < NO_SPACE else Level.WARN if free < LITTLE_SPACE else Level.OK
    state = "can be written" if there == folder else "will be made at the first start"
    yield Finding(
        "data folder",
        level,
        f"{folder} {state}; {free / 1e9:.1f} GB are free.",
        "" if level is Level.OK else "Make room on this disk, or set LOOKALIKE_DATA_DIR to a folder on another.",
    )


def tokens(settings: Settings) -> Iterator[Finding]:
    """Which platforms' tokens are set; whether they are good is for the platforms' own checks to say."""
    platforms: dict[str, dict[str, bool]] = {}
    for name, path in WELL_KNOWN.items():
        value = _value(settings, path)
        if path[0] != "reranker" and isinstance(value, SecretStr):
            platforms.setdefault(path[0], {})[name] = bool(value.get_secret_value())
    for platform, names in platforms.items():
        present = [name for name, there in names.items() if there]
        absent = [name for name, there in names.items() if not there]
        if present:
            text = f"{_listed(present)} {'is' if len(present) == 1 else 'are'} set."
        else:
            text = f"Not set up: {_listed(absent)} {'is' if len(absent) == 1 else 'are'} not set."
        yield Finding(f"{platform} tokens", Level.OK, text)


def web_port(settings: Settings) -> Iterator[Finding]:
    """Whether the workbench's address is free."""
    web = settings.web
    if not web.enabled:
        yield Finding("web workbench", Level.OK, "Switched off (web.enabled).")
        return
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(web.host, web.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        yield Finding(
            "web workbench",
            Level.WARN,
            f"{web.host}:{web.port} can't be used ({error.strerror}).",
            "Set LOOKALIKE_WEB__PORT to another port, unless it is this program that runs there already.",
        )
    else:
        yield Finding("web workbench", Level.OK, f"{web.host}:{web.port} is free.")


def _value(settings: object, path: tuple[str, ...]) -> object:
    for name in path:
        settings = getattr(settings, name, None)
    return settings


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
