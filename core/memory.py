"""Memory that the program has freed goes back to the system.

The GNU C library gives every thread an arena of its own and keeps what is freed there for later. Pictures are
decoded, drawn and encoded on many threads in blocks of megabytes, so that soon several arenas hold
hundreds of megabytes that nobody uses. Elsewhere than on the GNU C library both functions do nothing.

Source: https://man7.org/linux/man-pages/man3/mallopt.3.html and malloc_trim.3.html
"""

from __future__ import annotations

import ctypes

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
_ARENAS = 2


def share_arenas() -> None:
    """Let all threads share two arenas. To be called before they start; later ones only are affected."""
    if set_option := _function("mallopt"):
        set_option(_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Return what is free to the system. It takes some milliseconds, in which other threads may wait for memory."""
    if trim := _function("malloc_trim"):
        trim(0)


def _function(name: str) -> ctypes._NamedFuncPointer | None:
    try:
        return getattr(ctypes.CDLL(None), name, None)
    except (OSError, TypeError):  # TypeError: Windows has no library of the program itself
        return None
