"""Where each store lies, by the settings: inside the data folder unless they say otherwise."""

from __future__ import annotations

from pathlib import Path

from core.database import sqlite_url
from core.settings import Settings


def data_dir(settings: Settings) -> Path:
    """The data folder, absolute."""
    return settings.data_dir.expanduser().resolve()


def database_url(settings: Settings) -> str:
    """The database's SQLAlchemy URL. May hold a password: never to be shown."""
    return settings.database.url.get_secret_value() or sqlite_url(data_dir(settings) / "lookalike.sqlite3")


def blob_url(settings: Settings) -> str | Path:
    """The picture store's fsspec URL or folder."""
    return settings.blobs.url or data_dir(settings) / "pictures"


def cache_dir(settings: Settings) -> Path:
    """What can be made again, such as an encoder's class embeddings."""
    return data_dir(settings) / "cache"
