"""``python -m core``: the command line."""

from __future__ import annotations

import sys

from core.cli.app import main
from core.cli.output import make_writable

if __name__ == "__main__":
    make_writable()
    sys.exit(main())
