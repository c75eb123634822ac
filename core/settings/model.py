"""All settings, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from core.settings import config_file, variables
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
from core.settings.group import Group
from core.settings.names import Given
from core.settings.platforms import DiscordSettings, SlackSettings, WebSettings
from core.settings.wording import refusal


class LogSettings(Group):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severity that is logged.")
    format: Literal["auto", "console", "json"] = Field("auto", description="`auto`: console on a terminal, else JSON.")


class Settings(Group):
    """All settings of the program."""

    data_dir: Path = Field(Path("data"), description="The one folder that holds all state.")
    encoder: EncoderSettings = EncoderSettings()
    index: IndexSettings = IndexSettings()
    database: DatabaseSettings = DatabaseSettings()
    blobs: BlobSettings = BlobSettings()
    images: ImageSettings = ImageSettings()
    ingest: IngestSettings = IngestSettings()
    search: SearchSettings = SearchSettings()
    reranker: RerankerSettings = RerankerSettings()
    history: HistorySettings = HistorySettings()
    limits: LimitSettings = LimitSettings()
    web: WebSettings = WebSettings()
    slack: SlackSettings = SlackSettings()
    discord: DiscordSettings = DiscordSettings()
    log: LogSettings = LogSettings()


def load() -> Settings:
    """Read all places; of several values for one setting the strongest place's counts.

    Raises:
        ConfigurationError: a value is of the wrong kind or out of range, or a name is not known; the text names
            the setting and its place, and never a value.
    """
    given: dict[tuple[str, ...], Given] = {each.path: each for each in config_file.read(Settings)}
    given |= {each.path: each for each in variables.read(Settings, variables.places())}
    tree: dict[str, Any] = {}
    for path, each in given.items():
        level = tree
        for name in path[:-1]:
            level = level.setdefault(name, {})
        level[path[-1]] = each.value
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        raise refusal(error, given, Settings) from error


def unknown_names() -> list[variables.Unknown]:
    """Variables that look like settings and are none; :func:`load` passes over them."""
    return variables.unknown(Settings, variables.places())
