"""How events come: over a websocket that the bot opens (Socket Mode), or as signed HTTP requests."""

from __future__ import annotations

from typing import Protocol

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from bot.slack.client import told, web_client
from core.errors import ConfigurationError

PATH = "/slack/events"
_PING = 5.0
"""Seconds between pings; a connection that is lost without a word is noticed and renewed after this."""


class Transport(Protocol):
    """Where events come from."""

    async def open(self) -> None:
        """Let events come. Raises ``ConfigurationError`` or ``Unavailable``."""
        ...

    async def close(self) -> None:
        """Take no more events."""
        ...

    def healthy(self) -> bool:
        """Whether events can come now."""
        ...


class Socket:
    """Socket Mode: slack-sdk's client pings, and reconnects by itself.

    https://docs.slack.dev/apis/events-api/using-socket-mode
    """

    def __init__(self, app: AsyncApp, token: str, base_url: str) -> None:
        self._token = token
        self._base_url = base_url
        self._app = app
        self._handler: AsyncSocketModeHandler | None = None

    async def open(self) -> None:
        """Connect. The token is tried first, since the client would try a wrong one for ever."""
        client = web_client(None, self._base_url)
        async with told("open a connection"):
            await client.apps_connections_open(app_token=self._token)
        self._handler = AsyncSocketModeHandler(self._app, self._token, web_client=client, ping_interval=_PING)
        await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Disconnect."""
        if self._handler is not None:
            await self._handler.close_async()  # type: ignore[no-untyped-call]

    def healthy(self) -> bool:
        """Whether the websocket is open."""
        session = self._handler.client.current_session if self._handler is not None else None
        return session is not None and not session.closed


class Http:
    """HTTP mode: Bolt checks each request's signature and age: https://docs.slack.dev/authentication/verifying-requests."""

    def __init__(self, app: AsyncApp, host: str, port: int) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Listen."""
        # Slack's bodies are small: files come as addresses.
        self._runner = web.AppRunner(self._app.web_app(path=PATH), access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            raise ConfigurationError(
                f"The address {self._host}:{self._port} can't be listened on ({error.strerror}).",
                "Choose another one with slack.host and slack.port.",
            ) from error

    async def close(self) -> None:
        """Listen no more; requests that are being acknowledged are let finish."""
        if self._runner is not None:
            await self._runner.cleanup()

    def healthy(self) -> bool:
        """Whether it listens."""
        return self._runner is not None and bool(self._runner.addresses)

    @property
    def port(self) -> int:
        """The port that it listens on, also when any free one was asked for."""
        assert self._runner is not None
        return int(self._runner.addresses[0][1])
