"""What was freed goes back to the system: measured on this very process."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pytest

from core import memory

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="needs the GNU C library"
)

BLOCK = 64_000  # bytes, less than what the library asks the system for directly
MANY = 3_000


def test_freed_blocks_are_returned_though_others_lie_between_them() -> None:
    blocks = [bytes([index % 256]) * BLOCK for index in range(MANY)]
    full = _resident()
    kept = blocks[::50]
    del blocks
    memory.give_back()
    assert _resident() < full - BLOCK * MANY * 0.8
    assert all(len(block) == BLOCK for block in kept)


def _resident() -> int:
    """Bytes of anonymous memory of this process that are in RAM."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("RssAnon:")[1].split()[0]) * 1024
