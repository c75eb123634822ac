"""What a platform's adapter offers, and what it gets to answer with. Small on purpose.

An adapter turns events into :class:`~bot.request.Request`, acknowledges them, and hands each with a
:class:`Replier` to :meth:`bot.handler.Handler.submit`. It knows nothing of searching.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from bot.failures import Failure
from bot.results import Result
from core.ingest import IngestProgress
from core.models import Progress


class Replier(Protocol):
    """Says things about one request, where it was asked.

    The handler calls ``begin`` once, ``progress`` any number of times, then exactly one of ``send``
    and ``fail``. A request that is none of the bot's business gets no call at all. ``begin`` and
    ``progress`` are courtesies: their errors are logged and the search goes on. ``send`` raises when
    the reply could not be delivered; the handler then tries ``fail`` once.
    """

    async def begin(self) -> None:
        """Show a first sign at once: a reaction, a placeholder, "typing"."""
        ...

    async def progress(self, progress: Progress | IngestProgress) -> None:
        """Show how far it is. Called as stages begin or rows are done, possibly many times a second.

        ``Progress`` is a search's, with hits and panorama as soon as there are any; ``IngestProgress`` a
        running ingest's.
        """
        ...

    async def send(self, result: Result) -> None:
        """Deliver the result, in place of the progress."""
        ...

    async def fail(self, failure: Failure) -> None:
        """Deliver reason, advice and reference, in place of the progress."""
        ...


class Adapter(Protocol):
    """One platform."""

    @property
    def name(self) -> str:
        """Lower-case platform name, as in ``Request.platform``."""
        ...

    async def start(self) -> None:
        """Connect; return when events flow. Raises ``ConfigurationError`` or ``Unavailable``."""
        ...

    async def stop(self) -> None:
        """Take no more events, ``await handler.drain(name)`` so that running requests can still
        reply, then disconnect. Called once, also when ``start`` failed half way."""
        ...

    def healthy(self) -> bool:
        """Whether events flow now; asked by ``/readyz``."""
        ...


@runtime_checkable
class Resumable(Protocol):
    """An adapter that can answer, after a restart, what was acknowledged and not answered before it."""

    async def resume(self, context: Mapping[str, Any]) -> None:
        """Submit such a request, as accepted.

        Args:
            context: the adapter's own ``Request.context``.
        """
        ...
