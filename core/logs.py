"""Structured logs, set up once by each ``__main__``.

Events carry ids and figures, never message text, tokens or pictures. Two guards stand behind that habit:
traces are rendered without local variables, and every secret of the settings is blotted out of each
finished line, whoever wrote it (the log lines of libraries pass through here, too).
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import sys
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import structlog
from pydantic import BaseModel, SecretStr
from structlog.typing import Processor

from core.settings import Settings

OWN = ("core", "bot", "__main__")
"""Loggers that follow the setting; those of libraries speak from warnings on."""

_FILE_BYTES = 5_000_000
_FILE_COUNT = 3
_SHORTEST_SECRET = 6


def configure(settings: Settings, *, console: bool = True, file: Path | None = None) -> None:
    """Send logs to standard error, to a file, or to both; replaces what was set up before.

    What libraries warn of by :mod:`warnings` goes the same way, and not straight to people's terminals.

    Args:
        console: whether to write to standard error, in the format of ``settings.log``.
        file: where to write JSON lines too; opened, with its folder, at the first line, and rotated.
    """
    handlers: list[logging.Handler] = []
    if console:
        handlers.append(_handler(logging.StreamHandler(sys.stderr), _renderer(settings), settings))
    if file is not None:
        handlers.append(_handler(_LazyFile(file), structlog.processors.JSONRenderer(ensure_ascii=False), settings))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.handlers = handlers
    logging.captureWarnings(True)
    root.setLevel(logging.WARNING)
    for name in OWN:
        logging.getLogger(name).setLevel(settings.log.level.upper())
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _shared() -> list[Processor]:
    return [
        structlog.stdlib.filter_by_level,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _renderer(settings: Settings) -> Processor:
    wanted = settings.log.format
    if wanted == "json" or (wanted == "auto" and not sys.stderr.isatty()):
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


def _handler(handler: logging.Handler, renderer: Processor, settings: Settings) -> logging.Handler:
    processors: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if isinstance(renderer, structlog.processors.JSONRenderer):
        processors.append(structlog.processors.format_exc_info)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[*processors, renderer, _Blot(tuple(secrets(settings)))],
            foreign_pre_chain=_shared()[2:],
        )
    )
    return handler


class _LazyFile(logging.handlers.RotatingFileHandler):
    """A rotating file that makes its folder when the first line comes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__(path, maxBytes=_FILE_BYTES, backupCount=_FILE_COUNT, encoding="utf-8", delay=True)

    def _open(self) -> Any:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return super()._open()


class _Blot:
    """Replaces secrets in a finished line."""

    def __init__(self, values: tuple[str, ...]) -> None:
        escaped = (json.dumps(value, ensure_ascii=False)[1:-1] for value in values)
        self._values = tuple(dict.fromkeys((*values, *escaped)))

    def __call__(self, logger: Any, method: str, event: MutableMapping[str, Any] | str) -> str:  # noqa: ARG002
        rendered = str(event)
        for value in self._values:
            rendered = rendered.replace(value, "***")
        return rendered


def secrets(settings: BaseModel) -> Iterator[str]:
    """Every secret value that is long enough not to occur by chance."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            yield from secrets(value)
        elif isinstance(value, SecretStr) and len(value.get_secret_value()) >= _SHORTEST_SECRET:
            yield value.get_secret_value()
