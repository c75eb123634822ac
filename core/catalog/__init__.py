"""The catalogue: a product's life across the three stores, picture bytes, then the record, then the vector.

An item counts as done only after all three, in this order; a row says which encoder's index holds its
vector and whether that is as new as the row. So whatever a crash leaves is found by looking at rows alone
(:mod:`core.catalog.repair`), and the vector index can be lost as a whole without losing a product.
"""

from __future__ import annotations

from core.catalog.catalog import Catalog
from core.catalog.items import NewItem
from core.catalog.listing import CatalogStats, Listing
from core.catalog.removal import Remover
from core.catalog.report import Progress, RepairReport
from core.catalog.stores import Stores

__all__ = ["Catalog", "CatalogStats", "Listing", "NewItem", "Progress", "Remover", "RepairReport", "Stores"]
