"""Sentence embeddings of fixed texts, kept on disk: a thousand of them take 10 s, reading them 1 ms."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Floats]
"""Texts → (len(texts), width), rows L2-normalised."""

_DIGEST = 16


def embed(texts: Sequence[str], model: str, embed: Embed, cache_dir: Path) -> Floats:
    """The texts' embeddings, from the cache if they are there and whole.

    Args:
        model: name and version of what embeds; together with the texts it names the file.
        embed: called for all texts when the file is absent or damaged.
    """
    key = hashlib.blake2b("\x1f".join([model, *texts]).encode(), digest_size=8).hexdigest()
    path = cache_dir / f"texts-{key}.bin"
    rows = _read(path, len(texts))
    if rows is None:
        rows = embed(texts)
        _write(path, rows)
    return rows


def _read(path: Path, count: int) -> Floats | None:
    """The rows, or None where the file is absent or not what :func:`_write` left."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        structlog.get_logger(__name__).warning("text_cache_unreadable", path=str(path), error=str(error))
        return None
    if _digest(data[_DIGEST:]) != data[:_DIGEST]:
        structlog.get_logger(__name__).warning("text_cache_damaged", path=str(path))
        return None
    return np.frombuffer(data, np.float32, offset=_DIGEST).reshape(count, -1)


def _write(path: Path, rows: Floats) -> None:
    """Digest, then the rows' bytes; whole or not at all. Where it cannot be written, only time is lost."""
    body = np.ascontiguousarray(rows, np.float32).tobytes()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(_digest(body) + body)
        Path(file.name).replace(path)
    except OSError as error:
        structlog.get_logger(__name__).warning("text_cache_not_written", path=str(path), error=str(error))


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()
