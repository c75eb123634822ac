"""``evaluate``: how well the catalogue answers queries with known answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from core.cli import options, session
from core.cli.output import complain, err, out, print_json, table
from core.engine import Engine
from core.evaluation import Evaluation, Evaluator, JudgedQuery, read_queries
from core.evaluation.evaluator import OnQuery

_NAMES = {"precision_at_9": "precision@9", "recall_at_10": "recall@10", "map_at_9": "mAP@9"}


def evaluate(
    context: typer.Context,
    *,
    queries: Annotated[Path, typer.Argument(metavar="QUERIES", help='JSON Lines of {"image", "text", "relevant"}.')],
    where: options.FilterOption = "",
    rerank: Annotated[bool, typer.Option("--rerank", help="Ask the ranking model, too, and take its order.")] = False,
    tenant: options.TenantOption = "local",
    json: options.JsonOption = False,
) -> None:
    """Measure how well queries with known answers are answered.

    Prints precision@9, recall@10 and mAP@9 with 95 % bootstrap intervals. A line of the file is {"image": path or null,
    "text": words or null, "relevant": {"category": "hat"} or ["id"]}.
    """
    own = session.of(context)
    owner, within = options.tenant(tenant), options.wanted(where)
    judged = read_queries(queries)
    with own.engine() as engine, _bar(len(judged)) as advance:
        evaluator = Evaluator(engine.catalog, own.settings, owner, within)
        if rerank:
            found = asyncio.run(_ranked(evaluator, judged, engine, advance))
        else:
            found = evaluator.run(judged, engine.encoder, advance)
    _tell_doubts(judged, found)
    if json:
        print_json(found.as_json())
    else:
        _print(found)


def _tell_doubts(judged: Sequence[JudgedQuery], found: Evaluation) -> None:
    """What makes the figures mean less than they seem to."""
    strangers = sorted({name for query in judged for name in query.passed_over})
    if strangers:
        complain(f"Not known in a query, and passed over: {', '.join(strangers)}.")
    if found.unanswerable:
        lines = ", ".join(map(str, found.unanswerable[:10])) + ("…" if len(found.unanswerable) > 10 else "")
        number = f"{len(found.unanswerable)} of {found.n} queries"
        complain(f"Nothing in the catalogue is relevant to {number} (line {lines}); they count as 0.")
    if found.fallbacks:
        complain(
            f"The ranking model was not used for {found.fallbacks} of {found.n} queries.", "Run doctor to see why."
        )


async def _ranked(evaluator: Evaluator, judged: Sequence[JudgedQuery], engine: Engine, advance: OnQuery) -> Evaluation:
    try:
        return await evaluator.run_ranked(judged, engine.finder, advance)
    finally:
        await engine.reranker.close()


@contextmanager
def _bar(total: int) -> Iterator[OnQuery]:
    console = err()
    columns = (TextColumn("Queries"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)


def _print(found: Evaluation) -> None:
    console = out()
    rows = [
        (label, f"{found.means[name]:.3f}", f"{found.intervals[name][0]:.3f} – {found.intervals[name][1]:.3f}")
        for name, label in _NAMES.items()
    ]
    console.print(table(("metric", "mean", "95 % interval"), rows, right=("mean",)))
    console.print(f"{found.n} queries, {found.abstentions} abstentions")
