"""Runs an ingest for people: progress bar, Ctrl-C, and the report at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from core.cli.output import complain, err, out, print_json, table
from core.cli.stopping import Stopping
from core.errors import Unavailable
from core.ingest import Ingester, IngestProgress, Source
from core.models import IngestReport, Tenant


class Runner:
    """One ingest on the command line; it can be run once."""

    def __init__(self, ingester: Ingester, tenant: Tenant, *, json: bool = False) -> None:
        self._ingester = ingester
        self._tenant = tenant
        self._json = json
        self._stopping = Stopping()

    def run(self, source: Source) -> int:
        """Ingest, print the report, and return the exit code."""
        with self._stopping, self._bar(source.name) as advance:
            report = self._ingester.run(source, self._tenant, advance, self._stopping.asked, alone=True)
        if self._json:
            print_json(report_as_json(report))
        else:
            _print(report)
        return self._exit_code(report, source.name)

    def _exit_code(self, report: IngestReport, name: str) -> int:
        if report.stopped is not None:
            complain(f"Not everything was seen: {report.stopped.reason}", report.stopped.advice)
            if self._stopping.asked.is_set():
                return self._stopping.exit_code
            return 3 if isinstance(report.stopped, Unavailable) else 1
        if report.total == 0:
            complain(f"There is nothing in {name}.", "Name a folder with pictures, an archive, or a table of pictures.")
        elif report.total == len(report.skipped):
            complain(f"Nothing in {name} could be used.", "The report says why.")
            return 1
        return 0

    @contextmanager
    def _bar(self, name: str) -> Iterator[Any]:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = err()
        with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
            task = bar.add_task(name, total=None)

            def advance(progress: IngestProgress) -> None:
                stopping = " (stopping)" if self._stopping.asked.is_set() else ""
                bar.update(task, completed=progress.done, total=progress.total, description=f"{name}{stopping}")

            yield advance


def _print(report: IngestReport) -> None:
    console = out()
    if report.skipped:
        console.print(Text("Skipped", style="bold"))
        rows = [(each.name, f"{each.reason} {each.advice}".strip()) for each in report.skipped]
        console.print(table(("file", "why"), rows))
        console.print()
    if report.remarks:
        console.print(Text("Kept, but not all of it was understood", style="bold"))
        console.print(table(("file", "what"), [(each.name, each.text) for each in report.remarks]))
        console.print()
    speed = report.total / report.seconds if report.seconds else 0.0
    console.print(
        f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
        f"{len(report.skipped)} skipped in {report.seconds:.1f} s ({speed:.0f} a second)"
    )


def report_as_json(report: IngestReport) -> dict[str, Any]:
    """The report as scripts read it."""
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "skipped": [{"name": each.name, "reason": each.reason, "advice": each.advice} for each in report.skipped],
        "remarks": [{"name": each.name, "text": each.text} for each in report.remarks],
        "seconds": round(report.seconds, 3),
        "complete": report.stopped is None,
    }
