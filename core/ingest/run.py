"""One run of an ingest: the pump that keeps batches under way, and the report that comes of it."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from time import perf_counter

import structlog

from core.catalog import Catalog
from core.errors import LookalikeError, UserError
from core.images import content_hash
from core.ingest import text
from core.ingest.clock import Clock
from core.ingest.entries import Entry, Source
from core.ingest.putting import Loaded, Putter, Settled
from core.models import IngestReport, Outcome, Remark, Skipped, Tenant
from core.settings import Settings
from core.words import Sentence

BATCH_BYTES = 32_000_000
"""A batch is closed when its files exceed this, so that two batches of large photos fit into memory."""

IN_FLIGHT = 2
QUIET_SECONDS = 1.0
"""Progress is told at least this often, also while there is nothing but files to skip."""


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """How far a run is. ``done`` counts rows that are settled: stored, or skipped for good."""

    done: int
    total: int
    added: int
    updated: int
    unchanged: int
    skipped: int


OnProgress = Callable[[IngestProgress], None]


@dataclass(slots=True)
class Run:
    """The state of one run. Only the calling thread changes it; writing threads return what they did.

    Attributes:
        seen: a picture's hash → the entry that brought it first.
        places: a name → its place in the source, in whose order the report is.
    """

    catalog: Catalog
    settings: Settings
    source: Source
    tenant: Tenant
    on_progress: OnProgress | None
    cancel: threading.Event
    total: int = 0
    counts: Counter[Outcome] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    exhausted: bool = False
    reported_at: float = 0.0

    def execute(self) -> IngestReport:
        started = perf_counter()
        stopped: LookalikeError | None = None
        self.total = self.source.count()
        self._report_progress()
        try:
            self._pump()
        except LookalikeError as error:
            stopped = error
        else:
            if not self.exhausted:
                stopped = UserError(Sentence("entry.stopped"), Sentence("entry.stopped_advice"))
        return IngestReport(
            added=self.counts[Outcome.ADDED],
            updated=self.counts[Outcome.UPDATED],
            unchanged=self.counts[Outcome.UNCHANGED],
            skipped=tuple(sorted(self.skipped, key=lambda each: self.places.get(each.name, len(self.places)))),
            remarks=tuple(self.remarks),
            seconds=perf_counter() - started,
            timings=self.clock.seconds(),
            stopped=stopped,
        )

    def _pump(self) -> None:
        """Keep :data:`IN_FLIGHT` batches under way. After an error the others are still waited for and counted."""
        under_way: deque[Future[Settled]] = deque()
        error: LookalikeError | None = None
        workers = self.settings.ingest.workers
        with ThreadPoolExecutor(workers, "decode") as decoders, ThreadPoolExecutor(IN_FLIGHT, "store") as writers:
            putter = Putter(self.catalog, self.settings, self.tenant, self.clock, decoders)
            batches = self._batches()
            while error is None and (batch := next(batches, None)) is not None:
                under_way.append(writers.submit(putter.put, batch))
                if len(under_way) >= IN_FLIGHT:
                    error = self._settle(under_way.popleft())
            while under_way:
                error = self._settle(under_way.popleft()) or error
        if error is not None:
            raise error

    def _settle(self, future: Future[Settled]) -> LookalikeError | None:
        try:
            results = future.result()
        except LookalikeError as error:
            return error
        for result in results:
            if isinstance(result, Skipped):
                self._note(result)
            else:
                self.counts[result] += 1
        self._report_progress()
        return None

    def _batches(self) -> Iterator[list[Loaded]]:
        """Entries with their bytes, in batches; ends early when the run is cancelled."""
        batch: list[Loaded] = []
        size = 0
        for found in self.source:
            if self.cancel.is_set():
                return
            self.places.setdefault(text.line(found.label if isinstance(found, Entry) else found.name), len(self.places))
            if isinstance(found, Remark):
                self.remarks.append(found)
            elif isinstance(found, Skipped):
                self._note(found)
            elif (loaded := self._load(found)) is not None:
                batch.append(loaded)
                size += len(loaded.data)
            if len(batch) >= self.settings.encoder.batch_size or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
            elif perf_counter() - self.reported_at > QUIET_SECONDS:
                self._report_progress()
        self.exhausted = True
        if batch:
            yield batch
        self._report_progress()

    def _load(self, entry: Entry) -> Loaded | None:
        """The entry's bytes; None, with the reason noted, when it can't be read or came before."""
        with self.clock("read"):
            try:
                data = entry.read()
            except UserError as error:
                self._skip(entry, error.reason, error.advice)
                return None
            except OSError as error:
                self._skip(entry, Sentence("entry.unreadable", why=error.strerror), Sentence("entry.unreadable_advice"))
                return None
            name = content_hash(data)
        most = self.settings.images.max_bytes
        first = self.seen.setdefault(name, entry.label)
        if len(data) > most:
            self._skip(entry, Sentence("entry.too_large", most=most / 1e6), Sentence("entry.too_large_advice"))
        elif data and first != entry.label:
            self._skip(entry, Sentence("entry.same", first=first), Sentence("entry.same_advice"))
        else:
            self.remarks += [Remark(_tidy(entry.label), remark) for remark in entry.remarks]
            return Loaded(entry, data, name)
        return None

    def _skip(self, entry: Entry, reason: str, advice: str) -> None:
        self._note(Skipped(entry.label, reason, advice))

    def _note(self, skipped: Skipped) -> None:
        self.skipped.append(replace(skipped, name=_tidy(skipped.name)))

    def _report_progress(self) -> None:
        added, updated, unchanged = (self.counts[each] for each in (Outcome.ADDED, Outcome.UPDATED, Outcome.UNCHANGED))
        skipped = len(self.skipped)
        done = added + updated + unchanged + skipped
        self.reported_at = perf_counter()
        structlog.get_logger(__name__).debug("ingest_progress", tenant=self.tenant.key, done=done, total=self.total)
        if self.on_progress is not None:
            self.on_progress(IngestProgress(done, self.total, added, updated, unchanged, skipped))


def _tidy(name: str) -> str:
    """File names may hold anything; a report holds only what can be printed. A sentence is made of tidy names."""
    return name if isinstance(name, Sentence) else text.line(name)
