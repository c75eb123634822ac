"""Files from addresses that people write. Nothing inside the network can be reached by way of the bot.

Every name is resolved here, and only public addresses are connected to: the check and the connection
use the same answer, so a name that changes between the two (DNS rebinding) gains nothing. Addresses are read by
the client's own parser, so that both mean the same host. Redirects are followed by hand, each checked like the first.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncGenerator, Callable
from posixpath import basename

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from bot.request import Attachment
from core.errors import Unavailable, UserError
from core.words import Sentence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
REDIRECTS = 4
TIMEOUT = aiohttp.ClientTimeout(total=300, connect=10, sock_read=20)
_AGENT = "Lookalike (product search bot)"

_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that was ever given out to the open internet: https://www.iana.org/assignments/ipv6-address-space."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_RESERVED = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("192.88.99.0/24"))
"""For translators and relays (RFC 6890, RFC 7526); Python counts some of these addresses as global."""
_DOCUMENTATION = ipaddress.IPv6Network("3fff::/20")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""The upper half of an interface identifier whose lower half is an IPv4 address (RFC 5214)."""


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet, also when an IPv4 address is wrapped into IPv6."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in each for each in _RESERVED)
    if (wrapped := _wrapped(address)) is not None:
        return is_public(wrapped)
    return address in _UNICAST and address not in _DOCUMENTATION and address.is_global


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that is reached through an IPv6 one: mapped, 6to4, NAT64 (RFC 6052) or ISATAP."""
    if address in _NAT64 or int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


class Downloader:
    """Downloads by address; :meth:`close` it at the end.

    Args:
        allowed: which addresses may be connected to.
    """

    def __init__(self, allowed: Callable[[Address], bool] = is_public) -> None:
        self._allowed = allowed
        self._session: aiohttp.ClientSession | None = None

    def attachment(self, url: str) -> Attachment:
        """The file behind an address, not yet downloaded.

        Raises:
            UserError: this is no ``http`` or ``https`` address.
        """
        parsed = self._check(url)
        name = basename(parsed.path) or parsed.host or "file"
        return Attachment(name[:200], lambda: self._stream(parsed))

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _stream(self, url: URL) -> AsyncGenerator[bytes, None]:
        session = self._open()
        try:
            for _ in range(REDIRECTS + 1):
                async with session.get(url, allow_redirects=False) as response:
                    if response.status in (301, 302, 303, 307, 308) and "Location" in response.headers:
                        url = self._check(response.headers["Location"], url)
                        continue
                    _check_status(response.status)
                    async for chunk in response.content.iter_chunked(64 * 1024):
                        yield chunk
                    return
        except aiohttp.InvalidURL as error:
            raise _no_address() from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, _Forbidden):
                raise _private() from error
            raise Unavailable(Sentence("download.silent"), Sentence("download.silent_advice")) from error
        raise UserError(Sentence("download.circles"), Sentence("download.file_itself_advice"))

    def _check(self, address: str, base: URL | None = None) -> URL:
        """The address as the client understands it: it turns ``①⑩。0.0.1`` into 10.0.0.1, for one.

        Args:
            base: where a redirect comes from; it may be relative.

        Raises:
            UserError: it is no web address, or a numeric one that is not allowed (those skip the resolver).
        """
        try:
            url = base.join(URL(address)) if base is not None else URL(address)
            host, _ = url.host, url.port
        except ValueError:
            url, host = URL(), None
        if not host or url.scheme not in ("http", "https") or url.user is not None:
            raise _no_address()
        try:
            numeric = ipaddress.ip_address(host)
        except ValueError:
            return url
        if not self._allowed(numeric):
            raise _private()
        return url

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=_Resolver(self._allowed), limit=8)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=TIMEOUT,
                headers={"User-Agent": _AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


class _Forbidden(OSError):
    """A name leads to forbidden addresses only; the kind of error that the client expects of a resolver."""


class _Resolver(AbstractResolver):
    """The system's resolver, whose forbidden answers are refused."""

    def __init__(self, allowed: Callable[[Address], bool]) -> None:
        self._allowed = allowed
        self._system = ThreadedResolver(loop=asyncio.get_running_loop())

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """All allowed addresses of ``host``."""
        found = await self._system.resolve(host, port, family)
        usable = [each for each in found if self._allowed(ipaddress.ip_address(each["host"].partition("%")[0]))]
        if not usable:
            raise _Forbidden(f"{host} has no address that may be reached")
        return usable

    async def close(self) -> None:
        """Let go of the system's resolver."""
        await self._system.close()


def _check_status(status: int) -> None:
    if status in (401, 403, 407):
        raise UserError(Sentence("download.sign_in"), Sentence("download.sign_in_advice"))
    if status in (404, 410):
        raise UserError(Sentence("download.nothing"), Sentence("download.nothing_advice"))
    if status >= 500:
        raise Unavailable(Sentence("download.error", status=status), Sentence("download.error_advice"))
    if status != 200:
        raise UserError(Sentence("download.status", status=status), Sentence("download.file_itself_advice"))


def _no_address() -> UserError:
    return UserError(Sentence("download.no_address"), Sentence("download.no_address_advice"))


def _private() -> UserError:
    return UserError(Sentence("download.private"), Sentence("download.private_advice"))
