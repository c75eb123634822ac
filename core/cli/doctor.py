"""``doctor``: look at everything the program needs, and say how to mend what fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec

import typer
from rich.table import Column, Table
from rich.text import Text

from core.cli import options, session
from core.cli.output import out, print_json
from core.doctor import Check, Finding, Level, examine
from core.doctor.findings import failed
from core.errors import ConfigurationError

ADAPTERS = "bot.checks"
"""Module with ``checks() -> Sequence[Check]`` for the chat platforms. It is looked up by name where it is
installed, because the core itself knows no platform."""

_MARKS = {Level.OK: ("ok", "green"), Level.WARN: ("warn", "yellow"), Level.FAIL: ("FAIL", "bold red")}


def doctor(context: typer.Context, *, json: options.JsonOption = False) -> None:
    """Check the installation, and say how to mend what fails.

    Looks at settings, data folder, database, pictures, encoder, Milvus, ranking model, tokens and port. The exit code
    is 1 when something fails.
    """
    findings = []
    for finding in _findings(session.of(context)):
        findings.append(finding)
        if not json:
            _print(finding)
    broken = any(finding.level is Level.FAIL for finding in findings)
    if json:
        rows = [
            {"subject": each.subject, "level": each.level, "text": each.text, "advice": each.advice}
            for each in findings
        ]
        print_json({"ok": not broken, "findings": rows})
    raise typer.Exit(1 if broken else 0)


def _findings(own: session.Session) -> Iterator[Finding]:
    try:
        settings = own.load()
    except ConfigurationError as error:
        yield failed("settings", error)
        return
    yield from examine(settings, _of_adapters())


def _of_adapters() -> Sequence[Check]:
    if find_spec(ADAPTERS.partition(".")[0]) is None or find_spec(ADAPTERS) is None:
        return ()
    checks: Sequence[Check] = import_module(ADAPTERS).checks()
    return checks


def _print(finding: Finding) -> None:
    mark, style = _MARKS[finding.level]
    lines = Table.grid(Column(width=4), Column(overflow="fold"), padding=(0, 1, 0, 0))
    lines.add_row(Text(mark, style), Text(f"{finding.subject}: {finding.text}"))
    if finding.advice:
        lines.add_row("", Text(finding.advice))
    out().print(lines)
