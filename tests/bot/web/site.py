"""The page's server on real stores, and a visitor who speaks HTTP as the page's scripts do."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import aiohttp

from bot.web.adapter import WebAdapter
from core.settings import Settings
from tests.bot.house import House, house


class Visitor:
    """A browser without scripts: it keeps the cookie and the token, and reads the stream."""

    def __init__(self, url: str, accepts: str = "en") -> None:
        self.url = url.rstrip("/")
        headers = {"Accept-Language": accepts}
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), headers=headers)
        self.token = ""
        self.since = ""

    async def visit(self) -> str:
        """Open the page; returns its HTML."""
        async with self.http.get(self.url + "/") as response:
            assert response.status == 200
            html = await response.text()
        self.token = _found(r'name="csrf" content="([0-9a-f]+)"', html)
        self.since = _found(r'data-epoch="([^"]+)"', html)
        return html

    async def send(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """A changing request with the token; returns status and decoded body."""
        headers = {"X-CSRF-Token": self.token, **options.pop("headers", {})}
        async with self.http.request(method, self.url + path, headers=headers, **options) as response:
            text = await response.text()
            return response.status, json.loads(text) if text.startswith("{") else text

    async def get(self, path: str, **options: Any) -> tuple[int, Mapping[str, str], bytes]:
        """A reading request; returns status, headers and body."""
        async with self.http.get(self.url + path, allow_redirects=False, **options) as response:
            return response.status, response.headers, await response.read()

    async def ask(self, text: str = "", *photos: tuple[str, bytes], **fields: str) -> dict[str, str]:
        """Ask as the composer does; returns the ids of the post and its thread."""
        form = aiohttp.FormData({"text": text, **fields}, default_to_multipart=True)
        for name, data in photos:
            form.add_field("photo", data, filename=name, content_type="image/png")
        status, body = await self.send("POST", "/ask", data=form)
        assert status == 202, body
        return dict(body)

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """The events since the page was opened."""
        async with self.http.get(f"{self.url}/events", params={"since": self.since}) as response:
            assert response.content_type == "text/event-stream"
            yield _events(response)

    async def until(self, wanted: str, seconds: float = 20) -> list[dict[str, Any]]:
        """All events up to the first whose HTML holds ``wanted``."""
        seen = []
        async with asyncio.timeout(seconds), self.stream() as events:
            async for event in events:
                seen.append(event)
                if wanted in event.get("html", ""):
                    return seen
        raise AssertionError(f"no event held {wanted}")

    async def __aenter__(self) -> Self:
        await self.visit()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    async for line in response.content:
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, pattern
    return match[1]


class Site:
    """A running server."""

    def __init__(self, place: House, adapter: WebAdapter) -> None:
        self.place = place
        self.adapter = adapter

    def visitor(self, accepts: str = "en") -> Visitor:
        """A new visitor who reads these languages; enter it."""
        return Visitor(self.adapter.url, accepts)


@asynccontextmanager
async def site(folder: Path, web: Mapping[str, Any] | None = None, **values: Any) -> AsyncIterator[Site]:
    """A server on a free port; ``web`` and ``values`` are settings."""
    options = {"host": "127.0.0.1", "port": 0, **(web or {})}
    async with house(folder, web=options, **values) as place:
        settings = Settings(data_dir=folder, web=options, **values)  # type: ignore[arg-type]
        adapter = WebAdapter(place.catalog, place.history, settings, place.handler)
        await adapter.start()
        try:
            yield Site(place, adapter)
        finally:
            await adapter.stop()
