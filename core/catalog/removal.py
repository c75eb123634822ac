"""Taking products out of the three stores, in the reverse order of putting them in."""

from __future__ import annotations

from collections.abc import Collection

from core.catalog import shelf
from core.catalog.stores import Stores
from core.models import Tenant


class Remover:
    """Marks rows first: from then on nobody sees them, and a crash leaves what :meth:`finish` completes."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def remove(self, tenant: Tenant, ids: Collection[str]) -> int:
        """See :meth:`core.catalog.Catalog.remove`."""
        with self._stores.writing, self._stores.database.session() as session:
            there = {key for key, row in shelf.rows(session, tenant, ids, lock=True).items() if not row.removed}
            shelf.mark(session, tenant, there, removed=True)
        for some in shelf.chunks(sorted(there)):
            self.finish(tenant, some)
        return len(there)

    def finish(self, tenant: Tenant, ids: Collection[str]) -> int:
        """Take items out of the index, the database, and the picture store; returns how many.

        Left alone is what is not marked as removed, since it was put anew after the mark was seen.
        """
        with self._stores.writing:
            with self._stores.database.reading() as session:
                marked = {key for key, row in shelf.rows(session, tenant, ids).items() if row.removed}
            self._stores.index.delete(tenant.key, marked)
            with self._stores.database.session() as session:
                shelf.forget(session, tenant, marked)
            self.delete_unneeded(marked)
        return len(marked)

    def delete_unneeded(self, hashes: Collection[str]) -> int:
        """Delete those of the pictures that nothing refers to any more; returns how many there were."""
        blobs = self._stores.blobs
        with self._stores.writing:
            with self._stores.database.reading() as session:
                needed = shelf.needed_pictures(session, hashes)
            unneeded = [digest for digest in set(hashes) - needed if blobs.exists(digest)]
            for digest in unneeded:
                blobs.delete(digest)
        return len(unneeded)
