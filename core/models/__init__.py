"""The nouns of the program, all frozen: what is handed from one step to the next."""

from __future__ import annotations

from core.models.ingests import IngestReport, Outcome, Remark, Skipped
from core.models.products import LOCAL, Item, Picture, Tenant
from core.models.searches import Answer, Fallback, Filters, Hit, Progress, Query, Ranking, Stage

__all__ = [
    "LOCAL",
    "Answer",
    "Fallback",
    "Filters",
    "Hit",
    "IngestReport",
    "Item",
    "Outcome",
    "Picture",
    "Progress",
    "Query",
    "Ranking",
    "Remark",
    "Skipped",
    "Stage",
    "Tenant",
]
