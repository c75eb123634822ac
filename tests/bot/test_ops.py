"""The three routes for whoever runs it, over real HTTP."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.ops import Metrics, routes
from core.models import LOCAL, Answer, Fallback, Hit, Item, Query, Ranking, Stage


async def _get(metrics: Metrics, checks: dict[str, bool], path: str) -> tuple[int, str, str]:
    async def check() -> dict[str, bool]:
        return checks

    app = web.Application()
    app.add_routes(routes(metrics, check))
    async with TestClient(TestServer(app)) as client:
        response = await client.get(path)
        return response.status, await response.text(), response.headers["Content-Type"]


async def test_alive_even_when_not_ready() -> None:
    assert (await _get(Metrics(), {"slack": False}, "/livez"))[:2] == (200, "ok\n")


async def test_ready_when_everything_works() -> None:
    assert (await _get(Metrics(), {"web": True, "index": True}, "/readyz"))[0] == 200


async def test_not_ready_names_what_is_missing() -> None:
    status, text, _ = await _get(Metrics(), {"web": True, "index": False}, "/readyz")
    assert status == 503
    assert text == "index: not ready\nweb: ok\n"


async def test_metrics_time_every_stage() -> None:
    metrics = Metrics()
    metrics.searched(
        Answer(
            Query(LOCAL, text="mug"),
            (Hit(Item(LOCAL, "a" * 64), 0.9),),
            Ranking((0,), fallback=Fallback.NO_KEY, repaired=2),
            timings={Stage.ENCODE: 0.02, Stage.SEARCH: 0.003},
        )
    )
    status, text, media_type = await _get(metrics, {}, "/metrics")
    assert status == 200
    assert media_type.startswith("text/plain")
    assert 'lookalike_stage_seconds_sum{stage="encode"} 0.02' in text
    assert 'lookalike_rankings_total{by="no_key"} 1.0' in text
    assert "lookalike_ranking_repairs_total 2.0" in text
