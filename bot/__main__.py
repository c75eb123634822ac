"""``python -m bot``: start what the settings enable, until SIGINT or SIGTERM."""

from __future__ import annotations

import asyncio
import signal
import sys

import structlog

from bot.app import App
from bot.firstrun import FirstRun
from core import logs, memory, settings
from core.engine import Engine
from core.errors import LookalikeError
from core.settings import Settings


def main() -> int:
    """Run the program; returns the exit status."""
    memory.share_arenas()
    try:
        loaded = settings.load()
        logs.configure(loaded)
        for unknown in settings.unknown_names():
            structlog.get_logger(__name__).warning("settings.unknown", text=unknown.text, advice=unknown.advice)
        asyncio.run(run(loaded))
    except LookalikeError as error:
        sys.stderr.write(f"{error.reason}\n{error.advice}\n")
        return 1
    return 0


async def run(loaded: Settings, stop: asyncio.Event | None = None) -> None:
    """Open the engine, start the adapters, wait for ``stop`` or a signal, and leave gracefully.

    Raises:
        LookalikeError: something that the settings ask for can't be had.
    """
    stop = stop or asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    engine = await asyncio.to_thread(Engine, loaded)
    try:
        app = App(engine)
        await app.start()
        if app.web is not None:
            sys.stdout.write(f"Lookalike is ready: {app.web.url}\n")
            sys.stdout.flush()
        first = FirstRun(engine.catalog, loaded, app.show_filling)
        filling = asyncio.create_task(first.fill())
        await stop.wait()
        first.stop()
        await app.stop()
        await filling
    finally:
        await engine.aclose()


if __name__ == "__main__":
    sys.exit(main())
