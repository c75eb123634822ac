"""The program ``python -m core``: its commands, and what becomes of their failures."""

from __future__ import annotations

import errno
import secrets
from collections.abc import Sequence

import structlog
import typer

from core.cli import catalogue, doctor, encoders, evaluate, ingest, invite, maintain, sample, search
from core.cli.output import complain
from core.cli.session import Session
from core.errors import LookalikeError, Unavailable

OK, USER_ERROR, UNAVAILABLE, BUG = 0, 1, 3, 70
"""Exit codes; 2 is wrong usage and 128 + n a signal. 70 is EX_SOFTWARE of sysexits.h."""


def build() -> typer.Typer:
    """All commands."""
    app = typer.Typer(
        help="Find products by picture and words: catalogue, search and care.",
        epilog=f"Exit codes: {OK} done, {USER_ERROR} to be mended by you, 2 not understood, {UNAVAILABLE} something "
        f"that is needed is down, {BUG} an error in the program.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for command in (
        ingest.ingest,
        sample.sample,
        search.search,
        catalogue.list_items,
        catalogue.remove,
        catalogue.stats,
        evaluate.evaluate,
        maintain.reindex,
        maintain.repair,
        doctor.doctor,
        invite.invite,
    ):
        app.command("list" if command is catalogue.list_items else None)(command)
    app.add_typer(encoders.app(), name="encoders")
    return app


def main(arguments: Sequence[str] | None = None, session: Session | None = None) -> int:
    """Run one command and return the exit code. Failures become sentences on standard error."""
    session = session or Session()
    try:
        build()(args=arguments, prog_name="python -m core", obj=session)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else OK
    except Exception as error:  # noqa: BLE001 - the one place where an exception becomes words
        return explain(error, session)
    return OK


def explain(error: Exception, session: Session) -> int:
    """Tell a failure and return its exit code. A bug's trace goes to the log, under a reference."""
    if isinstance(error, LookalikeError):
        complain(error.reason, error.advice)
        return UNAVAILABLE if isinstance(error, Unavailable) else USER_ERROR
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        complain("A disk that is written to is full.", "Make room on it, and run the same command again.")
        return UNAVAILABLE
    reference = secrets.token_hex(3)
    where = session.log_file
    if where is not None:  # without settings no log is set up, and structlog's own would print local variables
        session.log_to_file()
        structlog.get_logger(__name__).error("command_failed", reference=reference, exc_info=error)
    complain(
        f"Something went wrong inside the program ({type(error).__name__}, reference {reference}).",
        f"The details are in {where}." if where else "It happened before there were settings, and so a log file.",
    )
    return BUG
