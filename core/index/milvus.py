"""Importing pymilvus, without what it does to the program that imports it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_ONE_AT_A_TIME = threading.Lock()


def load_client() -> None:
    """Import pymilvus. It takes half a second, and this may be called early, in a thread.

    On import it reads a ``.env`` file of its own choice into the environment, and later it logs each failed
    call with the whole request, filters included. Neither is wanted: failures are told once, in words, by
    whoever catches them.
    """
    with _environment("PYTHON_DOTENV_DISABLED", "1"):
        import pymilvus  # noqa: F401 - for its side effects, which this function is about
    for name in ("pymilvus", "milvus_lite"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def load_engine() -> None:
    """Import faiss with one OpenMP thread: with one per core a search is slower (68 ms against 24 at 100,000).

    Its OpenMP runtime is its own and reads the variable while it is loaded; torch's, which may only be
    loaded before or after, is not touched.

    An inverted file with a single list has nothing to cluster, yet faiss writes a warning past all logging,
    onto the person's terminal, when it is trained on fewer than 39 vectors; the engine offers no setting.
    """
    with _environment("OMP_NUM_THREADS", "1"):
        import faiss

    module: Any = faiss
    if getattr(module.IndexIVFFlat, "content_with_one_point", False):
        return

    class ContentIndexIVFFlat(module.IndexIVFFlat):  # type: ignore[misc]
        content_with_one_point = True

        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.cp.min_points_per_centroid = 1

    module.IndexIVFFlat = ContentIndexIVFFlat


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    with _ONE_AT_A_TIME:
        before = os.environ.get(name)
        os.environ[name] = value
        try:
            yield
        finally:
            if before is None:
                del os.environ[name]
            else:
                os.environ[name] = before
