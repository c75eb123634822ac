"""Settings: ``config.yaml``, then the environment, ``.env`` and a secrets folder, in rising order.

Built once, in ``__main__``, and handed down. The descriptions here are the settings reference:
``docs/settings.md`` and ``.env.example`` are generated from them (:mod:`core.settings_reference`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from core.errors import ConfigurationError
from core.settings_sources import NESTING, PREFIX, ConfigFile, SecretsFolder, WellKnownNames, variable


class Group(BaseModel):
    """A group of settings; unknown names are refused, so that a typing mistake is not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EncoderSettings(Group):
    """The model that turns pictures and words into vectors."""

    name: str = Field("starter", description="Which encoder makes the vectors; `python -m core doctor` lists them.")
    weights: str = Field("", description="A path or hub repository with the weights; empty: the encoder's own default.")
    device: str = Field("auto", description="`auto`, `cpu`, `cuda` or `cuda:N`.")
    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto", description="Arithmetic of the encoder; `auto` takes bfloat16 where the processor is fast at it."
    )
    threads: int = Field(0, ge=0, description="Threads for the model; 0: one per core.")
    batch_size: int = Field(
        16, ge=1, le=256, description="Pictures in one batch during an ingest; more use more memory."
    )
    title_weight: float | None = Field(
        None, ge=0, le=1, description="How much an item's title counts in its vector; empty: the encoder's own."
    )


class IndexSettings(Group):
    """Milvus, where the vectors are searched."""

    uri: str = Field(
        "", description="Empty: Milvus Lite inside the data folder. A path, `http://host:19530`, or a Zilliz Cloud URI."
    )
    token: SecretStr = Field(SecretStr(""), description="`user:password` or API key of a Milvus server.")
    collection: str = Field(
        "lookalike",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$",
        description="Milvus server: how its collections' names begin; installations that share a server differ in it.",
    )
    timeout: float = Field(10.0, gt=0, description="Seconds that one call to a Milvus server may take.")
    exact_rows: int = Field(
        200_000,
        ge=1,
        description="Milvus server: rows from which `python -m core repair` puts a tenant into a graph (HNSW).",
    )
    flush_rows: int = Field(200, ge=1, description="Milvus Lite: rows after which pending writes are flushed.")
    flush_idle: float = Field(1.0, gt=0, description="Milvus Lite: seconds of silence after which writes are flushed.")


class DatabaseSettings(Group):
    """The record of truth: items, history, events."""

    url: SecretStr = Field(
        SecretStr(""), description="SQLAlchemy URL; empty: SQLite inside the data folder. `postgresql+psycopg://…`."
    )


class BlobSettings(Group):
    """The pictures' bytes, by content hash."""

    url: str = Field("", description="fsspec URL such as `s3://bucket/prefix`; empty: a folder inside the data folder.")


class ImageSettings(Group):
    """What is accepted as a picture."""

    max_bytes: int = Field(20_000_000, ge=1_000, description="Largest picture file, in bytes.")
    max_pixels: int = Field(50_000_000, ge=10_000, description="Largest picture, in pixels, checked before decoding.")


class IngestSettings(Group):
    """How products come into the catalogue."""

    max_archive_bytes: int = Field(2_000_000_000, ge=1, description="Most bytes unpacked from one archive.")
    max_archive_files: int = Field(100_000, ge=1, description="Most files read from one archive.")
    workers: int = Field(2, ge=1, le=32, description="Threads that decode pictures during an ingest.")


class SearchSettings(Group):
    """What a search returns."""

    limit: int = Field(9, ge=1, le=25, description="Candidates in an answer and its panorama.")
    near_duplicate: float = Field(
        0.985,
        ge=0,
        le=1,
        description="Cosine similarity from which two candidates count as near duplicates; 1: keep all.",
    )
    min_score: float = Field(-1.0, ge=-1, le=1, description="Candidates with a lower cosine similarity are left out.")
    title_reranker: str = Field(
        "",
        description="A cross-encoder (folder or hub repository, such as `BAAI/bge-reranker-v2-m3`) that orders "
        "candidates by their titles, too; needs requirements-flag.txt. Empty: off.",
    )


class RerankerSettings(Group):
    """The vision-language model that ranks the candidates and says why."""

    enabled: bool = Field(True, description="Whether a ranking model is asked at all.")
    provider: Literal["openai", "azure"] = Field(
        "openai", description="`openai` (and all compatible servers) or `azure`."
    )
    model: str = Field("gpt-4o", description="Model name, or the deployment's name on Azure.")
    base_url: str = Field("", description="Address of the service; empty: the provider's own. Azure: the endpoint.")
    api_key: SecretStr = Field(SecretStr(""), description="Key of the service; local servers often take any.")
    api_version: str = Field("2024-10-21", description="Azure OpenAI's API version.")
    timeout: float = Field(30.0, gt=0, description="Seconds until an answer without the ranking model is given.")
    retries: int = Field(1, ge=0, le=5, description="Repeated tries after 429, 5xx and lost connections.")
    max_output_tokens: int = Field(500, ge=50, description="Most tokens of one answer of the ranking model.")
    daily_calls: int = Field(0, ge=0, description="Most calls in a day (UTC) for one tenant; 0: no limit.")
    daily_cost: float = Field(0.0, ge=0, description="Most money in a day (UTC), in the prices' unit; 0: no limit.")
    prompt_price: float = Field(2.5, ge=0, description="Price of a million prompt tokens.")
    completion_price: float = Field(10.0, ge=0, description="Price of a million answer tokens.")


class HistorySettings(Group):
    """What is remembered of searches."""

    days: int = Field(90, ge=0, description="Days after which asks and their pictures are deleted; 0: never.")


class WebSettings(Group):
    """The web workbench."""

    enabled: bool = Field(True, description="Whether the web workbench is started.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0: any free one.")
    allowed_hosts: tuple[str, ...] = Field(
        (), description="Further host names under which the page may be reached, as a JSON list."
    )
    manage: bool = Field(True, description="Whether the catalogue can be changed from the page.")


class LimitSettings(Group):
    """How often one person may search; answers without a search are free."""

    searches_per_minute: int = Field(20, ge=0, description="Most searches of one person in a minute; 0: no limit.")
    searches_per_day: int = Field(0, ge=0, description="Most searches of one person in 24 hours; 0: no limit.")


class SlackSettings(Group):
    """The Slack app. It starts when there is a bot token, or a client id for many workspaces."""

    bot_token: SecretStr = Field(SecretStr(""), description="`xoxb-…`, from OAuth & Permissions.")
    app_token: SecretStr = Field(SecretStr(""), description="`xapp-…` with `connections:write`, for Socket Mode.")
    signing_secret: SecretStr = Field(SecretStr(""), description="From Basic Information, for HTTP mode.")
    mode: Literal["socket", "http"] = Field(
        "socket", description="`socket` needs no public address; `http` listens for Slack's signed requests."
    )
    base_url: str = Field(
        "https://slack.com/api/", description="Address of the Web API, for GovSlack (`https://slack-gov.com/api/`)."
    )
    channels: tuple[str, ...] = Field(
        (), description="Ids of channels where a photo is answered without a mention, as a JSON list."
    )
    managers: tuple[str, ...] = Field(
        (),
        description="Ids of people who may change the catalogue, as a JSON list; "
        "empty, and no group either: workspace admins.",
    )
    managers_group: str = Field("", description="Id of a user group (`S…`) whose members may change the catalogue.")
    host: str = Field("127.0.0.1", description="HTTP mode: address to listen on.")
    port: int = Field(3000, ge=0, le=65535, description="HTTP mode: port to listen on; 0: any free one.")
    public_url: str = Field("", description="HTTP mode: the `https://…` address under which Slack reaches it.")
    client_id: str = Field("", description="HTTP mode for many workspaces: client id of the app.")
    client_secret: SecretStr = Field(SecretStr(""), description="HTTP mode for many workspaces: client secret.")
    encryption_key: SecretStr = Field(
        SecretStr(""),
        description="Encrypts the workspaces' tokens at rest: Fernet keys, newest first, separated by commas; "
        "`python -m bot.slack.installations` makes one.",
    )

    @property
    def configured(self) -> bool:
        """Whether the settings ask for Slack at all."""
        return bool(self.bot_token.get_secret_value() or self.client_id)


class DiscordSettings(Group):
    """The Discord bot. It starts when there is a token."""

    token: SecretStr = Field(SecretStr(""), description="The bot's token, from the developer portal.")
    channels: tuple[str, ...] = Field(
        (),
        description="Ids of channels where a photo is answered without a mention, as a JSON list; "
        "needs the Message Content intent.",
    )
    message_content: bool = Field(
        False,
        description="Whether the app has the Message Content intent; then follow-ups in its threads need no mention.",
    )
    managers_role: str = Field(
        "", description="Name or id of the role that may change the catalogue; empty: whoever may manage the server."
    )
    api_base_url: str = Field(
        "https://discord.com/api/v10", description="Address of the REST API, for a proxy that keeps the rate limits."
    )
    gateway_url: str = Field("", description="Address of the gateway; empty: the one that Discord tells.")

    @property
    def configured(self) -> bool:
        """Whether the settings ask for Discord at all."""
        return bool(self.token.get_secret_value())

    @property
    def reads_messages(self) -> bool:
        """Whether the privileged Message Content intent is asked for."""
        return self.message_content or bool(self.channels)


class LogSettings(Group):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severity that is logged.")
    format: Literal["auto", "console", "json"] = Field("auto", description="`auto`: console on a terminal, else JSON.")


class Settings(BaseSettings):
    """All settings of the program."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=NESTING,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        nested_model_default_partial_update=True,
        hide_input_in_errors=True,
    )

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

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The first source wins."""
        return (
            init_settings,
            env_settings,
            dotenv_settings,
            SecretsFolder(settings_cls),
            WellKnownNames(settings_cls),
            ConfigFile(settings_cls),
        )


def load() -> Settings:
    """Read all sources.

    Raises:
        ConfigurationError: a value is missing, of the wrong kind or out of range; the text names the
            setting and never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        path = tuple(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise ConfigurationError(
                f"There is no setting {'.'.join(path)}.",
                f"Take {variable(path)}, or its line in config.yaml, away; docs/settings.md lists all settings.",
            ) from error
        raise ConfigurationError(
            f"The setting {'.'.join(path)} is not usable: {first['msg']}.",
            f"Correct it in config.yaml or as {variable(path)}; docs/settings.md describes it.",
        ) from error
