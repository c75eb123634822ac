"""How products come into the catalogue: sources (folder, archive, manifest, uploads) → one stream → report."""

from __future__ import annotations

from core.ingest.entries import Details, Entry, Source
from core.ingest.ingester import Ingester
from core.ingest.run import IngestProgress
from core.ingest.sources import open_source, open_uploads
from core.ingest.uploads import Upload

__all__ = ["Details", "Entry", "IngestProgress", "Ingester", "Source", "Upload", "open_source", "open_uploads"]
