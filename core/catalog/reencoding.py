"""Making items' vectors from their stored pictures, batch by batch, while others go on reading and writing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import structlog
from sqlalchemy import ColumnElement

from core import images
from core.blobs import PictureLost
from core.catalog import shelf
from core.catalog.items import index_row
from core.catalog.report import Tally
from core.catalog.stores import EncodedStores
from core.encoders.base import Document
from core.errors import PictureError
from core.index import Vector
from core.index.rows import has_direction
from core.models import Tenant
from core.tables import ItemRow


class Reencoder:
    """Encodes without the catalogue's lock, writes under it, and leaves alone what somebody changed in between:
    whoever did has made the vector, too."""

    def __init__(self, stores: EncodedStores) -> None:
        self._stores = stores
        self._log = structlog.get_logger(__name__)

    def run(self, which: ColumnElement[bool], tally: Tally) -> None:
        """Make the vectors of those items, of all tenants."""
        todo: list[tuple[Tenant, list[str]]] = []
        with self._stores.database.reading() as session:
            for tenant in shelf.tenants(session):
                wanted = sorted(shelf.ids(session, ItemRow.tenant == tenant.key, which))
                todo += [(tenant, some) for some in shelf.chunks(wanted, self._stores.encoder.max_batch)]
        total = sum(len(some) for _, some in todo)
        done = 0
        with self._stores.index.bulk() if todo else nullcontext():
            for tenant, some in todo:
                tally.pause()
                self._batch(tenant, some, tally)
                done += len(some)
                tally.tell(done, total)

    def _batch(self, tenant: Tenant, ids: Sequence[str], tally: Tally) -> None:
        with self._stores.database.reading() as session:
            rows = shelf.rows(session, tenant, ids)
        made = self._vectors(tenant, rows)
        with self._stores.writing:
            with self._stores.database.reading() as session:
                now = shelf.rows(session, tenant, rows)
            same = {key for key, row in rows.items() if shelf.state(now.get(key)) == shelf.state(row)}
            good, bad = same & made.keys(), same - made.keys()
            self._stores.index.upsert(tenant.key, [index_row(rows[key], made[key]) for key in sorted(good)])
            self._stores.index.delete(tenant.key, bad)
            with self._stores.database.session() as session:
                shelf.mark(session, tenant, good, indexed=self._stores.fingerprint, stale=False)
                shelf.mark(session, tenant, bad, indexed="", stale=True)
        tally.encoded += len(good)
        tally.lost += sorted(bad)

    def _vectors(self, tenant: Tenant, rows: dict[str, ItemRow]) -> dict[str, Vector]:
        """By id, of those that can be made. The others are going to be hidden, since they are not whole, and come
        back by themselves when their pictures do.

        Raises:
            Unavailable: there is not a single picture in the store.
        """
        documents: dict[str, Document] = {}
        for key, row in rows.items():
            try:
                documents[key] = Document(images.decode_stored(self._stores.blobs.get(key)).image, row.title)
            except (PictureLost, PictureError) as error:
                self._log.warning("catalog.picture_lost", tenant=tenant.key, item=key, reason=error.reason)
        if rows and not documents:
            self._stores.refuse_empty_blobs(set(self._stores.blobs.hashes()))
        vectors = self._stores.encoder.submit_images(list(documents.values())).result()
        return {key: vector for key, vector in zip(documents, vectors, strict=True) if has_direction(vector)}
