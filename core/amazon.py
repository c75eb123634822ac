"""The tutorial's own product photos: 900 pictures of the Amazon Reviews 2023 data set, and a leopard.

Hou et al., "Bridging Language and Items for Retrieval and Recommendation", 2024; packed for Milvus' tutorial
"Multimodal RAG" as a release asset of milvus-io/bootcamp. The pictures belong to their makers: they are fetched on
request, and never part of this program.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from pathlib import Path

from core.download import OnProgress, Retries, download
from core.errors import Unavailable

BASE_URL = "https://github.com/milvus-io/bootcamp/releases/download/data"
NAME = "amazon_reviews_2023_subset.tar.gz"
_MAGIC = b"\x1f\x8b"
_MOST_BYTES = 1_000_000_000
_BLOCK = 1 << 20


async def fetch(
    folder: Path, *, base_url: str = BASE_URL, on_progress: OnProgress | None = None, retries: Retries | None = None
) -> Path:
    """Download the archive into ``folder`` and check it; at once where a whole one is there.

    Args:
        base_url: where the release's files lie.
        on_progress: see :data:`core.download.OnProgress`.

    Returns:
        The archive's path, to be ingested as any other archive.

    Raises:
        Unavailable: it cannot be reached or arrived damaged.
    """
    target = folder / NAME
    path = await download(
        f"{base_url.rstrip('/')}/{NAME}",
        target,
        max_bytes=_MOST_BYTES,
        magic=_MAGIC,
        on_progress=on_progress,
        retries=retries,
    )
    if not await asyncio.to_thread(_is_whole, path):
        await asyncio.to_thread(path.unlink)
        raise Unavailable(f"{NAME} arrived damaged.", "Run the same command again to fetch it anew.")
    return path


def _is_whole(path: Path) -> bool:
    """Whether the file unpacks to its end and its checksum fits (RFC 1952)."""
    try:
        with gzip.open(path) as stream:
            while stream.read(_BLOCK):
                pass
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return False
    return True
