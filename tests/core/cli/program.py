"""``python -m tests.core.cli.program``: the command line as it is, on an engine with the tiny encoder.

Everything but the encoder is real, so that a process can be stopped and killed like the program itself.
"""

from __future__ import annotations

import sys

from core.cli.app import main
from core.cli.session import Session
from core.engine import Engine
from core.settings import Settings
from tests.fakes.encoder import TinyEncoder


def tiny(settings: Settings) -> Engine:
    """An engine with the tiny encoder."""
    return Engine(settings, TinyEncoder())


if __name__ == "__main__":
    sys.exit(main(session=Session(tiny)))
