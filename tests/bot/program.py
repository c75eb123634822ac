"""The whole program as its users start it: ``python -m bot`` in a process of its own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from tests.fakes.openai_server import OpenAIServer

ROOT = Path(__file__).resolve().parents[2]
START = 300.0
"""Seconds until the page must be there; generous, for machines that do many things at once."""


class Program:
    """A running program.

    Attributes:
        url: where its page is.
        lines: what it wrote, also to standard error.
    """

    def __init__(self, folder: Path, **environment: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LOOKALIKE_", "OPENAI_"))}
        given = {
            "LOOKALIKE_DATA_DIR": str(folder),
            "LOOKALIKE_CONFIG": str(folder / "none.yaml"),
            "LOOKALIKE_WEB__PORT": "0",
            "LOOKALIKE_ENCODER__THREADS": "1",
            **environment,
        }
        (folder / "none.yaml").write_text("{}\n")
        _share_cache(folder / "cache")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot"],
            cwd=ROOT,
            env=kept | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._queue: Queue[str | None] = Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.url = ""

    def ready(self) -> str:
        """Wait for the page; returns its address."""
        while match := self.wait_for(r"Lookalike is ready: (\S+)"):
            self.url = match[1]
            return self.url
        raise AssertionError("".join(self.lines))

    def wait_for(self, pattern: str) -> re.Match[str] | None:
        """Wait for a line; None when the program ended without it."""
        while True:
            try:
                line = self._queue.get(timeout=START)
            except Empty:
                return None
            if line is None:
                return None
            if match := re.search(pattern, line):
                return match

    def stop(self, how: signal.Signals | None = signal.SIGTERM, seconds: float = 30.0) -> int:
        """Send a signal, or none, and wait for the end; returns the exit status."""
        if how is not None and self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("it did not stop in time:\n" + "".join(self.lines)) from None

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            self._queue.put(line)
        self._queue.put(None)


def _share_cache(place: Path) -> None:
    """Let all programs of all test runs share what an encoder computes once and keeps by its identity."""
    shared = ROOT / ".pytest_cache" / "encoders"
    shared.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        place.symlink_to(shared)


@contextmanager
def program(folder: Path, **environment: str) -> Iterator[Program]:
    """A program that is stopped in the end."""
    folder.mkdir(parents=True, exist_ok=True)
    running = Program(folder, **environment)
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def ranking_model(**options: Any) -> Iterator[OpenAIServer]:
    """The fake ranking model on a thread of its own, for tests that are not asynchronous."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = OpenAIServer(**options)
    entered: Future[Any] = asyncio.run_coroutine_threadsafe(server.__aenter__(), loop)
    entered.result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
