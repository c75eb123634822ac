"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from core import filters
from core.errors import UserError
from core.models import LOCAL, Filters, Tenant


def tenant(text: str) -> Tenant:
    """``local``, or ``platform:workspace`` such as ``slack:T0123``.

    Raises:
        UserError: it is neither.
    """
    if text == "local":
        return LOCAL
    platform, colon, workspace = text.partition(":")
    if not (colon and platform.strip() and workspace.strip()):
        raise UserError(f"There is no tenant {text!r}.", "Write platform:workspace, such as slack:T0123, or local.")
    return Tenant(platform.strip(), workspace.strip())


def wanted(text: str) -> Filters:
    """Filters from an option. Raises :class:`UserError`."""
    return filters.parse(text)


TenantOption = Annotated[
    str,
    typer.Option("--tenant", metavar="PLATFORM:WORKSPACE", help="Whose catalogue, such as slack:T0123 or discord:42."),
]
FilterOption = Annotated[
    str,
    typer.Option(
        "--filter",
        "--where",
        metavar="JSON",
        help='Limits such as {"category": "hat", "max_price": 20, "tags": ["new"]}.',
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
