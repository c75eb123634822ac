"""All checks in their order: what the next one needs comes before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.datadir import DataDir
from core.doctor import parts, surroundings
from core.doctor.findings import Check, Finding, Level, failed
from core.doctor.parts import Load
from core.encoders import registry
from core.errors import DataDirLocked, LookalikeError
from core.settings import Settings


def examine(settings: Settings, more: Sequence[Check] = (), load: Load = registry.build) -> Iterator[Finding]:
    """Look at everything; each finding comes as soon as it is known.

    The data folder's lock is held meanwhile, so that what is looked at does not change. Where another
    program holds it, the parts inside the folder are left to that program.

    Args:
        more: further checks, such as those of the chat platforms.
        load: how to load the encoder.
    """
    yield from surroundings.names()
    folder = list(surroundings.data_folder(settings))
    yield from folder
    if all(finding.level is not Level.FAIL for finding in folder):
        yield from _inside(settings, load)
    for check in (parts.ranking_model, surroundings.tokens, surroundings.web_port, *more):
        yield from guarded(check, settings)


def guarded(check: Check, settings: Settings) -> Iterator[Finding]:
    """A check's findings; an error that it raises is its last one."""
    try:
        yield from check(settings)
    except LookalikeError as error:
        yield failed(check.__name__.replace("_", " "), error)


def _inside(settings: Settings, load: Load) -> Iterator[Finding]:
    try:
        lock = DataDir(settings.data_dir)
    except DataDirLocked as error:
        advice = "Stop that program and run doctor again to look at database, encoder, Milvus and pictures, too."
        yield Finding("lock", Level.WARN, error.reason, advice)
        return
    with lock:
        for check in (parts.database, parts.picture_store):
            yield from guarded(check, settings)
        yield from parts.encoder_and_index(settings, load)
