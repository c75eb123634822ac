"""For whoever runs it: ``/livez``, ``/readyz`` and ``/metrics`` in Prometheus' text format.

``/livez`` says that the event loop turns; ``/readyz`` that every adapter is connected and the stores
answer (503 otherwise, with one line for each that does not); ``/metrics`` what was done and how long it took.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from core.errors import ConfigurationError
from core.models import Answer
from core.settings import WebSettings

Checks = Callable[[], Awaitable[Mapping[str, bool]]]
"""Names of what must work, and whether it does."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """What is counted and timed. One registry for each instance, so that two programs in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "lookalike_requests_total",
            "Requests by platform, intent and outcome (sent, refused, failed, silent, repeated).",
            ("platform", "intent", "outcome"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "lookalike_request_seconds",
            "Seconds from submission to reply.",
            ("platform", "intent"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.running = Gauge("lookalike_requests_running", "Requests in work now.", registry=self.registry)
        self.stages = Histogram(
            "lookalike_stage_seconds",
            "Seconds of each stage of a search.",
            ("stage",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.rankings = Counter(
            "lookalike_rankings_total",
            "Searches by what ordered the candidates: the ranking model, or why it was not used.",
            ("by",),
            registry=self.registry,
        )
        self.repaired = Counter(
            "lookalike_ranking_repairs_total", "Indices of the ranking model that were mended.", registry=self.registry
        )
        self.tokens = Counter(
            "lookalike_ranking_tokens_total", "Tokens that the ranking model used.", ("kind",), registry=self.registry
        )

    def searched(self, answer: Answer) -> None:
        """Count one search."""
        for stage, seconds in answer.timings.items():
            self.stages.labels(stage.value).observe(seconds)
        if not answer.hits:
            return
        ranking = answer.ranking
        self.rankings.labels(ranking.fallback.value if ranking.fallback else "model").inc()
        self.repaired.inc(ranking.repaired)
        self.tokens.labels("prompt").inc(ranking.prompt_tokens)
        self.tokens.labels("completion").inc(ranking.completion_tokens)


def routes(metrics: Metrics, checks: Checks) -> tuple[web.RouteDef, ...]:
    """The three routes; they need no cookie and tell nothing about what was asked."""

    async def livez(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        results = await checks()
        lines = "".join(f"{name}: {'ok' if well else 'not ready'}\n" for name, well in sorted(results.items()))
        return web.Response(text=lines, status=200 if all(results.values()) else 503)

    async def exposition(_: web.Request) -> web.Response:
        # The media type carries parameters, which aiohttp only takes in the header itself.
        return web.Response(body=generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return (web.get("/livez", livez), web.get("/readyz", readyz), web.get("/metrics", exposition))


class OpsServer:
    """The three routes alone, for programs without the web workbench, at the address that it would have."""

    name = "operations"

    def __init__(self, settings: WebSettings, operations: Sequence[web.RouteDef]) -> None:
        self._settings = settings
        application = web.Application()
        application.add_routes(operations)
        self._runner = web.AppRunner(application, access_log=None)

    async def start(self) -> None:
        """Listen. Raises ``ConfigurationError`` when the address or port can't be had."""
        await listen(self._runner, self._settings)

    async def stop(self) -> None:
        """Listen no more."""
        await self._runner.cleanup()

    def healthy(self) -> bool:
        """Whether it listens."""
        return bool(self._runner.sites)


async def listen(runner: web.AppRunner, settings: WebSettings) -> None:
    """Serve ``runner``'s application where the settings say.

    Raises:
        ConfigurationError: the address is not this machine's, or the port is taken.
    """
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        await site.start()
    except OSError as error:
        raise ConfigurationError(
            f"Nothing can be served at {settings.host}, port {settings.port}: {error.strerror}.",
            "Stop the program that uses the port, or choose another one with LOOKALIKE_WEB__PORT.",
        ) from error
