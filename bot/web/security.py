"""What keeps other sites and other names away from the page.

- Host: only known names are answered, because a hostile page can point its own name at this address
  (DNS rebinding). Numeric addresses can't be rebound; they are accepted where the server listens on them.
- Cross-site requests: every changing request needs the page's token, and an ``Origin`` of its own, where
  the browser sends one. The token is a hash of the session cookie, which no other site can read; so it
  outlives a restart without any secret on the server.
- Headers: no inline script, nothing from elsewhere, no framing, no sniffing.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Awaitable, Callable, Collection
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from bot.web import tongue
from core.errors import UserError

COOKIE = "lookalike"
TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105 - the name of a header
SAFE_METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
YEAR = 365 * 24 * 3600

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "Lookalike",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

SESSION: web.RequestKey[str] = web.RequestKey("session", str)
"""The session's public name: 16 hex digits, a hash of the cookie."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refused(UserError):
    """A request that the page's own code never sends. Becomes 403 or 421."""

    def __init__(self, reason: str, advice: str, status: int) -> None:
        super().__init__(reason, advice)
        self.status = status


def known_host(host: str, bound: str, allowed: Collection[str]) -> bool:
    """Whether the ``Host`` header (with or without a port) names this server.

    Args:
        bound: the address that the server listens on.
        allowed: further names from the settings.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    names = {"localhost", "127.0.0.1", "::1", bound.lower(), *(each.lower() for each in allowed)}
    if name in names:
        return True
    return _is_address(name) and not _is_loopback(bound)


def same_origin(origin: str, host: str) -> bool:
    """Whether an ``Origin`` header is this page's own, as told by the ``Host`` header that came with it."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def new_cookie() -> str:
    """128 random bits; whoever has them sees the conversation."""
    return secrets.token_urlsafe(16)


def session_name(cookie: str) -> str:
    """What the history knows a session by; the cookie can't be had from it."""
    return hashlib.blake2b(cookie.encode(), digest_size=8, person=b"session").hexdigest()


def csrf_token(cookie: str) -> str:
    """The token that the page carries and sends back in a header."""
    return hashlib.blake2b(cookie.encode(), digest_size=20, person=b"csrf").hexdigest()


def guard(bound: str, allowed: Collection[str], exempt: Collection[str]) -> Middleware:
    """The middleware that checks every request but those whose path is in ``exempt``, and sets the headers."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in exempt:
            return await handler(request)
        cookie = request.cookies.get(COOKIE, "")
        if not known_host(request.host, bound, allowed):
            words = tongue.words(request)
            raise Refused(words("web.wrong_host", host=request.host[:100]), words("web.wrong_host_advice"), 421)
        if request.method not in SAFE_METHODS:
            _check_origin(request, cookie)
        if cookie:
            request[SESSION] = session_name(cookie)
        return await handler(request)

    return check


def _check_origin(request: web.Request, cookie: str) -> None:
    origin = request.headers.get(hdrs.ORIGIN)
    token = request.headers.get(TOKEN_HEADER, "")
    genuine = (
        bool(cookie)
        and hmac.compare_digest(token.encode(), csrf_token(cookie).encode())
        and (origin is None or same_origin(origin, request.host))
        and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    )
    if not genuine:
        raise forged(request)


def forged(request: web.Request) -> Refused:
    """The refusal of a request that does not come from the page."""
    words = tongue.words(request)
    return Refused(words("web.forged"), words("web.forged_advice"), 403)


async def set_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Signal handler for ``on_response_prepare``, so that streams and errors carry the headers, too."""
    for name, value in HEADERS.items():
        response.headers[name] = value


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(bound: str) -> bool:
    return bound == "localhost" or (_is_address(bound) and ipaddress.ip_address(bound).is_loopback)
