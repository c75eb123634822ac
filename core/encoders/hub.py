"""The model hub: what of it is on disk, and fetching what is not.

huggingface_hub does the work: its cache (shared with other programs), its progress bar, resuming, its
settings such as ``HF_HUB_OFFLINE``, ``HF_HOME`` and ``HF_ENDPOINT``. Two things are added here: large files
are checked against the hub's SHA-256 once they have arrived, and failures become sentences.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import structlog

from core.encoders.known import Published
from core.errors import Unavailable

_SHA256 = re.compile(r"[0-9a-f]{64}")


def cached(published: Published, cache_dir: Path | None = None) -> Path | None:
    """The folder in the hub's cache that holds all the files, or None. Never uses the network."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(
            snapshot_download(
                published.repository,
                allow_patterns=list(published.patterns),
                cache_dir=cache_dir,
                local_files_only=True,
            )
        )
    except (LocalEntryNotFoundError, FileNotFoundError):
        return None
    return folder if all(any(folder.glob(pattern)) for pattern in published.required) else None


def fetch(published: Published, cache_dir: Path | None = None, endpoint: str | None = None) -> Path:
    """Fetch what is missing, going on where an earlier try broke off, and return the folder.

    Args:
        cache_dir: of the hub's files; None: where the hub's own settings put it.
        endpoint: another address than the hub's own settings give.

    Raises:
        Unavailable: the hub is offline, out of reach or refuses, the disk is full, or a file arrived damaged.
    """
    import httpx2
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
    )

    log = structlog.get_logger(__name__)
    log.info("weights.fetch", repository=published.repository)
    by_hand = f"Or put {published.files} into a folder by hand and set encoder.weights to it."
    try:
        folder = Path(
            snapshot_download(
                published.repository,
                allow_patterns=list(published.patterns),
                cache_dir=cache_dir,
                endpoint=endpoint,
            )
        )
    except GatedRepoError as error:
        raise Unavailable(
            f"{published.repository} is only given to people who agreed to its terms.",
            f"Agree on its page, and set HF_TOKEN. {by_hand}",
        ) from error
    except RepositoryNotFoundError as error:
        raise Unavailable(
            f"The hub has no public repository {published.repository}.", "Correct encoder.weights."
        ) from error
    except (LocalEntryNotFoundError, HfHubHTTPError, httpx2.HTTPError, ConnectionError) as error:
        raise Unavailable(
            f"{published.files} of {published.repository} is not on this machine, and the hub is not within reach.",
            f"Try again where there is network. {by_hand}",
        ) from error
    except OSError as error:
        raise Unavailable(
            f"{published.files} could not be written: {error.strerror or 'the disk refused'}.",
            "Make room, or set HF_HOME to a folder on another disk.",
        ) from error
    missing = [pattern for pattern in published.required if not any(folder.glob(pattern))]
    if missing:
        raise Unavailable(f"{published.repository} has no {missing[0]}.", "Correct encoder.weights.")
    fetched = {file for pattern in published.patterns for file in folder.glob(pattern)}
    if damaged := sorted(file.name for file in fetched if not _is_whole(file)):
        raise Unavailable(f"{' and '.join(damaged)} arrived damaged and was thrown away.", "Fetch it again.")
    log.info("weights.fetched", repository=published.repository)
    return folder


def _is_whole(file: Path) -> bool:
    """Compare with the name in the cache, which for a large file is the SHA-256 that the hub gave; else delete."""
    blob = file.resolve()
    if not _SHA256.fullmatch(blob.name):
        return True
    with blob.open("rb") as stream:
        whole = hashlib.file_digest(stream, "sha256").hexdigest() == blob.name
    if not whole:
        blob.unlink()
    return whole
