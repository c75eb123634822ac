"""Settings: ``config.yaml``, then a secrets folder, ``.env`` and the environment, in rising order.

Read once, in ``__main__``, and handed down; :class:`Settings` itself reads nothing. They are read here rather than by
a library, so that what is wrong can be told with its place: the variable, or the line. The descriptions of the fields
are the settings reference: ``docs/settings.md`` and ``.env.example`` are generated from them
(:mod:`core.settings.reference`).
"""

from __future__ import annotations

from core.settings.answers import LimitSettings, RerankerSettings, SearchSettings
from core.settings.catalogue import (
    BlobSettings,
    DatabaseSettings,
    EncoderSettings,
    HistorySettings,
    ImageSettings,
    IndexSettings,
    IngestSettings,
)
from core.settings.model import LogSettings, Settings, load, unknown_names
from core.settings.platforms import DiscordSettings, SlackSettings, WebSettings

__all__ = [
    "BlobSettings",
    "DatabaseSettings",
    "DiscordSettings",
    "EncoderSettings",
    "HistorySettings",
    "ImageSettings",
    "IndexSettings",
    "IngestSettings",
    "LimitSettings",
    "LogSettings",
    "RerankerSettings",
    "SearchSettings",
    "Settings",
    "SlackSettings",
    "WebSettings",
    "load",
    "unknown_names",
]
