"""The Milvus server that tests may use, when there is one."""

from __future__ import annotations

import os
from uuid import uuid4

from pymilvus import MilvusClient

from core.settings import IndexSettings

URI = os.environ.get("LOOKALIKE_TEST_MILVUS_URI", "")
REASON = "no Milvus server given in LOOKALIKE_TEST_MILVUS_URI"


def settings() -> IndexSettings:
    """Of an installation of its own on that server."""
    return IndexSettings(uri=URI, collection=f"test_{uuid4().hex[:8]}")


def sweep(used: IndexSettings) -> None:
    """Take away what a test made there."""
    client = MilvusClient(used.uri)
    for name in client.list_collections():
        if name.startswith(used.collection):
            for alias in client.list_aliases(name)["aliases"]:
                client.drop_alias(alias)
            client.drop_collection(name)
    client.close()
