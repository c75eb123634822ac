"""``reindex`` and ``repair``: make the vectors again, and mend what a crash or a loss left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.catalog import RepairReport
from core.cli import session
from core.cli.output import complain, err, out
from core.cli.stopping import Stopping


def reindex(
    context: typer.Context,
    *,
    force: Annotated[bool, typer.Option("--force", help="Also what the present encoder made already.")] = False,
) -> None:
    """Make all vectors with the present encoder.

    For all tenants. Needed after the setting encoder.name was changed. Can be stopped and run again.
    """
    with session.of(context).engine() as engine, Stopping() as stopping, _bar("Items") as advance:
        report = engine.catalog.reindex(advance, stopping.asked, force=force)
    raise typer.Exit(_tell(report, stopping))


def repair(context: typer.Context) -> None:
    """Compare the three stores and mend what differs.

    A start after a crash does the quick part of it by itself. Can be stopped and run again.
    """
    with session.of(context).engine() as engine, Stopping() as stopping, _bar("Items") as advance:
        report = engine.catalog.repair(advance, stopping.asked)
    raise typer.Exit(_tell(report, stopping))


def _tell(report: RepairReport, stopping: Stopping) -> int:
    out().print(
        f"{report.encoded} encoded, {report.removals} interrupted removals finished, "
        f"{report.strays} stray vectors and {report.orphans} unused pictures deleted"
    )
    if report.lost:
        complain(
            f"The pictures of {len(report.lost)} items are lost.", "They are hidden until they are ingested again:"
        )
        err().print("\n".join(report.lost))
    if report.stopped is not None:
        complain(report.stopped.reason, report.stopped.advice)
        return stopping.exit_code
    return 1 if report.lost else 0


@contextmanager
def _bar(name: str) -> Iterator[Callable[[int, int], None]]:
    console = err()
    columns = (TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
