"""The workbench as an adapter: one aiohttp server with the page, its routes, and those of operations."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog
from aiohttp import hdrs, web

from bot.failures import explain
from bot.handler import Handler
from bot.ops import listen
from bot.web import inbound, security, tongue
from bot.web.asking import Asking
from bot.web.desk import Desk, Filling
from bot.web.examples import Examples
from bot.web.pictures import Pictures
from bot.web.replier import CATALOGUE
from bot.web.shelf import Shelf
from bot.web.talk import Talk
from bot.web.uploads import Uploads
from core.catalog import Catalog
from core.errors import LookalikeError, Unavailable
from core.history import History
from core.settings import Settings
from core.words import Words

STATIC = Path(__file__).parent / "static"


class WebAdapter:
    """Serves the page.

    Args:
        extra: routes beside the page's, which are not guarded: those of operations.
    """

    name = inbound.NAME

    def __init__(
        self,
        catalog: Catalog,
        history: History,
        settings: Settings,
        handler: Handler,
        extra: Sequence[web.RouteDef] = (),
    ) -> None:
        self._settings = settings.web
        self._handler = handler
        self._desk = Desk(catalog, history, settings, handler)
        self._uploads = Uploads(settings.data_dir / "uploads" / "page", settings)
        self._asking = Asking(self._desk, self._uploads)
        self._examples = Examples(catalog)
        self._runner = web.AppRunner(self._application(extra), access_log=None, shutdown_timeout=3)

    @property
    def url(self) -> str:
        """Where the page is, once started."""
        host = self._settings.host
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
        return f"http://{host}:{self.port}/"

    @property
    def port(self) -> int:
        """The port that is listened on, also where the settings leave it to the system."""
        return int(self._runner.addresses[0][1])

    def show_filling(self, done: int, total: int) -> None:
        """Show at the top of every page how far the sample catalogue is, and the products themselves."""
        self._desk.show_filling(Filling(done, total) if done < total else None)
        self._desk.channels.publish(CATALOGUE)

    async def start(self) -> None:
        """Listen.

        Raises:
            ConfigurationError: the address is not this machine's, or the port is taken.
        """
        await listen(self._runner, self._settings)
        self._examples.begin()
        structlog.get_logger(__name__).info("web.listening", url=self.url)

    async def stop(self) -> None:
        """Listen no more, let running requests answer, then end the streams."""
        if self.healthy():
            await next(iter(self._runner.sites)).stop()
        await self._handler.drain(self.name)
        await self._asking.finished()
        self._desk.channels.close()
        await self._runner.cleanup()
        await asyncio.to_thread(self._uploads.clear)

    async def resume(self, context: Mapping[str, Any]) -> None:
        """Take up a question or an upload of an earlier run."""
        await self._asking.resume(context)

    def healthy(self) -> bool:
        """Whether it listens."""
        return bool(self._runner.sites)

    def _application(self, extra: Sequence[web.RouteDef]) -> web.Application:
        exempt = frozenset(route.path for route in extra)
        checks = security.guard(self._settings.host, self._settings.allowed_hosts, exempt)
        application = web.Application(middlewares=[plain_errors, checks], client_max_size=1_000_000)
        application.on_response_prepare.append(security.set_headers)
        examples = self._examples
        talk = Talk(self._desk, self._uploads, self._asking, examples)
        rooms = (talk, Shelf(self._desk, self._uploads, self._asking), Pictures(self._desk))
        for room in rooms:
            application.add_routes(room.routes())
        application.add_routes(examples.routes())
        application.add_routes(extra)
        application.router.add_static("/static", STATIC)
        return application


@web.middleware
async def plain_errors(request: web.Request, handler: security.Handler) -> web.StreamResponse:
    """Errors as ``{"reason", "advice"}``, the shape that the page's scripts show."""
    try:
        response = await handler(request)
    except security.Refused as error:
        structlog.get_logger(__name__).warning("web.refused", path=request.path, status=error.status)
        return _json_error(error, error.status, tongue.words(request))
    except LookalikeError as error:
        return _json_error(error, 503 if isinstance(error, Unavailable) else 400, tongue.words(request))
    except web.HTTPException:
        raise
    except ConnectionError:
        raise
    except Exception as error:  # noqa: BLE001 - told in plain words; the trace is in the log
        failure = explain(error, tongue.words(request))
        advice = f"{failure.advice} ({failure.reference})"
        return web.json_response({"reason": failure.reason, "advice": advice}, status=500)
    if request.path.startswith("/static/"):
        response.headers[hdrs.CACHE_CONTROL] = "no-cache"
    return response


def _json_error(error: LookalikeError, status: int, words: Words) -> web.Response:
    return web.json_response({"reason": words.of(error.reason), "advice": words.of(error.advice)}, status=status)
