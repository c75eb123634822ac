"""One chat completion from OpenAI, Azure OpenAI or a compatible server, whatever dialect it speaks.

Loaded only when a ranking model is configured, since importing ``openai`` takes most of a second.
Retries (429, 5xx, lost connections) are the SDK's, and nobody else's. The dialect that a service was
found to understand is kept for the life of the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

import openai
import structlog

from core.errors import ConfigurationError, Unavailable
from core.models import Fallback
from core.reranker.dialect import FILTERED, Dialect
from core.reranker.protocol import Form, Messages, response_format
from core.settings import RerankerSettings

OPENAI_URL = "https://api.openai.com/v1"
NO_KEY_NEEDED = "not-needed"
"""Sent to local servers when no key is set; the SDK insists on one."""

_last_status: ContextVar[int] = ContextVar("last_status", default=0)


class ServiceFailure(Exception):
    """A call brought no usable answer: becomes a Fallback, and never reaches a person.

    Attributes:
        fallback: what the ranking falls back for.
        status: HTTP status, 0 when there was no response.
        code: the service's own short code, such as ``insufficient_quota``.
        billed: whether tokens may have been used.
    """

    def __init__(self, fallback: Fallback, *, status: int = 0, code: str = "", billed: bool = False) -> None:
        super().__init__(f"{fallback} (status {status}, code {code or 'none'})")
        self.fallback = fallback
        self.status = status
        self.code = code
        self.billed = billed


@dataclass(frozen=True, slots=True)
class Reply:
    """A chat completion as far as a ranking needs it."""

    text: str
    refused: bool
    finished: bool
    form: Form
    prompt_tokens: int
    completion_tokens: int


class ChatClient:
    """The openai package's client with this program's settings, and the dialect it has learnt."""

    def __init__(self, settings: RerankerSettings) -> None:
        self._settings = settings
        self._log = structlog.get_logger(__name__)
        self._client = _build(settings)
        own = settings.provider == "azure" or not settings.base_url
        self.dialect = Dialect(limit="max_completion_tokens" if own else "max_tokens")

    async def complete(self, prompt: Callable[[Form], Messages]) -> Reply:
        """Ask for one ranking, with the messages that ``prompt`` makes for a form.

        Raises:
            ServiceFailure: there is no answer, or it was refused.
        """
        _last_status.set(0)
        dialect, tried = self.dialect, {self.dialect}
        while True:
            try:
                reply = await self._once(dialect, prompt)
            except openai.APIStatusError as error:
                following = dialect.after(error)
                if following is None or following in tried:
                    raise _failure(error) from None
                dialect = following
                tried.add(dialect)
            except openai.APITimeoutError:
                raise ServiceFailure(Fallback.TIMEOUT, billed=True) from None
            except openai.APIConnectionError:
                raise ServiceFailure(Fallback.UNAVAILABLE) from None
            except (openai.OpenAIError, ValueError):
                raise ServiceFailure(Fallback.GARBLED, billed=True) from None
            else:
                break
        if len(tried) > 1:
            self._log.info("reranker_dialect", form=dialect.form, limit=dialect.limit, temperature=dialect.temperature)
            self.dialect = dialect
        return reply

    def learn_text(self) -> None:
        """From now on ask for the text form: the service takes a schema and does not keep to it."""
        self.dialect = replace(self.dialect, form=Form.TEXT)
        self._log.info("reranker_dialect", form=Form.TEXT, cause="schema_ignored")

    def overdue(self) -> ServiceFailure:
        """What it means that the deadline passed: the last word of the service within this call decides."""
        status = _last_status.get()
        if status == 429:
            return ServiceFailure(Fallback.RATE_LIMITED, status=status)
        if status >= 500:
            return ServiceFailure(Fallback.UNAVAILABLE, status=status)
        return ServiceFailure(Fallback.TIMEOUT, status=status, billed=True)

    async def check(self) -> None:
        """Ask the service for its models (Azure and servers without that list: for one word).

        Raises:
            ConfigurationError: key, model or address are refused.
            Unavailable: the service can't be reached or is overloaded.
        """
        model = self._settings.model
        try:
            async with asyncio.timeout(self._settings.timeout):
                known = None if self._settings.provider == "azure" else await self._models()
                if known is None:
                    word: Any = {"role": "user", "content": "ping"}
                    await self._client.chat.completions.create(model=model, messages=[word])
        except (openai.OpenAIError, TimeoutError) as error:
            raise _advice(error, self._settings) from None
        if known is not None and model not in known:
            names = ", ".join(sorted(known)[:8]) or "none"
            raise ConfigurationError(
                f"The ranking service does not offer the model {model}.", f"Set reranker.model; it offers: {names}."
            )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _models(self) -> set[str] | None:
        try:
            return {model.id async for model in self._client.models.list()}
        except (openai.NotFoundError, openai.APIResponseValidationError, AttributeError, TypeError):
            return None

    async def _once(self, dialect: Dialect, prompt: Callable[[Form], Messages]) -> Reply:
        settings = self._settings
        options: dict[str, Any] = {
            "model": settings.model,
            "messages": prompt(dialect.form),
            dialect.limit: settings.max_output_tokens,
        }
        if (form := response_format(dialect.form)) is not None:
            options["response_format"] = form
        if dialect.temperature:
            options["temperature"] = 0
        completion: Any = await self._client.chat.completions.create(**options)
        choices: Any = getattr(completion, "choices", None)
        message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
        if message is None:
            raise ServiceFailure(Fallback.GARBLED, status=200, billed=True)
        finish = choices[0].finish_reason
        content = message.content if isinstance(message.content, str) else ""
        usage = getattr(completion, "usage", None)
        return Reply(
            text=content,
            refused=bool(getattr(message, "refusal", None)) or finish == "content_filter",
            finished=finish != "length",
            form=dialect.form,
            prompt_tokens=_count(usage, "prompt_tokens"),
            completion_tokens=_count(usage, "completion_tokens"),
        )


def _build(settings: RerankerSettings) -> openai.AsyncOpenAI:
    async def remember(response: Any) -> None:
        _last_status.set(response.status_code)

    http = openai.DefaultAsyncHttpxClient(event_hooks={"response": [remember]})
    key = settings.api_key.get_secret_value()
    if settings.provider == "azure":
        return openai.AsyncAzureOpenAI(
            azure_endpoint=settings.base_url,
            azure_deployment=settings.model,
            api_key=key,
            api_version=settings.api_version,
            timeout=settings.timeout,
            max_retries=settings.retries,
            http_client=http,
        )
    return openai.AsyncOpenAI(
        base_url=settings.base_url or OPENAI_URL,
        api_key=key or NO_KEY_NEEDED,
        timeout=settings.timeout,
        max_retries=settings.retries,
        http_client=http,
    )


def _failure(error: openai.APIStatusError) -> ServiceFailure:
    code = error.code or ""
    status = error.status_code
    if status == 429:
        return ServiceFailure(Fallback.RATE_LIMITED, status=status, code=code)
    if status == 400 and FILTERED.search(f"{code} {error.message}"):
        return ServiceFailure(Fallback.REFUSED, status=status, code=code)
    return ServiceFailure(Fallback.UNAVAILABLE, status=status, code=code)


def _advice(error: Exception, settings: RerankerSettings) -> ConfigurationError | Unavailable:
    """What ``doctor`` says. The service's own words are left out: they may repeat a part of the key."""
    where = settings.base_url or OPENAI_URL
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return ConfigurationError(
            f"The ranking service at {where} refuses the key.", "Set OPENAI_API_KEY to a valid key of that service."
        )
    if isinstance(error, openai.NotFoundError):
        return ConfigurationError(
            f"The ranking service at {where} does not know the model {settings.model}.",
            "Check reranker.model and reranker.base_url; on Azure the model is the deployment's name.",
        )
    if isinstance(error, openai.RateLimitError):
        return Unavailable("The ranking service limits the rate or the quota is used up.", "Look at the account.")
    if isinstance(error, openai.APIStatusError):
        return Unavailable(f"The ranking service answers with status {error.status_code}.", "Try again later.")
    return Unavailable(
        f"The ranking service at {where} can't be reached.", "Check reranker.base_url, the network and any proxy."
    )


def _count(usage: Any, name: str) -> int:
    value = getattr(usage, name, 0)
    return value if isinstance(value, int) and value > 0 else 0
