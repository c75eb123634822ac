"""Builders of requests for the tests of ``bot``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.request import Request
from core.models import LOCAL

BASE = Request(tenant=LOCAL, platform="test", conversation="test:thread-1", message="test:post-1", user="test:ann")


def ask(text: str = "", **changes: Any) -> Request:
    """A direct request by Ann."""
    return replace(BASE, text=text, **changes)
