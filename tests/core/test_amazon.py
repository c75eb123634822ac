"""The tutorial's archive, fetched over real HTTP from local servers that behave badly."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import tarfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.amazon import NAME, fetch
from core.download import Retries, download
from core.errors import Unavailable

FAST = Retries(limit=3, pause=0.01)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def archive() -> bytes:
    """A .tar.gz of two incompressible files, large enough to break off inside."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name in ("images/1.jpg", "leopard.jpg"):
            content = os.urandom(400_000)
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


class Release:
    """A file server that counts, and that can be told to misbehave."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.etag = '"v1"'
        self.ranges = True
        self.break_after: list[int] = []
        """For each coming answer: after how many bytes the connection is cut."""
        self.statuses: list[int] = []
        """For each coming answer: a status to answer with instead."""
        self.seen: list[str] = []
        """The Range header of each request, or an empty string."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request.headers.get("Range", ""))
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        start = 0
        wanted = request.headers.get("Range", "")
        if self.ranges and wanted and request.headers.get("If-Range") == self.etag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(self.data):
                return web.Response(status=416, headers={"Content-Range": f"bytes */{len(self.data)}"})
        body = self.data[start:]
        headers = {"ETag": self.etag, "Content-Length": str(len(body))}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"
        response = web.StreamResponse(status=206 if start else 200, headers=headers)
        await response.prepare(request)
        if self.break_after:
            await response.write(body[: self.break_after.pop(0)])
            await asyncio.sleep(0.1)  # the client drops what it has not read when the connection goes
            assert request.transport is not None
            request.transport.close()
            return response
        await response.write(body)
        return response


@pytest.fixture
def release() -> Release:
    return Release(archive())


@pytest.fixture
async def url(release: Release) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/data/" + NAME, release.handle)

    async def away(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/data/" + NAME)

    app.router.add_get("/moved/" + NAME, away)
    async with TestServer(app) as server:
        yield str(server.make_url("/data"))


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_the_archive_arrives_with_progress(url: str, release: Release, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = await fetch(tmp_path / "new", base_url=url, on_progress=lambda *now: seen.append(now))
    assert path.read_bytes() == release.data
    assert leftovers(path.parent) == [NAME]
    assert seen[0] == (0, len(release.data))
    assert seen[-1] == (len(release.data), len(release.data))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


async def test_what_is_there_is_not_fetched_again(url: str, release: Release, tmp_path: Path) -> None:
    await fetch(tmp_path, base_url=url)
    await fetch(tmp_path, base_url=url)
    assert len(release.seen) == 1


async def test_redirects_are_followed(url: str, release: Release, tmp_path: Path) -> None:
    path = await fetch(tmp_path, base_url=url.replace("/data", "/moved"))
    assert path.read_bytes() == release.data


async def test_a_broken_connection_is_resumed_where_it_broke(url: str, release: Release, tmp_path: Path) -> None:
    release.break_after = [300_000, 200_000]
    path = await fetch(tmp_path, base_url=url, retries=FAST)
    assert path.read_bytes() == release.data
    starts = [int(wanted.removeprefix("bytes=").rstrip("-")) for wanted in release.seen[1:]]
    assert len(starts) == 2
    assert 0 < starts[0] <= 300_000 < starts[1] <= 500_000


async def test_a_later_run_goes_on(url: str, release: Release, tmp_path: Path) -> None:
    release.break_after = [500_000, 0, 0, 0]
    with pytest.raises(Unavailable, match="broke off") as caught:
        await fetch(tmp_path, base_url=url, retries=FAST)
    assert "goes on where it stopped" in caught.value.advice
    assert leftovers(tmp_path) == [NAME + ".part", NAME + ".part.tag"]
    release.seen.clear()
    release.break_after = []
    path = await fetch(tmp_path, base_url=url, retries=FAST)
    assert path.read_bytes() == release.data
    assert release.seen[0].startswith("bytes=")
    assert leftovers(tmp_path) == [NAME]


async def test_a_file_that_changed_meanwhile_is_fetched_anew(url: str, release: Release, tmp_path: Path) -> None:
    release.break_after = [500_000, 0, 0, 0]
    with pytest.raises(Unavailable):
        await fetch(tmp_path, base_url=url, retries=FAST)
    release.break_after = []
    release.data, release.etag = archive(), '"v2"'
    path = await fetch(tmp_path, base_url=url, retries=FAST)
    assert path.read_bytes() == release.data


@pytest.mark.parametrize(("ranges", "etag"), [(False, '"v1"'), (True, 'W/"weak"'), (True, "")])
async def test_without_range_support_it_starts_over(
    url: str, release: Release, tmp_path: Path, ranges: bool, etag: str
) -> None:
    release.ranges, release.etag = ranges, etag
    release.break_after = [500_000]
    path = await fetch(tmp_path, base_url=url, retries=FAST)
    assert path.read_bytes() == release.data


async def test_all_was_here_but_the_name(url: str, release: Release, tmp_path: Path) -> None:
    """Killed between the last byte and the renaming: the server answers 416."""
    (tmp_path / (NAME + ".part")).write_bytes(release.data)
    (tmp_path / (NAME + ".part.tag")).write_text(release.etag)
    path = await fetch(tmp_path, base_url=url, retries=FAST)
    assert path.read_bytes() == release.data
    assert len(release.seen) == 1


async def test_more_is_here_than_there_is(url: str, release: Release, tmp_path: Path) -> None:
    (tmp_path / (NAME + ".part")).write_bytes(release.data + b"more")
    (tmp_path / (NAME + ".part.tag")).write_text(release.etag)
    path = await fetch(tmp_path, base_url=url, retries=FAST)
    assert path.read_bytes() == release.data


async def test_a_busy_server_is_asked_again(url: str, release: Release, tmp_path: Path) -> None:
    release.statuses = [503, 429]
    path = await fetch(tmp_path, base_url=url, retries=FAST)
    assert path.read_bytes() == release.data
    release.statuses = [503] * 9
    path.unlink()
    with pytest.raises(Unavailable, match="busy"):
        await fetch(tmp_path, base_url=url, retries=FAST)


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_what_is_not_there_is_said_at_once(url: str, release: Release, tmp_path: Path, status: int) -> None:
    release.statuses = [status]
    with pytest.raises(Unavailable, match=rf"HTTP {status}"):
        await fetch(tmp_path, base_url=url, retries=FAST)
    assert len(release.seen) == 1


async def test_a_folder_that_cannot_take_it_is_told(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"can't be stored in .*: not a directory"):
        await fetch(tmp_path / "file" / "samples", base_url=url, retries=FAST)
    (tmp_path / f"{NAME}.part").mkdir()
    with pytest.raises(Unavailable, match=r"can't be stored in .*: is a directory"):
        await fetch(tmp_path, base_url=url, retries=FAST)


async def test_nobody_listens(tmp_path: Path, unused_tcp_port: int) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        await fetch(tmp_path, base_url=f"http://127.0.0.1:{unused_tcp_port}", retries=FAST)


async def test_a_silent_server(tmp_path: Path) -> None:
    async def silence(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"\x1f\x8b")
        while request.transport is not None and not request.transport.is_closing():
            await asyncio.sleep(0.02)
        return response

    app = web.Application()
    app.router.add_get("/file", silence)
    async with TestServer(app) as server:
        with pytest.raises(Unavailable, match="in time"):
            await download(
                str(server.make_url("/file")),
                tmp_path / "file",
                max_bytes=10_000,
                retries=FAST,
                timeout=aiohttp.ClientTimeout(sock_read=0.1),
            )


async def test_a_sign_in_page_is_not_the_archive(url: str, release: Release, tmp_path: Path) -> None:
    release.data = b"<html><body>Welcome to the hotel's network</body></html>"
    with pytest.raises(Unavailable, match="something else"):
        await fetch(tmp_path, base_url=url, retries=FAST)
    assert leftovers(tmp_path) == []


async def test_a_damaged_archive_is_not_kept(url: str, release: Release, tmp_path: Path) -> None:
    whole = release.data
    release.data = whole[:400_000] + bytes([whole[400_000] ^ 1]) + whole[400_001:]
    with pytest.raises(Unavailable, match="damaged"):
        await fetch(tmp_path, base_url=url, retries=FAST)
    assert leftovers(tmp_path) == []
    release.data = gzip.compress(b"x" * 1000)[:-9]
    with pytest.raises(Unavailable, match="damaged"):
        await fetch(tmp_path, base_url=url, retries=FAST)


@pytest.mark.parametrize("announced", [True, False])
async def test_more_than_expected_is_refused(tmp_path: Path, announced: bool) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "5000000"} if announced else {})
        await response.prepare(request)
        for _ in range(50):
            await response.write(bytes(100_000))
        return response

    app = web.Application()
    app.router.add_get("/file", endless)
    async with TestServer(app) as server:
        with pytest.raises(Unavailable, match="larger than 1 MB"):
            await download(str(server.make_url("/file")), tmp_path / "file", max_bytes=1_000_000, retries=FAST)
    assert leftovers(tmp_path) == []
