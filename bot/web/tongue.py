"""The language of whoever sits at the browser."""

from __future__ import annotations

from aiohttp import hdrs, web

from bot import language
from core.words import Words


def locale(request: web.Request) -> str:
    """BCP 47 tag of the language that the browser asks for."""
    return language.accepted(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))


def words(request: web.Request) -> Words:
    """The fixed words in that language."""
    return Words(locale(request))
