"""What the app asks Slack for, read from ``manifest.yaml``: the one list of scopes, events, commands and shortcuts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of the manifest that the program refers to.

    Attributes:
        scopes: bot scopes without which something does not work.
        optional: bot scopes that only some settings need.
        events: subscribed events, such as ``message.channels``.
        commands: slash commands with their slash.
        shortcuts: callback ids of the message shortcuts.
    """

    scopes: tuple[str, ...]
    optional: tuple[str, ...]
    events: tuple[str, ...]
    commands: tuple[str, ...]
    shortcuts: tuple[str, ...]

    def missing(self, granted: Collection[str], *, user_group: bool = False) -> tuple[str, ...]:
        """Scopes that ``granted`` lacks; the optional ones count when a user group is configured."""
        wanted = (*self.scopes, *(self.optional if user_group else ()))
        return tuple(scope for scope in wanted if scope not in granted)


def text() -> str:
    """The manifest as it is pasted into Slack's form."""
    return (resources.files(__package__) / "manifest.yaml").read_text(encoding="utf-8")


@cache
def load() -> Manifest:
    """Read the manifest that comes with the package."""
    tree: dict[str, Any] = yaml.safe_load(text())
    scopes = tree["oauth_config"]["scopes"]
    features = tree["features"]
    return Manifest(
        scopes=tuple(scopes["bot"]),
        optional=tuple(scopes["bot_optional"]),
        events=tuple(tree["settings"]["event_subscriptions"]["bot_events"]),
        commands=tuple(command["command"] for command in features["slash_commands"]),
        shortcuts=tuple(shortcut["callback_id"] for shortcut in features["shortcuts"]),
    )


def reasons() -> dict[str, str]:
    """Scope → why it is needed, from the comments beside the scopes. An unexplained scope has no entry."""
    found: dict[str, str] = {}
    for line in text().splitlines():
        entry, _, reason = line.partition(" # ")
        name = entry.strip().removeprefix("- ")
        if ":" in name or name == "commands":
            found.setdefault(name.strip(), reason.strip())
    known = {*load().scopes, *load().optional}
    return {scope: reason for scope, reason in found.items() if scope in known and reason}
