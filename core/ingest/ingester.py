"""From a source to the catalogue: read → decode in threads → put in batches → report.

Reading and hashing happen in the calling thread, in the source's order. A batch then goes to a writing
thread, which asks the catalogue what it knows already, has the rest decoded by the decoding threads and
puts it; two batches are under way at once, so that one is encoded while the other is decoded or stored.

What counts as done was put, and so is in all three stores. A picture that is known with the same details
is neither decoded nor encoded again, which makes a second run cheap, and a run after a crash a continuation.
"""

from __future__ import annotations

import threading
from contextlib import nullcontext
from dataclasses import replace

import structlog

from core.catalog import Catalog
from core.errors import LookalikeError
from core.ingest.entries import Source
from core.ingest.run import OnProgress, Run
from core.models import IngestReport, Tenant
from core.settings import Settings


class Ingester:
    """Brings sources into a catalogue. One run after another or several at once, from any thread."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self._catalog = catalog
        self._settings = settings

    def run(
        self,
        source: Source,
        tenant: Tenant,
        on_progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
        *,
        alone: bool = False,
    ) -> IngestReport:
        """Ingest all of ``source``. The caller closes it.

        Args:
            on_progress: called in this thread after each batch, and from time to time in between.
            cancel: when set, the batches in hand are finished and the run ends; the report says so.
            alone: nobody searches meanwhile, so that the index need not be kept quick for them.

        Returns:
            The report. A dependency that fails ends the run early and is named in ``stopped``; what was
            stored before is counted.
        """
        run = Run(self._catalog, self._settings, source, tenant, on_progress, cancel or threading.Event())
        report: IngestReport | None = None
        try:
            with self._catalog.bulk() if alone else nullcontext():
                report = run.execute()
        except LookalikeError as error:
            if report is None:
                raise
            report = replace(report, stopped=report.stopped or error)  # flushing failed: the figures count all the same
        structlog.get_logger(__name__).info(
            "ingest_finished",
            tenant=tenant.key,
            added=report.added,
            updated=report.updated,
            unchanged=report.unchanged,
            skipped=len(report.skipped),
            seconds=round(report.seconds, 3),
            stopped=type(report.stopped).__name__ if report.stopped else None,
        )
        return report
