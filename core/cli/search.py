"""``search``: one question, answered on the terminal."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from core import images, itself
from core.cli import options, session
from core.cli.output import complain, money, out, print_json, short, table
from core.engine import Engine
from core.errors import UserError
from core.evaluation import hit_as_json, item_as_json
from core.ingest.text import line
from core.models import Answer, Item, Query
from core.words import Words


def search(
    context: typer.Context,
    *,
    image: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A picture; several are views of one wish.")
    ] = None,
    text: Annotated[str, typer.Option(metavar="WORDS", help="What is wanted, in words.")] = "",
    where: options.FilterOption = "",
    limit: Annotated[int | None, typer.Option(min=1, max=25, metavar="NUMBER", help="Candidates, 1 to 25.")] = None,
    panorama: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write the numbered picture (JPEG).")
    ] = None,
    tenant: options.TenantOption = "local",
    json: options.JsonOption = False,
) -> None:
    """Find products that look like a picture, fit some words, or both."""
    if not image and not text.strip():
        raise typer.BadParameter("Give a picture with --image, words with --text, or both.")
    own = session.of(context)
    settings = own.settings
    query = Query(
        tenant=options.tenant(tenant),
        pictures=tuple(images.read(path, settings.images) for path in image or []),
        text=text.strip(),
        filters=options.wanted(where),
        limit=limit or settings.search.limit,
    )
    with own.engine() as engine:
        answer = asyncio.run(_find(engine, query))
        empty = not answer.hits and engine.catalog.count(query.tenant) == 0
    if panorama is not None:
        _write(panorama, answer.panorama)
    if json:
        print_json(answer_as_json(answer))
    elif empty:
        out().print(Words()("answer.empty_catalogue"))
    else:
        _print(answer)


async def _find(engine: Engine, query: Query) -> Answer:
    try:
        return await engine.finder.find(query)
    finally:
        await engine.reranker.close()


def _write(path: Path, panorama: bytes) -> None:
    if not panorama:
        complain(f"{path} was not written: there is nothing to show.")
        return
    try:
        path.write_bytes(panorama)
    except OSError as error:
        raise UserError(f"{path} can't be written ({error.strerror}).", "Name another file.") from error


def _print(answer: Answer) -> None:
    console = out()
    words = Words()
    if said := itself.sentence(answer, words, _named):
        console.print(Text(line(said)))
    if not answer.hits:
        console.print(words("answer.none_else" if said else "answer.none"))
        return
    if said:
        console.print()
    rows = [
        (str(index + 1), f"{hit.score:.3f}", hit.item.title or hit.item.source, money(hit.item), hit.item.category,
         short(hit.item.id))
        for index, hit in enumerate(answer.hits)
    ]  # fmt: skip
    columns = ("no.", "score", "title", "price", "category", "id")
    console.print(table(columns, rows, right=("no.", "score", "price")))
    ranking = answer.ranking
    console.print()
    pick = words("answer.pick", number=ranking.order[0] + 1)
    title = answer.hits[ranking.order[0]].item.title
    console.print(Text(f"{pick}: {title}" if title else pick, style="bold"))
    if ranking.fallback is not None:
        console.print(words(f"fallback.{ranking.fallback}"))
        return
    if not ranking.satisfied:
        console.print(words("answer.unsatisfied"))
    console.print(Text(line(ranking.reason)))
    console.print(f"{words('answer.ranking')}: {', '.join(str(index + 1) for index in ranking.order)}")


def _named(item: Item) -> str:
    title = item.title or item.source or short(item.id)
    return f"{title} ({money(item)})" if item.price is not None else title


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """An answer as scripts read it; numbers count from 1, as in the panorama."""
    ranking = answer.ranking
    return {
        "hits": [hit_as_json(hit) for hit in answer.hits],
        "pick": ranking.order[0] + 1 if answer.hits else None,
        "ranking": [index + 1 for index in ranking.order],
        "reason": ranking.reason,
        "fallback": ranking.fallback,
        "satisfied": ranking.satisfied,
        "model": ranking.model,
        "duplicates": answer.duplicates,
        "more": answer.more,
        "itself": [item_as_json(item) for item in answer.itself],
        "timings": {stage: round(seconds, 4) for stage, seconds in answer.timings.items()},
    }
