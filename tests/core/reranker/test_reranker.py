"""The ranking model over real HTTP, with the real openai client, in good days and bad ones."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr
from structlog.testing import capture_logs

from core.errors import ConfigurationError, Unavailable
from core.models import LOCAL, Fallback, Hit, Item, Query, Ranking, Tenant
from core.reranker import Reranker
from core.reranker.budget import Allowance, Budget
from core.settings import RerankerSettings
from tests.fakes.openai_server import OpenAIServer, drops, hangs, ranking, raw, refuses, says, status

QUERY = Query(LOCAL, text="mug like this", locale="de")
HITS = tuple(
    Hit(Item(LOCAL, str(number) * 64, title=f"Mug {number}", price=10.0 + number, category="mug"), 1 - number / 10)
    for number in range(1, 5)
)
RETRIEVAL_ORDER = (0, 1, 2, 3)
SECRET = "sk-very-secret-0123456789"


def panorama() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1200, 900), "white").save(file, "JPEG")
    return file.getvalue()


PANORAMA = panorama()


@asynccontextmanager
async def service(**options: Any) -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(**options) as server:
        yield server


@asynccontextmanager
async def reranker(server: OpenAIServer, budget: Budget | None = None, **changes: Any) -> AsyncIterator[Reranker]:
    subject = Reranker(server.settings(**changes), budget)
    yield subject
    await subject.close()


async def rank(server: OpenAIServer, **changes: Any) -> Ranking:
    async with reranker(server, **changes) as subject:
        return await subject.rank(QUERY, HITS, PANORAMA)


async def test_ranks_with_a_reason() -> None:
    async with service() as server:
        result = await rank(server)
        assert result == Ranking((3, 2, 1, 0), "Number 4 fits best.", None, 0, True, "gpt-4o", 1_300, 60)
        (call,) = server.calls
        assert call.form == "json_schema"
        assert call.instruction == "mug like this"
        assert [line["title"] for line in call.candidates] == ["Mug 1", "Mug 2", "Mug 3", "Mug 4"]
        assert call.panorama.size == (1200, 900)
        assert "in German" in call.system
        assert server.problems == []


async def test_mends_what_the_model_ranks_and_counts_it() -> None:
    async with service(default=ranking([9, 2, 2, 1])) as server:
        result = await rank(server)
        assert (result.order, result.repaired) == ((1, 0, 2, 3), 4)


async def test_tells_that_nothing_satisfies() -> None:
    async with service(default=ranking([2, 1, 3, 4], "There are only mugs.", satisfied=False)) as server:
        result = await rank(server)
        assert (result.satisfied, result.reason, result.fallback) == (False, "There are only mugs.", None)


async def test_one_candidate_and_none() -> None:
    async with service() as server, reranker(server) as subject:
        assert (await subject.rank(QUERY, HITS[:1], PANORAMA)).order == (0,)
        assert (await subject.rank(QUERY, (), b"")).order == ()
        assert server.requests == 1


@pytest.mark.parametrize(
    ("behaviour", "fallback"),
    [
        (refuses(), Fallback.REFUSED),
        (says("I'm sorry, but I can't help with that."), Fallback.REFUSED),
        (says(None, finish="content_filter"), Fallback.REFUSED),
        (status(400, "The response was filtered", code="content_filter"), Fallback.REFUSED),
        (says("They are all very nice."), Fallback.GARBLED),
        (says('{"ranking": [17, 99], "reason": "no such"}'), Fallback.GARBLED),
        (says(""), Fallback.GARBLED),
        (says(None, finish="length"), Fallback.GARBLED),
        (raw(b"{}"), Fallback.GARBLED),
        (raw(b'{"choices": []}'), Fallback.GARBLED),
        (raw(b'{"choices": [{"message": null}]}'), Fallback.GARBLED),
        (raw(b'{"choices": [{'), Fallback.GARBLED),
        (raw(b"<html>Sign in to the Wi-Fi</html>", "text/html"), Fallback.GARBLED),
        (status(401, "no such key"), Fallback.UNAVAILABLE),
        (status(404, "no such model", code="model_not_found"), Fallback.UNAVAILABLE),
        (status(413, "too large"), Fallback.UNAVAILABLE),
    ],
)
async def test_falls_back_without_asking_again(behaviour: Any, fallback: Fallback) -> None:
    async with service(default=behaviour) as server:
        result = await rank(server, retries=2)
        assert result == Ranking(RETRIEVAL_ORDER, fallback=fallback)
        assert server.requests == 1


@pytest.mark.parametrize(
    ("behaviour", "fallback"),
    [
        (status(429, "slow down", headers={"retry-after-ms": "20"}), Fallback.RATE_LIMITED),
        (status(500, headers={"retry-after-ms": "20"}), Fallback.UNAVAILABLE),
        (status(503, headers={"retry-after-ms": "20"}), Fallback.UNAVAILABLE),
        (drops(), Fallback.UNAVAILABLE),
    ],
)
async def test_tries_as_often_as_the_settings_say(behaviour: Any, fallback: Fallback) -> None:
    async with service(default=behaviour) as server:
        result = await rank(server, retries=1)
        assert result == Ranking(RETRIEVAL_ORDER, fallback=fallback)
        assert server.requests == 2


async def test_a_second_try_may_succeed() -> None:
    async with service() as server:
        server.script.extend([status(503, headers={"retry-after-ms": "20"}), drops()])
        result = await rank(server, retries=2)
        assert result.fallback is None
        assert server.requests == 3


@pytest.mark.parametrize(
    ("behaviour", "fallback"),
    [
        (hangs(), Fallback.TIMEOUT),
        (status(429, headers={"retry-after": "30"}), Fallback.RATE_LIMITED),
        (status(503, headers={"retry-after": "30"}), Fallback.UNAVAILABLE),
    ],
)
async def test_keeps_the_deadline_whatever_the_service_does(behaviour: Any, fallback: Fallback) -> None:
    async with service(default=behaviour) as server:
        started = time.monotonic()
        result = await rank(server, timeout=0.5, retries=5)
        assert time.monotonic() - started < 5
        assert result == Ranking(RETRIEVAL_ORDER, fallback=fallback)


async def test_nobody_listens() -> None:
    async with service() as server:
        gone = server.settings(retries=0)
    subject = Reranker(gone)
    result = await subject.rank(QUERY, HITS, PANORAMA)
    assert result == Ranking(RETRIEVAL_ORDER, fallback=Fallback.UNAVAILABLE)
    with pytest.raises(Unavailable, match="can't be reached"):
        await subject.check()
    await subject.close()


async def test_without_key_and_address_nothing_is_called() -> None:
    subject = Reranker(RerankerSettings())
    assert not subject.ready
    result = await subject.rank(QUERY, HITS, PANORAMA)
    assert result == Ranking(RETRIEVAL_ORDER, fallback=Fallback.NO_KEY)
    assert "OPENAI_API_KEY" in await subject.check()
    await subject.close()


async def test_switched_off() -> None:
    async with service() as server, reranker(server, enabled=False) as subject:
        result = await subject.rank(QUERY, HITS, PANORAMA)
        assert result == Ranking(RETRIEVAL_ORDER, fallback=Fallback.OFF)
        assert "Switched off" in await subject.check()
        assert server.requests == 0


async def test_an_address_without_a_key_is_enough() -> None:
    async with service() as server:
        assert (await rank(server, api_key=SecretStr(""))).fallback is None


async def test_azure() -> None:
    async with service(key=SECRET) as server:
        endpoint = server.url.removesuffix("/v1")
        async with reranker(server, provider="azure", base_url=endpoint, api_key=SecretStr(SECRET)) as subject:
            assert (await subject.rank(QUERY, HITS, PANORAMA)).fallback is None
            assert "answers" in await subject.check()
        without_key = Reranker(RerankerSettings(provider="azure", base_url=endpoint))
        assert (await without_key.rank(QUERY, HITS, PANORAMA)).fallback is Fallback.NO_KEY
    with pytest.raises(ConfigurationError, match="endpoint"):
        Reranker(RerankerSettings(provider="azure", api_key=SecretStr(SECRET)))


@pytest.mark.parametrize("address", ["localhost:8000", "ftp://host/v1", "https://", "v1"])
def test_an_address_that_is_none_is_found_at_start(address: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url"):
        Reranker(RerankerSettings(base_url=address))


# Dialects


@pytest.mark.parametrize(
    ("options", "forms"),
    [
        ({"formats": frozenset({"json_object"})}, ["json_object", "json_object"]),
        ({"formats": frozenset()}, ["text", "text"]),
        ({"formats": frozenset({"json_object"}), "rejection": 500}, ["json_object", "json_object"]),
        ({"limit": "max_completion_tokens"}, ["json_schema", "json_schema"]),
        ({"temperature": False, "limit": "max_completion_tokens"}, ["json_schema", "json_schema"]),
        ({"temperature": False, "formats": frozenset()}, ["text", "text"]),
    ],
)
async def test_learns_how_a_service_wants_to_be_asked(options: dict[str, Any], forms: list[str]) -> None:
    async with service(**options) as server, reranker(server, retries=0) as subject:
        first = await subject.rank(QUERY, HITS, PANORAMA)
        rejected = server.requests - 1
        second = await subject.rank(QUERY, HITS, PANORAMA)
        assert first.fallback is second.fallback is None
        assert first.order == second.order == (3, 2, 1, 0)
        assert rejected >= 1
        assert server.requests == rejected + 2, "what was learnt is kept"
        assert [call.form for call in server.calls] == forms
        assert server.problems == []


async def test_a_server_that_ignores_the_schema_is_understood_and_then_asked_for_text() -> None:
    prose = says("Ranked list: [2, 1, 4, 3]\n\nReasons: It has the same pattern.")
    async with service(default=prose) as server, reranker(server) as subject:
        for _ in range(2):
            result = await subject.rank(QUERY, HITS, PANORAMA)
            assert (result.order, result.reason) == ((1, 0, 3, 2), "It has the same pattern.")
        assert [call.form for call in server.calls] == ["json_schema", "text"]


async def test_one_refusal_or_one_cut_answer_does_not_change_the_dialect() -> None:
    async with service() as server, reranker(server) as subject:
        server.script.extend([says("I'm sorry, I can't."), says("I think that", finish="length"), refuses()])
        for _ in range(3):
            assert (await subject.rank(QUERY, HITS, PANORAMA)).fallback is not None
        assert (await subject.rank(QUERY, HITS, PANORAMA)).fallback is None
        assert {call.form for call in server.calls} == {"json_schema"}


async def test_a_model_without_eyes_is_given_up() -> None:
    blind = status(400, "This model does not support image input.")
    async with service(default=blind) as server:
        assert (await rank(server)).fallback is Fallback.UNAVAILABLE
        assert server.requests == 1


# Budget


@dataclass
class Ledger:
    """A budget in memory."""

    calls: int = 0
    prompt: int = 0
    completion: int = 0
    broken: bool = False
    settled: list[tuple[int, int, int]] = field(default_factory=list)

    def reserve(self, tenant: Tenant, prompt_tokens: int, completion_tokens: int, allowance: Allowance) -> date | None:
        if self.broken:
            raise Unavailable("The database can't be used.")
        wanted = self.calls + 1, self.prompt + prompt_tokens, self.completion + completion_tokens
        if not allowance.admits(*wanted):
            return None
        self.calls, self.prompt, self.completion = wanted
        return date(2026, 11, 22)

    def settle(self, tenant: Tenant, day: date, calls: int, prompt_tokens: int, completion_tokens: int) -> None:
        if self.broken:
            raise Unavailable("The database can't be used.")
        self.settled.append((calls, prompt_tokens, completion_tokens))
        self.calls += calls
        self.prompt += prompt_tokens
        self.completion += completion_tokens


async def test_counts_what_was_really_used() -> None:
    ledger = Ledger()
    async with service() as server, reranker(server, ledger) as subject:
        await subject.rank(QUERY, HITS, PANORAMA)
        assert (ledger.calls, ledger.prompt, ledger.completion) == (1, 1_300, 60)


@pytest.mark.parametrize(
    ("behaviour", "calls"), [(status(500), 0), (drops(), 0), (says("nonsense"), 1), (hangs(), 1), (refuses(), 1)]
)
async def test_only_what_may_be_billed_stays_counted(behaviour: Any, calls: int) -> None:
    ledger = Ledger()
    async with service(default=behaviour) as server, reranker(server, ledger, retries=0, timeout=0.5) as subject:
        await subject.rank(QUERY, HITS, PANORAMA)
        assert ledger.calls == calls
        assert (ledger.prompt > 0) is bool(calls)


@pytest.mark.parametrize("bound", [{"daily_calls": 2}, {"daily_cost": 0.014}])
async def test_a_spent_budget_asks_nobody(bound: dict[str, float]) -> None:
    ledger = Ledger()
    async with service() as server, reranker(server, ledger, **bound) as subject:
        results = [await subject.rank(QUERY, HITS, PANORAMA) for _ in range(4)]
        assert [result.fallback for result in results] == [None, None, Fallback.BUDGET, Fallback.BUDGET]
        assert server.requests == 2


async def test_an_unknown_budget_spends_nothing() -> None:
    async with service() as server, reranker(server, Ledger(broken=True)) as subject:
        assert (await subject.rank(QUERY, HITS, PANORAMA)).fallback is Fallback.UNAVAILABLE
        assert server.requests == 0


# Secrets and doctor


async def test_the_key_is_never_told() -> None:
    async with service(key="another") as server:
        with capture_logs() as logs:
            async with reranker(server, api_key=SecretStr(SECRET), retries=0) as subject:
                result = await subject.rank(QUERY, HITS, PANORAMA)
                with pytest.raises(ConfigurationError, match="refuses the key") as caught:
                    await subject.check()
        assert result.fallback is Fallback.UNAVAILABLE
        assert any(entry["status"] == 401 for entry in logs)
        assert SECRET not in f"{logs} {result} {caught.value} {caught.value.__cause__} {subject.__dict__}"


async def test_logs_hold_no_words_of_people() -> None:
    async with service() as server:
        with capture_logs() as logs:
            await rank(server)
        assert "mug" not in str(logs).lower()


async def test_doctor() -> None:
    async with service() as server:
        async with reranker(server) as subject:
            assert await subject.check() == "gpt-4o answers."
        async with reranker(server, model="gpt-5") as subject:
            with pytest.raises(ConfigurationError, match="does not offer the model gpt-5") as caught:
                await subject.check()
            assert "gpt-4o-mini" in caught.value.advice
        server.lists_models = False
        async with reranker(server) as subject:
            assert await subject.check() == "gpt-4o answers."
        async with reranker(server, model="gpt-5") as subject:
            with pytest.raises(ConfigurationError, match="does not know the model gpt-5"):
                await subject.check()


async def test_many_at_once_do_not_mix_their_causes() -> None:
    async def behave(request: Any, call: Any) -> Any:
        if call.instruction == "limited":
            return await status(429, headers={"retry-after": "30"})(request, call)
        return await hangs()(request, call)

    async with service(default=behave) as server, reranker(server, timeout=1.0) as subject:
        wishes = [Query(LOCAL, text="limited" if number % 2 else "slow") for number in range(8)]
        results = await asyncio.gather(*(subject.rank(wish, HITS, PANORAMA) for wish in wishes))
        assert [result.fallback for result in results] == [Fallback.TIMEOUT, Fallback.RATE_LIMITED] * 4
