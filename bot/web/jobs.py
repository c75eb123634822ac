"""One session's uploads of products as the panel shows them, so that a page that is reloaded shows them, too.

A report names every file that was skipped: it stays until somebody has read and closed it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from markupsafe import Markup

KEPT = 10
"""Reports kept per session; the oldest goes first."""


class Jobs:
    """Rendered uploads by id, the newest first."""

    def __init__(self) -> None:
        self._all: OrderedDict[str, Markup] = OrderedDict()

    def __iter__(self) -> Iterator[Markup]:
        return iter(list(reversed(self._all.values())))

    def put(self, job: str, html: Markup) -> None:
        """Show the upload like this."""
        self._all[job] = html
        while len(self._all) > KEPT:
            self._all.popitem(last=False)

    def close(self, job: str) -> bool:
        """Show it no more; returns whether it was there."""
        return self._all.pop(job, None) is not None
