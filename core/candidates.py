"""From a vector to one page of candidates: searched, without what must not come back, without duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from core.catalog import Catalog
from core.catalog.items import passes
from core.index import Vector
from core.likeness import may_be_same_scene, nearness, same_aspect, same_picture
from core.models import Hit, Item, Query
from core.settings import SearchSettings
from core.thumbnails import Thumbnail, Thumbnails

SPARE = 3
"""Candidates fetched beyond the page, so that a few duplicates cost no second search."""

ROUNDS = 6
"""Searches for one page; each fetches twice as many as the one before."""

REMEMBERED = 225
"""Items shown on earlier pages, the newest, of which near duplicates are left out, too: a copy is as near to the wish
as what it copies, so one that is forgotten heads the next page. As many as there are thumbnails in memory."""

Candidate = tuple[Item, Thumbnail]


@dataclass(slots=True)
class Page:
    """One page of candidates.

    Attributes:
        hits: best first.
        thumbnails: their pictures.
        duplicates: how many near duplicates of better or earlier hits were left out.
        more: whether at least one further candidate follows.
        itself: the asked-about products that were left out, those with the same file first.
    """

    hits: list[Hit] = field(default_factory=list)
    thumbnails: list[Thumbnail] = field(default_factory=list)
    duplicates: int = 0
    more: bool = False
    itself: list[Item] = field(default_factory=list)


class Candidates:
    """Fills pages. Thread-safe; blocks."""

    def __init__(self, catalog: Catalog, thumbnails: Thumbnails, settings: SearchSettings) -> None:
        self._catalog = catalog
        self._thumbnails = thumbnails
        self._settings = settings

    def page(self, query: Query, vector: Vector) -> Page:
        """The best candidates for a vector of shape (dimension,).

        Left out are items shown before, the examples themselves, the asked-about product (the same file, or
        a copy of the picture) unless the query includes it, items under the least score, items whose picture
        is lost, and near duplicates; only the last are counted as such.
        """
        page = Page(itself=self._same_file(query))
        mine = [] if query.include_self else [Thumbnail.of(picture.image) for picture in query.pictures]
        before = self._shown_before(query)
        for hit, thumbnail in self._stream(query, vector):
            if any(_is_copy(thumbnail, picture) for picture in mine):
                page.itself.append(hit.item)
                continue
            kept = [*before, *zip((hit.item for hit in page.hits), page.thumbnails, strict=True)]
            if self._is_duplicate((hit.item, thumbnail), kept):
                page.duplicates += len(page.hits) < query.limit
                continue
            if len(page.hits) == query.limit:
                page.more = True
                break
            page.hits.append(hit)
            page.thumbnails.append(thumbnail)
        return replace(page, itself=[]) if query.like else page

    def _same_file(self, query: Query) -> list[Item]:
        """The asked-about products that the search is told to leave out."""
        hashes = dict.fromkeys(picture.hash for picture in query.pictures)
        if query.include_self or not hashes:
            return []
        found = self._catalog.get_many(query.tenant, hashes)
        return [found[key] for key in hashes if key in found and passes(found[key], query.filters)]

    def _stream(self, query: Query, vector: Vector) -> Iterator[tuple[Hit, Thumbnail]]:
        """Candidates with their pictures, best first, fetched as far as they are wanted."""
        out = {*query.shown, *query.like}
        if not query.include_self:
            out.update(picture.hash for picture in query.pictures)
        for turn in range(ROUNDS):
            wanted = (query.limit + 1 + SPARE) << turn
            found = self._catalog.search(query.tenant, vector, wanted, query.filters, out)
            good = [hit for hit in found if hit.score >= self._settings.min_score]
            for hit, thumbnail in zip(good, self._thumbnails.of([hit.item for hit in good]), strict=True):
                if thumbnail is not None:
                    yield hit, thumbnail
            if len(good) < wanted:
                return
            out.update(hit.item.id for hit in found)

    def _shown_before(self, query: Query) -> list[Candidate]:
        ids = query.shown[-REMEMBERED:]
        if not ids or self._nearness >= 1:
            return []
        items = list(self._catalog.get_many(query.tenant, ids).values())
        pairs = zip(items, self._thumbnails.of(items), strict=True)
        return [(item, thumbnail) for item, thumbnail in pairs if thumbnail is not None]

    def _is_duplicate(self, candidate: Candidate, kept: Sequence[Candidate]) -> bool:
        """Copies by their pixels; crops and the like by their vectors, if pixels do not speak against it."""
        if self._nearness >= 1:
            return False
        item, thumbnail = candidate
        if any(_is_copy(thumbnail, other) for _, other in kept):
            return True
        alike = [other.id for other, picture in kept if may_be_same_scene(thumbnail.signature, picture.signature)]
        if not alike:
            return False
        vectors = self._catalog.vectors(item.tenant, [item.id, *alike])
        mine = vectors.pop(item.id, None)
        return mine is not None and any(float(mine @ other) >= self._nearness for other in vectors.values())

    @property
    def _nearness(self) -> float:
        """From which cosine similarity on crops count as near duplicates."""
        stated = self._settings.near_duplicate
        return nearness(self._catalog.made_by.name) if stated is None else stated


def _is_copy(one: Thumbnail, other: Thumbnail) -> bool:
    return same_aspect(one.image.size, other.image.size) and same_picture(one.signature, other.signature)
