"""A local server that speaks OpenAI's Chat Completions protocol, for tests over real HTTP.

It checks every request strictly and refuses a wrong one with 400, as the service would; what was wrong is
kept in ``problems``, so that a test can assert that there was nothing. Behaviours are scripted: those in
``script`` are used up one call each, then ``default`` answers.

    async with OpenAIServer() as server:
        server.script.append(status(429))
        reranker = Reranker(server.settings())
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from PIL import Image
from pydantic import SecretStr

from core.settings import RerankerSettings


@dataclass(frozen=True)
class Call:
    """One request that was accepted."""

    model: str
    text: str
    system: str
    panorama: Image.Image
    form: str
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def candidates(self) -> list[dict[str, Any]]:
        """The candidates as the model reads them."""
        section = re.search(r"<candidates>\n(.*)\n</candidates>", self.text, re.DOTALL)
        assert section is not None, "the prompt has no candidates"
        return [json.loads(line) for line in section[1].splitlines()]

    @property
    def instruction(self) -> str:
        """The instruction as the model reads it."""
        section = re.search(r"<instruction>\n(.*)\n</instruction>", self.text, re.DOTALL)
        assert section is not None, "the prompt has no instruction"
        return str(json.loads(section[1]))


Behaviour = Callable[[web.Request, Call], Awaitable[web.StreamResponse]]


def ranking(numbers: list[int] | None = None, reason: str = "", satisfied: bool = True) -> Behaviour:
    """Rank as told (default: the last candidate first) in the form that the request asks for."""

    async def behave(request: web.Request, call: Call) -> web.StreamResponse:
        order = list(range(len(call.candidates), 0, -1)) if numbers is None else numbers
        why = reason or f"Number {order[0] if order else 0} fits best."
        if call.form == "text":
            verdict = "yes" if satisfied else "no"
            return completion(f"Ranked list: {order}\nReasons: {why}\nSatisfied: {verdict}")
        return completion(json.dumps({"ranking": order, "reason": why, "satisfied": satisfied}))

    return behave


def says(content: str | None, **options: Any) -> Behaviour:
    """Answer with exactly this content, whatever was asked for."""

    async def behave(request: web.Request, call: Call) -> web.StreamResponse:
        return completion(content, **options)

    return behave


def refuses(words: str = "I'm sorry, I can't assist with that.") -> Behaviour:
    """A structured refusal, as gpt-4o gives it."""
    return says(None, refusal=words)


def status(
    status_code: int, message: str = "it did not work", *, headers: dict[str, str] | None = None, **error: Any
) -> Behaviour:
    """An error of the service."""

    async def behave(request: web.Request, call: Call) -> web.StreamResponse:
        return failure(status_code, message, headers=headers, **error)

    return behave


def raw(body: bytes, content_type: str = "application/json") -> Behaviour:
    """Status 200 with this body: a proxy's page, broken JSON, an empty object."""

    async def behave(request: web.Request, call: Call) -> web.StreamResponse:
        return web.Response(body=body, content_type=content_type)

    return behave


def hangs(seconds: float = 60.0) -> Behaviour:
    """Accept the request and say nothing for a while."""

    async def behave(request: web.Request, call: Call) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return completion("too late")

    return behave


def drops() -> Behaviour:
    """Close the connection without an answer."""

    async def behave(request: web.Request, call: Call) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    return behave


def completion(
    content: str | None, *, refusal: str | None = None, finish: str = "stop", usage: bool = True
) -> web.Response:
    """A chat completion."""
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "gpt-4o-2024-11-20",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, "refusal": refusal},
                "finish_reason": finish,
                "logprobs": None,
            }
        ],
    }
    if usage:
        body["usage"] = {"prompt_tokens": 1_300, "completion_tokens": 60, "total_tokens": 1_360}
    return web.json_response(body, headers={"x-request-id": "req_fake"})


def failure(status_code: int, message: str, *, headers: dict[str, str] | None = None, **error: Any) -> web.Response:
    """An error in the service's shape."""
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None} | error}
    return web.json_response(body, status=status_code, headers=headers)


@dataclass
class OpenAIServer:
    """See the module's text.

    Attributes:
        key: the key that requests must carry; empty accepts any.
        models: names that are offered; others get 404.
        formats: kinds of ``response_format`` that are taken; others are rejected with ``rejection``.
        rejection: status of that rejection (400 OpenAI and vLLM, 500 llama.cpp).
        limit: the one parameter for the length of an answer that is taken; empty takes both.
        temperature: whether ``temperature`` is taken.
        lists_models: whether there is ``GET /models``.
    """

    key: str = ""
    models: tuple[str, ...] = ("gpt-4o", "gpt-4o-mini")
    formats: frozenset[str] = frozenset({"json_schema", "json_object"})
    rejection: int = 400
    limit: str = ""
    temperature: bool = True
    lists_models: bool = True
    default: Behaviour = field(default_factory=ranking)
    script: deque[Behaviour] = field(default_factory=deque)
    calls: list[Call] = field(default_factory=list)
    requests: int = 0
    problems: list[str] = field(default_factory=list)
    url: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=32 * 1024**2)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/openai/deployments/{deployment}/chat/completions", self._chat)
        app.router.add_get("/v1/models", self._list)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def settings(self, **changes: Any) -> RerankerSettings:
        """Settings of a reranker that asks this server."""
        given: dict[str, Any] = {"base_url": self.url, "api_key": SecretStr(self.key), "timeout": 5.0} | changes
        return RerankerSettings(**given)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        if not self.lists_models:
            return failure(404, "Not Found")
        if (refusal := self._unauthorised(request)) is not None:
            return refusal
        models = [{"id": name, "object": "model", "created": 1, "owned_by": "fake"} for name in self.models]
        return web.json_response({"object": "list", "data": models})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        if (refusal := self._unauthorised(request)) is not None:
            return refusal
        if "deployment" in request.match_info and not request.query.get("api-version"):
            return self._wrong("api-version is missing")
        try:
            body = await request.json()
        except ValueError:
            return self._wrong("the body is not JSON")
        model = request.match_info.get("deployment") or body.get("model")
        if model not in self.models:
            return failure(404, f"The model `{model}` does not exist", code="model_not_found")
        if (rejected := self._rejects(body)) is not None:
            return rejected
        if body["messages"] == [{"role": "user", "content": "ping"}]:
            return completion("pong")
        try:
            call = _read(model, body, dict(request.headers))
        except (AssertionError, KeyError, TypeError, ValueError, OSError) as error:
            return self._wrong(f"{type(error).__name__}: {error}")
        self.calls.append(call)
        behave = self.script.popleft() if self.script else self.default
        return await behave(request, call)

    def _unauthorised(self, request: web.Request) -> web.Response | None:
        given = request.headers.get("api-key") or request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not given:
            self.problems.append("no key was sent")
            return failure(401, "You didn't provide an API key.")
        if self.key and given != self.key:
            return failure(401, f"Incorrect API key provided: {given}.", code="invalid_api_key")
        return None

    def _rejects(self, body: dict[str, Any]) -> web.Response | None:
        """What this service does not support, said as the real ones say it."""
        kind = (body.get("response_format") or {}).get("type", "text")
        if kind != "text" and kind not in self.formats:
            return failure(self.rejection, f'response_format type must be one of "text", but got: {kind}')
        for name in ("max_tokens", "max_completion_tokens"):
            if name in body and self.limit not in ("", name):
                return failure(400, f"Unsupported parameter: '{name}'.", param=name, code="unsupported_parameter")
        if "temperature" in body and not self.temperature:
            return failure(
                400, "Unsupported value: only 1 is supported.", param="temperature", code="unsupported_value"
            )
        return None

    def _wrong(self, problem: str) -> web.Response:
        self.problems.append(problem)
        return failure(400, problem)


KNOWN = {"model", "messages", "max_tokens", "max_completion_tokens", "response_format", "temperature"}


def _read(model: str, body: dict[str, Any], headers: dict[str, str]) -> Call:
    """Check a request of the reranker as strictly as the service would, and a bit more."""
    assert not set(body) - KNOWN, f"unknown parameters {sorted(set(body) - KNOWN)}"
    limits = [body[name] for name in ("max_tokens", "max_completion_tokens") if name in body]
    assert len(limits) == 1, "exactly one limit of tokens is given"
    assert isinstance(limits[0], int), "the limit is a whole number"
    form = _form(body.get("response_format"))
    system, user = body["messages"]
    assert system["role"] == "system", "the first message is the system's"
    assert isinstance(system["content"], str), "the system's message is text"
    assert user["role"] == "user", "the second message is the user's"
    if form == "json_object":
        assert "JSON" in system["content"], "json_object needs the word JSON in the messages"
    text, picture = user["content"]
    assert text["type"] == "text", "the first part is text"
    assert picture["type"] == "image_url", "the second part is the panorama"
    assert picture["image_url"].get("detail") in {None, "auto", "low", "high"}, "unknown detail"
    head, _, data = picture["image_url"]["url"].partition(",")
    assert head == "data:image/jpeg;base64", f"the picture is not a JPEG data URL but {head}"
    image = Image.open(io.BytesIO(base64.b64decode(data, validate=True)))
    image.load()
    assert image.format == "JPEG", f"the picture says JPEG and is {image.format}"
    assert image.mode == "RGB", f"the picture is {image.mode}"
    return Call(model, text["text"], system["content"], image, form, body, headers)


def _form(given: dict[str, Any] | None) -> str:
    if given is None:
        return "text"
    kind = str(given["type"])
    if kind == "json_schema":
        inner = given["json_schema"]
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", inner["name"]), "the schema's name is not allowed"
        schema = inner["schema"]
        assert inner["strict"] is True, "the schema is not strict"
        assert schema["additionalProperties"] is False, "strict schemas forbid further keys"
        assert set(schema["required"]) == set(schema["properties"]), "strict schemas require every key"
    return kind
