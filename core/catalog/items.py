"""Products on their way into the catalogue, and between the database's rows and the program's nouns."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from core.errors import UserError
from core.folding import fold, unprintable
from core.index.limits import TAGS as MAX_TAGS
from core.index.limits import TEXT as MAX_NAME
from core.index.rows import IndexRow, Vector
from core.models import Filters, Item, Picture, Tenant
from core.tables import ItemRow
from core.words import Sentence

MAX_TITLE = 1_000
MAX_URL = 4_000
MAX_SOURCE = 1_000
MAX_METADATA = 32_000
FIELDS = {
    "title": Sentence("field.title"),
    "price": Sentence("field.price"),
    "currency": Sentence("field.currency"),
    "category": Sentence("field.category"),
    "url": Sentence("field.url"),
    "tag": Sentence("field.tag"),
    "tags": Sentence("field.tags"),
    "source": Sentence("field.source"),
    "metadata": Sentence("field.metadata"),
}
"""What people call a product's fields."""
"""Bytes of an item's metadata as JSON; Milvus takes 65,536."""

SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True, eq=False)
class NewItem:
    """A product to be put into a catalogue. Text is cleaned: runs of white space become one space.

    Raises:
        UserError: a value that the stores can't carry, named in words.
    """

    tenant: Tenant
    picture: Picture
    title: str = ""
    price: float | None = None
    currency: str = ""
    category: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""

    def __post_init__(self) -> None:
        limits = {"title": MAX_TITLE, "currency": 16, "category": MAX_NAME, "url": MAX_URL, "source": MAX_SOURCE}
        for name, most in limits.items():
            object.__setattr__(self, name, _clean(name, getattr(self, name), most))
        tags = dict.fromkeys(filter(None, (_clean("tag", tag, MAX_NAME) for tag in self.tags)))
        if len(tags) > MAX_TAGS:
            raise UserError(Sentence("product.too_many_tags", most=MAX_TAGS))
        object.__setattr__(self, "tags", tuple(tags))
        object.__setattr__(self, "price", _checked_price(self.price))
        object.__setattr__(self, "metadata", _checked_metadata(self.metadata))
        if self.url and not _is_web_address(self.url):
            raise UserError(Sentence("product.not_an_address"), Sentence("product.not_an_address_advice"))

    @property
    def id(self) -> str:
        """The picture's hash."""
        return self.picture.hash

    def write(self, row: ItemRow, now: datetime) -> None:
        """Bring everything that the row says about the product up to date, and mark its vector as older."""
        row.title, row.price, row.currency = self.title, self.price, self.currency
        row.category, row.url, row.source = self.category, self.url, self.source
        row.tags, row.details = list(self.tags), dict(self.metadata)
        row.media_type, (row.width, row.height) = self.picture.media_type, self.picture.size
        row.bytes = len(self.picture.data)
        row.category_key = fold(self.category)
        row.tags_key = tags_key(self.tags)
        row.words = fold(" ".join((self.title, self.category, *self.tags)))
        row.updated_at = now
        row.stale = True

    def says_the_same_as(self, row: ItemRow) -> bool:
        """Whether putting it would change nothing. Where it came from does not count."""
        return (
            (self.title, self.price, self.currency) == (row.title, row.price, row.currency)
            and (self.category, self.url) == (row.category, row.url)
            and (list(self.tags), dict(self.metadata)) == (row.tags, row.details)
        )


def item(tenant: Tenant, row: ItemRow) -> Item:
    """The row as an :class:`Item`."""
    return Item(
        tenant=tenant,
        id=row.id,
        title=row.title,
        price=row.price,
        currency=row.currency,
        category=row.category,
        url=row.url,
        tags=tuple(row.tags),
        metadata=row.details,
        source=row.source,
        media_type=row.media_type,
        size=(row.width, row.height),
        added_at=row.added_at,
        updated_at=row.updated_at,
    )


def index_row(row: ItemRow, vector: Vector) -> IndexRow:
    """The row as the index holds it."""
    return IndexRow(row.id, vector, row.category, row.price, tuple(row.tags), row.details)


def tags_key(tags: Sequence[str]) -> str:
    """Folded tags, each between separators, so that one tag can be looked for in a string."""
    return "".join(f"{SEPARATOR}{fold(tag)}{SEPARATOR}" for tag in tags)


def passes(found: Item, filters: Filters) -> bool:
    """Whether the item is what the filters ask for: the index is checked, not trusted."""
    if filters.categories and fold(found.category) not in set(map(fold, filters.categories)):
        return False
    if not set(map(fold, filters.tags)) <= set(map(fold, found.tags)):
        return False
    if filters.min_price is None and filters.max_price is None:
        return True
    lower = -math.inf if filters.min_price is None else filters.min_price
    upper = math.inf if filters.max_price is None else filters.max_price
    return found.price is not None and lower <= found.price <= upper


def _clean(name: str, text: str, most: int) -> str:
    cleaned = " ".join(text.split())
    if unprintable(cleaned):
        raise UserError(Sentence("product.not_text", field=FIELDS[name]), Sentence("product.not_text_advice"))
    if len(cleaned) > most or len(fold(cleaned)) > most:
        reason = Sentence("product.too_long", field=FIELDS[name], most=most)
        raise UserError(reason, Sentence("product.too_long_advice"))
    return cleaned


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _checked_price(price: float | None) -> float | None:
    if price is None:
        return None
    if not math.isfinite(price) or price < 0:
        raise UserError(Sentence("product.not_a_price"), Sentence("product.not_a_price_advice"))
    return float(price) + 0.0  # -0.0 becomes 0.0


def _checked_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A copy as JSON sees it: string keys, lists for tuples."""
    try:
        text = json.dumps(dict(metadata), allow_nan=False, ensure_ascii=False)
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise UserError(Sentence("product.not_json"), Sentence("product.not_json_advice")) from error
    if size > MAX_METADATA:
        reason = Sentence("product.metadata_too_large", most=float(MAX_METADATA))
        raise UserError(reason, Sentence("product.metadata_too_large_advice"))
    if "\\u0000" in text:
        raise UserError(Sentence("product.not_text", field=FIELDS["metadata"]))
    copied: dict[str, Any] = json.loads(text)
    return copied
