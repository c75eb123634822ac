"""``list``, ``remove`` and ``stats``: look after what is in the catalogue."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from core.catalog import CatalogStats, Listing
from core.cli import options, session
from core.cli.output import money, out, print_json, short, table
from core.errors import UserError
from core.evaluation import metadata
from core.models import Filters, Item, Tenant

_PAGE = 500


def list_items(
    context: typer.Context,
    *,
    where: options.FilterOption = "",
    text: Annotated[str, typer.Option(metavar="WORDS", help="Only items whose words hold this.")] = "",
    offset: Annotated[int, typer.Option(min=0, metavar="NUMBER", help="How many to pass over.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, metavar="NUMBER", help="How many to show.")] = 50,
    tenant: options.TenantOption = "local",
    json: options.JsonOption = False,
) -> None:
    """List the catalogue, newest first."""
    own = session.of(context)
    owner, wanted = options.tenant(tenant), options.wanted(where)
    with own.inventory() as inventory:
        items = inventory.listing.list(owner, offset, limit, wanted, text)
        total = inventory.listing.count(owner)
    if json:
        print_json([_as_json(item) for item in items])
        return
    console = out()
    rows = [(short(item.id), item.title, money(item), item.category, item.source) for item in items]
    console.print(table(("id", "title", "price", "category", "source"), rows, right=("price",)))
    console.print(f"{len(items)} shown of {total} in the catalogue")


def remove(
    context: typer.Context,
    *,
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Item ids, or beginnings of them.")] = None,
    where: options.FilterOption = "",
    everything: Annotated[bool, typer.Option("--all", help="Remove the whole catalogue.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    tenant: options.TenantOption = "local",
) -> None:
    """Remove items by id, by filter, or all."""
    own = session.of(context)
    owner, wanted = options.tenant(tenant), options.wanted(where)
    if [bool(ids), bool(wanted), everything].count(True) != 1:
        raise typer.BadParameter("Name ids, or give --filter, or --all.")
    with own.inventory() as inventory:
        if ids:
            found = [_named(inventory.listing, owner, word) for word in ids]
        else:
            found = _matching(inventory.listing, owner, wanted)
            if found and not yes and not typer.confirm(f"Remove {len(found)} items?", err=True):
                raise UserError("Nothing was removed.")
        removed = inventory.remove(owner, found)
    out().print(f"{removed} removed")


def _named(listing: Listing, tenant: Tenant, word: str) -> str:
    try:
        return listing.find_id(tenant, word)
    except UserError as error:
        raise UserError(f"Nothing was removed, because of {word!r}: {error.reason}", error.advice) from error


def _matching(listing: Listing, tenant: Tenant, wanted: Filters) -> list[str]:
    found: list[str] = []
    while page := listing.list(tenant, len(found), _PAGE, wanted):
        found += [item.id for item in page]
    return found


def stats(context: typer.Context, *, tenant: options.TenantOption = "local", json: options.JsonOption = False) -> None:
    """Count the catalogue: items, categories, prices, size."""
    own = session.of(context)
    owner = options.tenant(tenant)
    with own.inventory() as inventory:
        found = inventory.listing.stats(owner)
    if json:
        print_json(_stats_as_json(found))
        return
    console = out()
    prices = "none" if found.prices is None else f"{found.prices[0]:,.2f} to {found.prices[1]:,.2f}"
    console.print(f"items: {found.items}")
    console.print(f"prices: {prices}")
    console.print(f"encoder: {found.encoder}")
    console.print(f"pictures: {found.disk_bytes / 1e6:,.1f} MB")
    rows = [(name, str(number)) for name, number in found.categories.items()]
    if rows:
        console.print()
        console.print(table(("category", "items"), rows, right=("items",)))


def _stats_as_json(found: CatalogStats) -> dict[str, Any]:
    return {
        "items": found.items,
        "categories": found.categories,
        "prices": list(found.prices) if found.prices else None,
        "encoder": found.encoder,
        "disk_bytes": found.disk_bytes,
    }


def _as_json(item: Item) -> dict[str, Any]:
    return {"id": item.id, "image": item.source, "metadata": metadata(item)}
