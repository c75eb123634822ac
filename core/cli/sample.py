"""``sample``: a catalogue to try things on."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from core import places
from core.cli import options, session
from core.cli.ingesting import Runner
from core.cli.output import err
from core.ingest import Source, open_source
from core.ingest.samples import SampleSource


def sample(
    context: typer.Context,
    *,
    amazon_photos: Annotated[
        bool, typer.Option("--amazon", help="Download the tutorial's 900 photos instead of drawing products.")
    ] = False,
    base_url: Annotated[str, typer.Option(help="Where the tutorial's archive lies.", hidden=True)] = "",
    tenant: options.TenantOption = "local",
    json: options.JsonOption = False,
) -> None:
    """Fill the catalogue with sample products.

    They are drawn, which needs no network; with --amazon they are the tutorial's photos. A download that broke off goes
    on where it stopped.
    """
    own = session.of(context)
    owner = options.tenant(tenant)
    opened = _photos(own, base_url) if amazon_photos else SampleSource()
    with closing(opened) as source, own.engine() as engine:
        code = Runner(engine.ingester, owner, json=json).run(source)
    raise typer.Exit(code)


def _photos(own: session.Session, base_url: str) -> Source:
    archive = asyncio.run(_download(places.cache_dir(own.settings) / "samples", base_url))
    return open_source(archive, own.settings)


async def _download(folder: Path, base_url: str) -> Path:
    from core import amazon  # with aiohttp it takes a third of a second, which all other commands can do without

    console = err()
    columns = (TextColumn(amazon.NAME), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=None)
        return await amazon.fetch(
            folder,
            base_url=base_url or amazon.BASE_URL,
            on_progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
