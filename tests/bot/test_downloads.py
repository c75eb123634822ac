"""Downloads by address: from a real server on this machine, and never from inside the network."""

from __future__ import annotations

import gzip
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.attachments import read
from bot.downloads import Address, Downloader, is_public
from core.errors import Unavailable, UserError


async def _file(_: web.Request) -> web.Response:
    return web.Response(body=b"x" * 1000)


async def _lies(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(10_000):
        await response.write(b"x" * 1000)
    return response


async def _breaks_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "5000"})
    await response.prepare(request)
    await response.write(b"x" * 1000)
    assert request.transport is not None
    request.transport.close()
    return response


async def _bomb(_: web.Request) -> web.Response:
    return web.Response(body=gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})


def _leads(place: str) -> web.Response:
    return web.Response(status=302, headers={"Location": place})


async def _away(request: web.Request) -> web.Response:
    return _leads(request.query["to"])


async def _circle(_: web.Request) -> web.Response:
    return _leads("/circle")


async def _status(request: web.Request) -> web.Response:
    return web.Response(status=int(request.match_info["status"]))


@asynccontextmanager
async def server() -> AsyncIterator[TestServer]:
    app = web.Application()
    app.add_routes(
        [
            web.get("/a/mugs.zip", _file),
            web.get("/lies", _lies),
            web.get("/short", _breaks_off),
            web.get("/bomb", _bomb),
            web.get("/away", _away),
            web.get("/circle", _circle),
            web.get("/{status}", _status),
        ]
    )
    async with TestServer(app) as running:
        yield running


@asynccontextmanager
async def downloader(*, local: bool = True) -> AsyncIterator[Downloader]:
    made = Downloader((lambda address: address.is_loopback) if local else is_public)
    try:
        yield made
    finally:
        await made.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:0001::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "::127.0.0.1",
        "::ffff:0:10.0.0.1",
        "2001:0:7f00:1::",
        "2606:4700::5efe:a00:1",
        "2606:4700::200:5efe:a00:1",
        "fec0::1",
        "100::1",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "192.0.0.8",
        "192.88.99.1",
        "198.18.0.1",
    ],
)
def test_what_is_inside_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "2606:2800:220:1:248:1893:25c8:1946",
        "::ffff:93.184.216.34",
        "64:ff9b::5db8:d822",
        "2002:5db8:d822::1",
    ],
)
def test_what_is_outside_is(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


async def test_a_file_comes_with_its_name() -> None:
    async with server() as running, downloader() as made:
        attachment = made.attachment(str(running.make_url("/a/mugs.zip?token=1")))
        assert attachment.name == "mugs.zip"
        assert await read(attachment, 5000) == b"x" * 1000


async def test_redirects_are_followed_and_checked() -> None:
    async with server() as running, downloader() as made:
        target = str(running.make_url("/a/mugs.zip"))
        there = made.attachment(str(running.make_url("/away").with_query(to=target)))
        assert len(await read(there, 5000)) == 1000
        for inside in ("http://10.0.0.1/x", "file:///etc/passwd", "http://[::ffff:10.0.0.1]/", "gopher://127.0.0.1/"):
            bad = made.attachment(str(running.make_url("/away").with_query(to=inside)))
            with pytest.raises(UserError):
                await read(bad, 5000)
        circle = made.attachment(str(running.make_url("/circle")))
        with pytest.raises(UserError, match="circles"):
            await read(circle, 5000)


async def test_nothing_inside_is_reached_by_number_or_by_name() -> None:
    async with server() as running, downloader(local=False) as made:
        with pytest.raises(UserError, match="not on the open internet"):
            made.attachment(str(running.make_url("/a/mugs.zip")))
        by_name = made.attachment(f"http://localhost:{running.port}/a/mugs.zip")
        with pytest.raises(UserError, match="not on the open internet"):
            await read(by_name, 5000)


@pytest.mark.parametrize("host", ["①②⑦.0.0.1", "127。0。0。1", "127.1", "2130706433", "0x7f000001", "[::127.0.0.1]"])
async def test_no_other_spelling_leads_inside(host: str) -> None:
    async with server() as running, downloader(local=False) as made:
        with pytest.raises(UserError):
            await read(made.attachment(f"http://{host}:{running.port}/a/mugs.zip"), 5000)


async def test_the_address_that_was_checked_is_the_one_that_is_connected_to() -> None:
    asked: list[Address] = []

    def allowed(address: Address) -> bool:
        asked.append(address)
        return address.is_loopback

    async with server() as running:
        made = Downloader(allowed)
        await read(made.attachment(f"http://localhost:{running.port}/a/mugs.zip"), 5000)
        await made.close()
    assert ipaddress.ip_address("127.0.0.1") in asked


async def test_the_cap_holds_while_the_bytes_come() -> None:
    async with server() as running, downloader() as made:
        for path in ("/lies", "/bomb"):
            with pytest.raises(UserError, match="larger than"):
                await read(made.attachment(str(running.make_url(path))), 1_000_000)


async def test_half_a_file_is_none() -> None:
    async with server() as running, downloader() as made:
        with pytest.raises(Unavailable):
            await read(made.attachment(str(running.make_url("/short"))), 1_000_000)


@pytest.mark.parametrize(
    ("status", "kind"), [(401, UserError), (404, UserError), (418, UserError), (500, Unavailable), (503, Unavailable)]
)
async def test_statuses_become_reasons(status: int, kind: type[Exception]) -> None:
    async with server() as running, downloader() as made:
        with pytest.raises(kind):
            await read(made.attachment(str(running.make_url(f"/{status}"))), 5000)


async def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with downloader() as made:
        with pytest.raises(Unavailable):
            await read(made.attachment(f"http://127.0.0.1:{port}/x.zip"), 5000)


@pytest.mark.parametrize(
    "text", ["", "mugs.zip", "ftp://a.example/x", "http://", "https://user:pw@a.example/", "http://[::1"]
)
async def test_what_is_no_address(text: str) -> None:
    async with downloader() as made:
        with pytest.raises(UserError):
            made.attachment(text)
