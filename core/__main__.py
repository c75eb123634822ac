"""``python -m core``: the command line."""

from __future__ import annotations

import sys

from core import memory
from core.cli.app import main
from core.cli.output import make_writable

if __name__ == "__main__":
    memory.share_arenas()
    make_writable()
    sys.exit(main())
