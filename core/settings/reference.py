"""Writes ``docs/settings.md`` and ``.env.example`` from the settings model, or checks that they are current.

``python -m core.settings.reference`` writes; ``--check`` compares and exits 1 on a difference.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from core.settings import Settings
from core.settings.names import WELL_KNOWN, variable, walk

ROOT = Path(__file__).resolve().parents[2]


def documents() -> Mapping[Path, str]:
    """The generated documents: path → content."""
    return {ROOT / "docs" / "settings.md": reference(), ROOT / ".env.example": example()}


def reference() -> str:
    """The settings reference in Markdown, one table per group."""
    lines = [
        "# Settings",
        "",
        "Generated from `core/settings/` by `make docs`; do not edit by hand.",
        "",
        "A setting is taken from the first of these that has it: the environment, `.env`, a file in the secrets folder",
        "(`LOOKALIKE_SECRETS_DIR`, by default `/run/secrets`; one file per variable), `config.yaml` (or the file that",
        "`LOOKALIKE_CONFIG` names). Where a setting has a second, well-known name, the name with `LOOKALIKE_` wins.",
        "In variables, lists are written with commas between (`C01,C02`) or as JSON. What is blank",
        "counts as not set.",
        "",
        "Secrets are refused in `config.yaml`, and so are names that are not listed here. A variable that begins with",
        "`LOOKALIKE_` and is none of these is told at the start and by `doctor`, with what was probably meant.",
    ]
    group = None
    for path, field, secret in walk(Settings):
        if path[:-1] != group:
            group = path[:-1]
            lines += [
                "",
                f"## {_title(group)}",
                "",
                "| in config.yaml | variable | default | meaning |",
                "| --- | --- | --- | --- |",
            ]
        names = [f"`{variable(path)}`", *(f"`{known}`" for known, target in WELL_KNOWN.items() if target == path)]
        place = "not allowed (secret)" if secret else f"`{'.'.join(path)}`"
        lines.append(f"| {place} | {' or '.join(names)} | {_default(field)} | {_meaning(field)} |")
    return "\n".join(lines) + "\n"


def example() -> str:
    """``.env.example``: every variable, commented out, with its default."""
    lines = [
        "# Copy to .env and uncomment what you need. Generated from core/settings/ by `make docs`.",
        "# Everything here can stand in the environment as well, which wins.",
    ]
    for known, target in WELL_KNOWN.items():
        lines += ["", f"# {_descriptions()[target]}", f"#{known}="]
    for path, field, _ in walk(Settings):
        if path in WELL_KNOWN.values():
            continue
        value = _value(field)
        lines += ["", f"# {_meaning(field)}", f"#{variable(path)}={value}"]
    return "\n".join(lines) + "\n"


def _descriptions() -> dict[tuple[str, ...], str]:
    return {path: _meaning(field) for path, field, _ in walk(Settings)}


def _title(group: tuple[str, ...]) -> str:
    if not group:
        return "General"
    model: Any = Settings
    for name in group:
        model = model.model_fields[name].annotation
    return f"{'.'.join(group)}: {(model.__doc__ or '').strip().splitlines()[0]}"


def _meaning(field: Any) -> str:
    text = str(field.description or "")
    choices = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
    unnamed = [choice for choice in choices if f"`{choice}`" not in text]
    return f"{text} One of: {', '.join(f'`{choice}`' for choice in choices)}." if unnamed else text


def _value(field: Any) -> str:
    default = field.get_default(call_default_factory=True)
    if default is None or default is PydanticUndefined or isinstance(default, SecretStr):
        return ""
    return json.dumps(default) if isinstance(default, tuple | list | dict | bool) else str(default)


def _default(field: Any) -> str:
    value = _value(field)
    return f"`{value}`" if value else ""


def main(arguments: list[str]) -> int:
    """Write or check; returns the exit status."""
    stale = []
    for path, content in documents().items():
        current = path.read_text(encoding="utf-8") if path.exists() else ""
        if current != content:
            stale.append(path)
            if "--check" not in arguments:
                path.parent.mkdir(exist_ok=True)
                path.write_text(content, encoding="utf-8")
    for path in stale:
        verb = "is not current; run `make docs`" if "--check" in arguments else "written"
        sys.stdout.write(f"{path.relative_to(ROOT)} {verb}\n")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
