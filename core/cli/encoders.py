"""``encoders``: what there is to choose from, fetching its weights, and converting them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal

from core import places
from core.cli import options, session
from core.cli.output import out, print_json, table
from core.encoders import files, known
from core.encoders.files import Getter
from core.encoders.known import Known
from core.errors import ConfigurationError, LookalikeError, UserError
from core.settings import Settings

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="As in the list of `encoders`.", show_default=False)]


def app() -> typer.Typer:
    """The commands below ``encoders``; alone, it lists."""
    made = typer.Typer(help="What encoders there are; fetch and convert their weights.", rich_markup_mode=None)
    made.callback(invoke_without_command=True)(list_encoders)
    made.command()(fetch)
    made.command()(convert)
    return made


def list_encoders(context: typer.Context, *, json: options.JsonOption = False) -> None:
    """List the encoders: whether on disk, size, licence, dimension, languages, and which is active."""
    if context.invoked_subcommand is not None:
        return
    settings = session.of(context).settings
    rows = [_row(entry, settings) for entry in known.ALL]
    if json:
        print_json([asdict(row) for row in rows])
        return
    cells = [
        [
            "*" if row.active else "",
            row.name,
            "on disk" if row.on_disk else "to fetch",
            decimal(row.bytes) if row.bytes else "-",
            str(row.dimension or "-"),
            row.languages,
            row.licence,
            row.summary,
        ]
        for row in rows
    ]
    columns = ("", "name", "weights", "size", "dimension", "languages", "licence", "good for")
    out().print(table(columns, cells, right=("size", "dimension")))
    by = " (encoder.backend: openvino)" if settings.encoder.backend == "openvino" else ""
    out().print(f"\n* active{by}; set encoder.name to choose, then run `python -m core reindex`.")


def fetch(context: typer.Context, name: NameArgument) -> None:
    """Fetch the weights of an encoder from the hub.

    Goes on where an earlier try broke off.
    """
    settings = session.of(context).settings
    entry = _entry(name)
    if entry.weights is None:
        out().print(f"{name} needs nothing: its weights came with the program.")
        return
    for path in _paths(entry, settings, files.fetched):
        out().print(f"{path}  {decimal(_size(path))}", soft_wrap=True)


def convert(
    context: typer.Context,
    name: NameArgument,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Where to write; else where it is found by itself.")
    ] = None,
) -> None:
    """Write an official .pth as safetensors.

    That loads faster and in less memory, and is no pickle. The new file is used from then on, unless encoder.weights
    names another.
    """
    from core.encoders import weights

    settings = session.of(context).settings
    if _in_one_piece(_entry(name)):
        raise UserError(f"The weights of {name} need no converting.", "Only the visualized-bge encoders do.")
    cache_dir = places.cache_dir(settings) / "encoders"
    source = files.locate(name, _setting(name, settings), cache_dir, files.on_disk).weights
    target = output or files.converted(name, cache_dir)
    if source == target:
        raise UserError(f"{source} is converted already.")
    weights.write(weights.read(source), target)
    out().print(f"{source} -> {target}  {decimal(_size(target))}", soft_wrap=True)
    if setting := _setting(name, settings):
        out().print(f"encoder.weights still names {setting}; leave it empty to use the new file.", soft_wrap=True)


@dataclass(frozen=True, slots=True)
class _Row:
    """One encoder in the list. ``bytes`` is what lies on disk, or about what is to be fetched."""

    name: str
    active: bool
    on_disk: bool
    bytes: int
    dimension: int
    languages: str
    licence: str
    summary: str
    repository: str
    paths: tuple[str, ...]


def _row(entry: Known, settings: Settings) -> _Row:
    try:
        paths = _paths(entry, settings, files.on_disk)
    except LookalikeError:
        paths = []
    return _Row(
        name=entry.name,
        active=settings.encoder.name == entry.name,
        on_disk=entry.weights is None or bool(paths),
        bytes=sum(_size(path) for path in paths) or entry.megabytes * 1_000_000,
        dimension=entry.dimension,
        languages=entry.languages,
        licence=entry.licence,
        summary=entry.summary,
        repository=entry.weights.repository if entry.weights else "",
        paths=tuple(str(path) for path in paths),
    )


def _paths(entry: Known, settings: Settings, get: Getter) -> list[Path]:
    if entry.weights is None:
        return []
    setting = _setting(entry.name, settings)
    if _in_one_piece(entry):
        return [files.locate_folder(entry.name, setting, get)]
    found = files.locate(entry.name, setting, places.cache_dir(settings) / "encoders", get)
    return [found.weights, found.tokenizer]


def _in_one_piece(entry: Known) -> bool:
    """Whether the weights lie in a folder as transformers reads it."""
    return entry.weights is None or "config.json" in entry.weights.required


def _setting(name: str, settings: Settings) -> str:
    """encoder.weights belongs to encoder.name."""
    return settings.encoder.weights if settings.encoder.name == name else ""


def _entry(name: str) -> Known:
    try:
        return known.known(name)
    except KeyError:
        names = ", ".join(entry.name for entry in known.ALL)
        raise ConfigurationError(f"There is no encoder named {name!r}.", f"Choose one of: {names}.") from None


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(_size(part) for part in path.iterdir())
