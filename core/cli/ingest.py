"""``ingest``: bring products into the catalogue."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from core.cli import options, session
from core.cli.ingesting import Runner
from core.errors import UserError
from core.ingest import open_source


def ingest(
    context: typer.Context,
    *,
    source: Annotated[
        Path,
        typer.Argument(metavar="SOURCE", help="A folder, a .zip or .tar(.gz), a CSV or JSONL manifest, or a picture."),
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE=NAME", help="Which manifest column is the image, title, price, category, url or tags."
        ),
    ] = None,
    tenant: options.TenantOption = "local",
    json: options.JsonOption = False,
) -> None:
    """Add products from a folder, an archive or a manifest.

    Can be stopped and run again at any time: what is known and unchanged is passed over. Every file that
    is skipped is named with its reason.
    """
    own = session.of(context)
    owner = options.tenant(tenant)
    with closing(open_source(source, own.settings, _columns(column or []))) as opened, own.engine() as engine:
        code = Runner(engine.ingester, owner, json=json).run(opened)
    raise typer.Exit(code)


def _columns(pairs: list[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        role, equals, name = pair.partition("=")
        if not (equals and role and name):
            raise UserError(f"--column {pair} is not understood.", "Write ROLE=NAME, such as image=picture_file.")
        columns[role] = name
    return columns
