"""Fetching one large file over HTTP: resumes where it stopped, and never leaves half a file under its name.

What came so far lies beside the target as ``NAME.part``, with the server's entity tag in ``NAME.part.tag``:
a file that changed on the server meanwhile is fetched anew, not glued together (RFC 9110, 13.1.5 and 14).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import structlog

from core.errors import Unavailable
from core.partial import Part

OnProgress = Callable[[int, int | None], None]
"""Called with (bytes here so far, bytes in all or None where the server does not say)."""

_CHUNK = 256 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=30)
_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_ADVICE = "Check the connection and run the same command again: it goes on where it stopped."


@dataclass(frozen=True, slots=True)
class Retries:
    """How stubborn a download is: ``limit`` failures in a row without a single new byte end it.

    ``pause`` is the wait after the first failure in seconds; it doubles each time.
    """

    limit: int = 5
    pause: float = 1.0


class _Interrupted(Exception):
    """Worth another try. The text says why, in words for a person."""


async def download(
    url: str,
    target: Path,
    *,
    max_bytes: int,
    magic: bytes = b"",
    on_progress: OnProgress | None = None,
    retries: Retries | None = None,
    timeout: aiohttp.ClientTimeout = _TIMEOUT,  # noqa: ASYNC109 - per read, handed to aiohttp
) -> Path:
    """Fetch ``url`` into ``target``; at once where it is there already.

    Args:
        url: ``http`` or ``https``; redirects are followed, but never from ``https`` to ``http``.
        target: where the finished file appears, in one step. Its folder is made.
        max_bytes: more than this is refused, whatever size was announced.
        magic: the bytes with which the file must start, so that a sign-in page is not taken for it.
        on_progress: called on the event loop after each piece.

    Raises:
        Unavailable: it cannot be reached, is not there, is too large, is something else, or cannot be stored.
    """
    try:
        if not await asyncio.to_thread(target.exists):
            await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
            fetch = _Fetch(url, Part(target), max_bytes, magic, on_progress or (lambda *_: None))
            await _stubbornly(fetch, retries or Retries(), timeout)
            await asyncio.to_thread(fetch.part.finish)
    except OSError as error:
        raise Unavailable(
            f"{target.name} can't be stored in {target.parent}: {(error.strerror or type(error).__name__).lower()}.",
            "Make room there, or make it writable, and run the same command again.",
        ) from error
    return target


async def _stubbornly(fetch: _Fetch, policy: Retries, timeout: aiohttp.ClientTimeout) -> None:  # noqa: ASYNC109
    part, failures = fetch.part, 0
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
        while True:
            before = part.size
            try:
                await fetch.once(session)
                break
            except (_Interrupted, aiohttp.ClientError, TimeoutError) as error:
                failures = 1 if part.size > before else failures + 1
                structlog.get_logger(__name__).info("download_interrupted", error=type(error).__name__, have=part.size)
                if failures >= policy.limit:
                    raise Unavailable(f"The download of {part.target.name} failed: {_why(error)}.", _ADVICE) from error
                await asyncio.sleep(policy.pause * 2 ** (failures - 1))


def _why(error: Exception) -> str:
    if isinstance(error, _Interrupted):
        return str(error)
    if isinstance(error, aiohttp.ServerTimeoutError | TimeoutError):
        return "the server does not answer in time"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"the server {error.host} cannot be reached"
    return "the connection broke off"


@dataclass(frozen=True, slots=True)
class _Fetch:
    url: str
    part: Part
    max_bytes: int
    magic: bytes
    on_progress: OnProgress

    async def once(self, session: aiohttp.ClientSession) -> None:
        """Ask for what is missing and append it. Returns when all is here."""
        have, headers = self.part.size, {"Accept-Encoding": "identity"}
        if have and self.part.tag:
            headers |= {"Range": f"bytes={have}-", "If-Range": self.part.tag}
        else:
            have = 0
        async with session.get(self.url, headers=headers, max_redirects=5) as response:
            self._check_way(response)
            if response.status == 416:
                if _total(response) == have:
                    return
                self.part.drop()
                raise _Interrupted("the server's file does not fit what is here")
            self._check_status(response)
            resumed = response.status == 206 and _first(response) == have
            if response.status == 206 and not resumed:
                self.part.drop()
                raise _Interrupted("the server sent another piece than was asked for")
            start = have if resumed else 0
            total = None if response.content_length is None else start + response.content_length
            self._check_size(total or 0)
            await self._receive(response, start, total)

    async def _receive(self, response: aiohttp.ClientResponse, start: int, total: int | None) -> None:
        tag = response.headers.get("ETag", "")
        file = (
            await asyncio.to_thread(self.part.path.open, "ab")
            if start
            else await asyncio.to_thread(self.part.begin, _strong(tag))
        )
        with file:
            have = start
            self.on_progress(have, total)
            async for piece in response.content.iter_chunked(_CHUNK):
                if have == 0 and not piece.startswith(self.magic[: len(piece)]):
                    self.part.drop()
                    raise Unavailable(
                        f"What came instead of {self.part.target.name} is something else, perhaps a sign-in page.",
                        "Check that the network lets downloads from github.com through.",
                    )
                have += len(piece)
                self._check_size(have)
                await asyncio.to_thread(file.write, piece)
                self.on_progress(have, total)
        if total is not None and have < total:
            raise _Interrupted("the connection broke off")

    def _check_way(self, response: aiohttp.ClientResponse) -> None:
        if self.url.startswith("https:") and response.url.scheme != "https":
            raise Unavailable("The download was redirected to an unprotected address.", "Try another network.")

    def _check_status(self, response: aiohttp.ClientResponse) -> None:
        if response.status in _AGAIN:
            raise _Interrupted(f"the server is busy (HTTP {response.status})")
        if response.status not in {200, 206}:
            raise Unavailable(
                f"{self.part.target.name} cannot be had from {response.url.host} (HTTP {response.status}).",
                "See whether the address still exists, or fetch the file by hand and ingest it.",
            )

    def _check_size(self, count: int) -> None:
        if count > self.max_bytes:
            self.part.drop()
            raise Unavailable(
                f"{self.part.target.name} is larger than {self.max_bytes // 1_000_000:,} MB.",
                "This is not the file that was expected; nothing was kept.",
            )


def _strong(tag: str) -> str:
    """Weak tags do not promise equal bytes, so they are no ground to go on from."""
    return "" if tag.startswith("W/") else tag


def _first(response: aiohttp.ClientResponse) -> int | None:
    """Where a partial answer begins: ``Content-Range: bytes 100-199/200``."""
    piece = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(piece) if piece.isdecimal() else None


def _total(response: aiohttp.ClientResponse) -> int | None:
    """How large the whole is, from ``Content-Range: bytes */200``."""
    size = response.headers.get("Content-Range", "").rpartition("/")[2]
    return int(size) if size.isdecimal() else None
