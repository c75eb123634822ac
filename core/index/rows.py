"""What goes into the index and comes out: rows, keys, and the checks that the engine itself leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.folding import fold
from core.index.filters import literal

Vector = NDArray[np.float32]

TENANT = re.compile(r"[0-9a-f]{16}")
SMALLEST = 1e-12
"""Least length of a vector: below it, float32 leaves little of a direction."""

ITEM = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, eq=False)
class IndexRow:
    """One item as the index holds it.

    Attributes:
        id: the item's id (SHA-256 in hex).
        vector: shape (dimension,), finite, not zero.
        category, tags: as the user wrote them; they are folded here.
        price: None when there is none; such an item never passes a price bound.
        metadata: the rest, JSON.
    """

    id: str
    vector: Vector
    category: str = ""
    price: float | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


def record(tenant: str, row: IndexRow, dimension: int) -> dict[str, Any]:
    """The row as the engines take it (see :func:`core.index.schema.schema`), but for the form of its tags.

    Raises:
        ValueError: the vector has the wrong shape, is zero or not finite; the id is not a content hash.
        UserError: a category or tag can't be stored, since no filter could name it.
    """
    category, tags = fold(row.category), tuple(dict.fromkeys(filter(None, map(fold, row.tags))))
    for text in (category, *tags):
        literal(text)
    return {
        "key": keys(tenant, [row.id])[0],
        "tenant": tenant,
        "vector": checked_vector(row.vector, dimension),
        "category": category,
        "price": 0.0 if row.price is None else float(row.price),
        "priced": row.price is not None,
        "tags": tags,
        "metadata": dict(row.metadata),
    }


def checked_tenant(tenant: str) -> str:
    """The tenant's key.

    Raises:
        ValueError: it is not a :attr:`core.models.Tenant.key`, and must not come near a filter or a name.
    """
    if not TENANT.fullmatch(tenant):
        raise ValueError("not a tenant's key")
    return tenant


def keys(tenant: str, ids: Iterable[str]) -> list[str]:
    """Primary keys ``tenant:id``.

    Raises:
        ValueError: an id is not a content hash.
    """
    wanted = list(ids)
    for each in wanted:
        if not ITEM.fullmatch(each):
            raise ValueError("not an item's id")
    return [f"{tenant}:{each}" for each in wanted]


def id_of(tenant: str, key: str) -> str | None:
    """The id in a key, or None when the key is another tenant's."""
    owner, _, item = key.partition(":")
    return item if owner == tenant else None


def checked_vector(values: ArrayLike, dimension: int) -> Vector:
    """The vector as contiguous float32, shape (dimension,).

    Raises:
        ValueError: wrong shape, not finite, or zero. The engine accepts all three and breaks later.
    """
    vector = np.ascontiguousarray(values, dtype=np.float32)
    if vector.shape != (dimension,):
        raise ValueError(f"a vector of shape {vector.shape} where ({dimension},) was expected")
    if not has_direction(vector):
        raise ValueError("a vector that is zero or not finite has no direction")
    return vector


def has_direction(vector: Vector) -> bool:
    """Whether the vector is finite and not zero."""
    return bool(SMALLEST <= float(np.linalg.norm(vector.astype(np.float64))) <= 1 / SMALLEST)
