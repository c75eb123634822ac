"""Looks at everything that the program needs and says how to mend what fails, for ``python -m core doctor``."""

from __future__ import annotations

from core.doctor.examination import examine
from core.doctor.findings import Check, Finding, Level

__all__ = ["Check", "Finding", "Level", "examine"]
