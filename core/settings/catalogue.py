"""Settings of what makes and keeps the catalogue: encoder, stores, pictures, ingest."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from core.settings.group import Group


class EncoderSettings(Group):
    """The model that turns pictures and words into vectors."""

    name: str = Field("starter", description="Which encoder makes the vectors; `python -m core doctor` lists them.")
    weights: str = Field("", description="A path or hub repository with the weights; empty: the encoder's own default.")
    device: str = Field("auto", description="`auto`, `cpu`, `cuda` or `cuda:N`.")
    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto", description="Arithmetic of the encoder; `auto` takes bfloat16 where the processor is fast at it."
    )
    backend: Literal["torch", "openvino"] = Field(
        "torch",
        description="What computes the visualized-bge encoders; `openvino` can be faster on processors "
        "without AVX-512 and needs requirements-openvino.txt.",
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
        json_schema_extra={"allowed": "a text of at most 64 letters, digits and _ that begins with no digit"},
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


class HistorySettings(Group):
    """What is remembered of searches."""

    days: int = Field(90, ge=0, description="Days after which asks and their pictures are deleted; 0: never.")
