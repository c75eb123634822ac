"""One request, start to end: gate, dedupe, quota, work, reply; and every error on one path.

Adapters acknowledge their event first and then :meth:`Handler.submit` the request, so that no
acknowledgement ever waits for anything here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog

from bot import gating
from bot.commands import Commands
from bot.failures import explain
from bot.limits import Quotas
from bot.ops import Metrics
from bot.ports import Replier
from bot.request import SEARCHES, Addressed, Find, Request, Vote
from bot.results import Courtesy, Result
from bot.searches import Searches
from core.errors import Unavailable
from core.history import History
from core.ingest import IngestProgress
from core.models import Progress
from core.words import Words

AT_ONCE = 16
"""Searches in work at the same time. More would be no faster, and their turns on the event loop would keep
acknowledgements waiting; the others have had their first sign and wait in line."""


class Handler:
    """Handles the requests of every platform, many at a time."""

    def __init__(
        self, history: History, searches: Searches, commands: Commands, quotas: Quotas, metrics: Metrics
    ) -> None:
        self._history = history
        self._quotas = quotas
        self._searches = searches
        self._commands = commands
        self._metrics = metrics
        self._running: dict[asyncio.Task[str], str] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        # A thread of its own: in the common ones an acknowledgement would wait behind decoding and drawing.
        self._notary = ThreadPoolExecutor(1, "accept")

    async def accept(self, message: str, context: Mapping[str, Any]) -> bool:
        """Note a message before it is acknowledged, so that no crash loses it; False when it was seen before.

        Args:
            message, context: as in the :class:`Request` that is submitted later, with ``accepted``.

        Raises:
            Unavailable: the database is down.
        """
        loop = asyncio.get_running_loop()
        return not await loop.run_in_executor(self._notary, self._history.seen, message, dict(context))

    async def settle(self, message: str) -> None:
        """Note that a message needs no answer any more, also after a restart."""
        try:
            await asyncio.to_thread(self._history.answered, message)
        except Unavailable as error:
            structlog.get_logger(__name__).warning("answer_not_noted", exc_info=error)

    def submit(self, request: Request, replier: Replier, *, accepted: bool = False) -> asyncio.Task[str]:
        """Start to handle a request; returns at once. The task's result is :meth:`handle`'s.

        Args:
            accepted: the message was noted before, by :meth:`accept` or an earlier run of the program.
        """
        work = self.handle(request, replier, accepted=accepted)
        task = asyncio.create_task(work, name=f"{request.platform} {request.message}")
        self._running[task] = request.platform
        task.add_done_callback(self._running.pop)
        return task

    async def drain(self, platform: str) -> None:
        """Wait until no request of ``platform`` is in work. Whoever stops the program bounds the waiting."""
        while tasks := [task for task, name in self._running.items() if name == platform]:
            await asyncio.wait(tasks)

    def cancel(self) -> int:
        """Give up what is in work; returns how much that is. Those that can be are answered after a restart."""
        for task in self._running:
            task.cancel()
        return len(self._running)

    async def handle(self, request: Request, replier: Replier, *, accepted: bool = False) -> str:
        """Answer one request, or stay silent. Every error ends as a reply or, failing that, in the log.

        Returns:
            What became of it: ``sent``, ``refused`` (the asker can mend it), ``failed``, ``silent``,
            ``repeated`` (seen before), or ``lost`` (the reply could not be delivered).
        """
        kind = type(request.intent).__name__
        ids = {"tenant": request.tenant.key, "platform": request.platform, "message": request.message}
        started = time.monotonic()
        with structlog.contextvars.bound_contextvars(**ids), self._metrics.running.track_inprogress():
            outcome = await self._outcome(request, replier, accepted)
            seconds = time.monotonic() - started
            self._metrics.requests.labels(request.platform, kind, outcome).inc()
            self._metrics.seconds.labels(request.platform, kind).observe(seconds)
            log = structlog.get_logger(__name__)
            log.info("request_handled", intent=kind, outcome=outcome, seconds=round(seconds, 3))
        return outcome

    async def _outcome(self, request: Request, replier: Replier, accepted: bool) -> str:
        try:
            if why := await self._unwanted(request, accepted):
                return why
            await self._courtesy(replier.begin())
            result = await self._result(request, replier)
        except asyncio.CancelledError:
            if not request.context:  # else it is answered after the restart
                words = Words(request.locale)
                stopping = Unavailable(words("failure.stopping"), words("failure.stopping_advice"))
                await self._fail(stopping, request, replier)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the asker hears of it
            return await self._fail(error, request, replier)
        return await self._send(result, request, replier)

    async def _unwanted(self, request: Request, accepted: bool) -> str:
        """Why to stay silent, as an outcome, or nothing. Marks the message as seen when it is to be answered."""
        ours = follow_up = False
        if request.addressed is Addressed.THREAD and isinstance(request.intent, Find) and not request.is_bot:
            ours, follow_up = await self._searches.standing(request)
        why = gating.silence(request, ours=ours, follow_up=follow_up)
        if why is not None:
            structlog.get_logger(__name__).debug("request_ignored", why=why.value)
            return "silent"
        return "" if accepted or await self.accept(request.message, request.context) else "repeated"

    async def _result(self, request: Request, replier: Replier) -> Result:
        gating.check_manager(request)

        async def tell(progress: Progress | IngestProgress) -> None:
            await self._courtesy(replier.progress(progress))

        if gating.is_courtesy(request):
            return Courtesy()
        if isinstance(request.intent, SEARCHES):
            await self._quotas.admit(request)
            async with self._places:
                found = await self._searches.find(request, tell)
            self._metrics.searched(found.answer)
            return found
        if isinstance(request.intent, Vote):
            return await self._searches.vote(request, request.intent)
        return await self._commands.run(request, tell)

    async def _send(self, result: Result, request: Request, replier: Replier) -> str:
        try:
            await replier.send(result)
        except Exception as error:  # noqa: BLE001 - the platform refused the reply; a plain failure may still pass
            await self._fail(error, request, replier)
            return "lost"
        await self.settle(request.message)
        return "sent"

    async def _fail(self, error: BaseException, request: Request, replier: Replier) -> str:
        failure = explain(error, Words(request.locale))
        try:
            await replier.fail(failure)
        except Exception as lost:  # noqa: BLE001 - there is nobody left to tell
            structlog.get_logger(__name__).warning("failure_not_delivered", reference=failure.reference, exc_info=lost)
        await self.settle(request.message)
        return "refused" if failure.mendable else "failed"

    async def _courtesy(self, sign: Awaitable[None]) -> None:
        """A sign of progress; when it can't be shown, the work goes on."""
        try:
            await sign
        except Exception as error:  # noqa: BLE001 - see above
            structlog.get_logger(__name__).warning("progress_not_shown", exc_info=error)
