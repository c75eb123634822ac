"""Checks of the program's own parts: stores, models."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from core.blobs import BlobStore
from core.catalog import Catalog
from core.database import Database
from core.doctor.findings import Finding, Level, failed
from core.encoders import registry
from core.encoders.base import Encoder
from core.encoders.batching import EncoderService
from core.errors import LookalikeError
from core.index import Index
from core.places import blob_url, cache_dir, data_dir, database_url
from core.reranker import Reranker
from core.settings import EncoderSettings, Settings

Load = Callable[[EncoderSettings, Path], Encoder]
"""Loads the encoder that the settings name, given a folder for what can be made again."""


def database(settings: Settings) -> Iterator[Finding]:
    """Whether the database answers, and its schema is this version's; an older one is brought up to date."""
    with closing(Database(database_url(settings))) as opened:
        opened.migrate()
        opened.check()
        yield Finding("database", Level.OK, f"{opened.dialect} answers, and its tables are up to date.")


def picture_store(settings: Settings) -> Iterator[Finding]:
    """Whether a probe can be written, read and deleted."""
    BlobStore(blob_url(settings)).check()
    yield Finding("picture store", Level.OK, "A probe was written, read and deleted.")


def encoder_and_index(settings: Settings, load: Load) -> Iterator[Finding]:
    """Whether the encoder loads, Milvus answers, and the catalogue was made by this encoder."""
    known = f"Known encoders: {', '.join(registry.names())}."
    try:
        encoder = load(settings.encoder, cache_dir(settings) / "encoders")
    except LookalikeError as error:
        yield failed("encoder", error)
        yield Finding("milvus", Level.WARN, "Not looked at, because the encoder does not load.", known)
        return
    runtime = getattr(encoder, "runtime", None)
    arithmetic = str(runtime or f"precision {settings.encoder.precision}, device {settings.encoder.device}")
    yield Finding("encoder", Level.OK, f"{encoder.identity} loads ({arithmetic}). {known}")
    try:
        yield from _index(settings, encoder)
    except LookalikeError as error:
        yield failed("milvus", error)


def _index(settings: Settings, encoder: Encoder) -> Iterator[Finding]:
    with (
        closing(Index(settings.index, data_dir(settings), encoder.identity)) as index,
        closing(Database(database_url(settings))) as opened,
        closing(EncoderService(encoder, settings.encoder.batch_size)) as service,
    ):
        index.check()
        where = settings.index.uri or "Milvus Lite in the data folder"
        yield Finding("milvus", Level.OK, f"{where} answers.")
        catalog = Catalog(opened, BlobStore(blob_url(settings)), index, service)
        if catalog.mismatch is not None:
            yield failed("catalogue", catalog.mismatch)
            return
        tenants = catalog.tenants()
        items = sum(catalog.count(tenant) for tenant in tenants)
        vectors = sum(index.count(tenant.key) for tenant in tenants)
        if items != vectors:
            text = f"{items} items, but {vectors} vectors in Milvus."
            yield Finding("catalogue", Level.WARN, text, "Run `python -m core repair`.")
        else:
            yield Finding("catalogue", Level.OK, f"{items} items, all with their vectors.")


def ranking_model(settings: Settings) -> Iterator[Finding]:
    """Whether the ranking model answers a tiny call; that there is none is worth a warning."""
    text = asyncio.run(_ask(settings))
    wanted = settings.reranker
    usable = wanted.enabled and bool(wanted.api_key.get_secret_value() or wanted.base_url)
    advice = "" if usable else "Without a ranking model there is no reason beside the pick."
    yield Finding("ranking model", Level.OK if usable else Level.WARN, text, advice)


async def _ask(settings: Settings) -> str:
    reranker = Reranker(settings.reranker)
    try:
        return await reranker.check()
    finally:
        await reranker.close()
