"""The vision-language ranking: which candidate is recommended, and why.

A search never fails for want of it: whatever happens to the service, :meth:`Reranker.rank` returns a
ranking, in retrieval order and with the cause in ``fallback``, within the deadline of the settings.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from core.errors import ConfigurationError, LookalikeError
from core.models import Fallback, Hit, Query, Ranking
from core.reranker.budget import Budget, Purse, Reservation
from core.reranker.parsing import Parsed, parse, refuses, repair
from core.reranker.protocol import Form, messages
from core.settings import RerankerSettings

if TYPE_CHECKING:
    from core.reranker.client import ChatClient, Reply

PANORAMA_TOKENS = 1_105
"""Upper estimate of a panorama's prompt tokens (gpt-4o, high detail: 765 for 1200 x 900 pixels)."""

TASK_TOKENS = 500
CANDIDATE_TOKENS = 90


class Reranker:
    """Ranks candidates with a vision-language model.

    Args:
        settings: service, limits and prices.
        budget: where the use is counted; None counts nothing and limits nothing.

    Raises:
        ConfigurationError: the address is not usable.
    """

    def __init__(self, settings: RerankerSettings, budget: Budget | None = None) -> None:
        self._settings = settings
        self._purse = Purse(settings, budget)
        self._log = structlog.get_logger(__name__)
        self._client: ChatClient | None = None
        key, address = settings.api_key.get_secret_value(), settings.base_url
        if address and (urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).hostname):
            raise ConfigurationError(
                "reranker.base_url is not an address.",
                "It begins with https:// or http://, such as http://host:8000/v1.",
            )
        azure = settings.provider == "azure"
        if azure and key and not address:
            raise ConfigurationError(
                "Azure OpenAI needs its endpoint.", "Set reranker.base_url to the endpoint's address."
            )
        if settings.enabled and (key or (address and not azure)):
            from core.reranker.client import ChatClient

            self._client = ChatClient(settings)

    @property
    def ready(self) -> bool:
        """Whether a ranking model is configured, so that an answer with a reason can be expected."""
        return self._client is not None

    async def rank(self, query: Query, hits: Sequence[Hit], panorama: bytes) -> Ranking:
        """Rank the hits as the panorama numbers them; never raises for the service's failures."""
        if not self._settings.enabled:
            return _unranked(hits, Fallback.OFF)
        client = self._client
        if client is None:
            return _unranked(hits, Fallback.NO_KEY)
        if not hits:
            return Ranking(())
        expected = TASK_TOKENS + PANORAMA_TOKENS + CANDIDATE_TOKENS * len(hits)
        try:
            reserved = await self._purse.reserve(query.tenant, expected)
        except LookalikeError as error:
            self._log.warning("reranker_budget_unknown", tenant=query.tenant.key, reason=error.reason)
            return _unranked(hits, Fallback.UNAVAILABLE)
        if reserved is None:
            return _unranked(hits, Fallback.BUDGET)
        return await self._ask(client, query, hits, panorama, reserved)

    async def check(self) -> str:
        """Try the service, for ``doctor``; a sentence that says what is right.

        Raises:
            ConfigurationError: key, model or address are refused.
            Unavailable: the service can't be reached.
        """
        if not self._settings.enabled:
            return "Switched off (reranker.enabled): answers come in retrieval order."
        if self._client is None:
            return "No key: answers come in retrieval order. Set OPENAI_API_KEY, or OPENAI_BASE_URL for a local server."
        await self._client.check()
        return f"{self._settings.model} answers."

    async def close(self) -> None:
        """Close the connections; may be called more than once."""
        if self._client is not None:
            await self._client.close()

    async def _ask(
        self, client: ChatClient, query: Query, hits: Sequence[Hit], panorama: bytes, reserved: Reservation
    ) -> Ranking:
        from core.reranker.client import ServiceFailure

        try:
            async with asyncio.timeout(self._settings.timeout):
                reply = await client.complete(partial(messages, query, hits, panorama))
        except (ServiceFailure, TimeoutError) as error:
            failure = error if isinstance(error, ServiceFailure) else client.overdue()
            self._log.warning(
                "reranker_failed",
                tenant=query.tenant.key,
                fallback=failure.fallback,
                status=failure.status,
                code=failure.code,
            )
            if not failure.billed:
                await reserved.cancel()
            return _unranked(hits, failure.fallback)
        if reply.prompt_tokens:
            await reserved.correct(reply.prompt_tokens, reply.completion_tokens)
        return self._read(client, query, hits, reply)

    def _read(self, client: ChatClient, query: Query, hits: Sequence[Hit], reply: Reply) -> Ranking:
        parsed = None if reply.refused else parse(reply.text)
        self._note_form(client, reply, parsed)
        order, repaired = repair(parsed.numbers, len(hits)) if parsed else ((), 0)
        useless = parsed is not None and parsed.satisfied and repaired >= len(parsed.numbers) + len(hits)
        if parsed is None or useless:
            refused = reply.refused or refuses(reply.text)
            fallback = Fallback.REFUSED if refused else Fallback.GARBLED
            self._log.warning(
                "reranker_failed", tenant=query.tenant.key, fallback=fallback, finished=reply.finished, form=reply.form
            )
            return _unranked(hits, fallback)
        self._log.info("reranked", tenant=query.tenant.key, repaired=repaired, satisfied=parsed.satisfied)
        return Ranking(
            order=order,
            reason=parsed.reason,
            repaired=repaired,
            satisfied=parsed.satisfied,
            model=self._settings.model,
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
        )

    def _note_form(self, client: ChatClient, reply: Reply, parsed: Parsed | None) -> None:
        """Prose where JSON was asked for: the server ignores the schema, so ask it for text from now on."""
        asked_for_json = reply.form is not Form.TEXT
        prose = not (parsed and parsed.structured) and "{" not in reply.text
        if asked_for_json and prose and reply.finished and not reply.refused and not refuses(reply.text):
            client.learn_text()


def _unranked(hits: Sequence[Hit], fallback: Fallback) -> Ranking:
    return Ranking(tuple(range(len(hits))), fallback=fallback)
