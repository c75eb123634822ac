"""A local server that speaks Slack's protocols: Web API, file upload and download, Socket Mode, signed HTTP.

Strict where a bot goes wrong easily; what was wrong is kept in ``problems``. The real client libraries run against it:

    async with SlackServer() as slack:
        adapter = SlackAdapter(engine with slack.settings(), …)
        post = await slack.post("find this", files=[("mug.jpg", data)])
        await slack.answers(post)
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
from aiohttp import WSMsgType, web
from pydantic import SecretStr

from core.settings import SlackSettings
from tests.fakes import slack_payloads as payloads
from tests.fakes.slack_api import APP_TOKEN, BOT_TOKEN, Api, Refused
from tests.fakes.slack_world import ANN, GENERAL, ME, File, World

SIGNING_SECRET = "fake-signing-secret"
ACKNOWLEDGE_WITHIN = 3.0
_JSON = ("blocks", "view", "files", "metadata")


@dataclass
class Delivery:
    """One thing that was sent to the bot. ``seconds`` is the time until it was acknowledged."""

    kind: str
    payload: dict[str, Any]
    sent: float = field(default_factory=time.monotonic)
    seconds: float | None = None
    answer: Any = None
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Fault:
    """What happens to the next ``times`` calls of a method. ``status`` 0 drops the connection."""

    method: str
    status: int = 200
    error: str = ""
    times: int = 1
    retry_after: int = 1


class SlackServer:
    """The server, and the hands that post and press. ``request_url`` switches to HTTP mode."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.world = World()
        self.api = Api(self.world, self.problems)
        self.calls: list[tuple[float, str, dict[str, Any]]] = []
        self.deliveries: list[Delivery] = []
        self.faults: list[Fault] = []
        self.responses: list[dict[str, Any]] = []
        self.request_url = ""
        self.sockets: dict[str, web.WebSocketResponse] = {}
        self._waiting: dict[str, Delivery] = {}
        self._tickets: set[str] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 28)
        app.add_routes(
            [
                web.route("*", "/api/{method}", self._call),
                web.post("/upload/{ticket}", self._upload),
                web.get("/files-pri/{team_file}/{rest:.+}", self._download),
                web.get("/socket", self._socket),
                web.post("/respond/{number}", self._respond),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.api.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._http = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in list(self.sockets.values()):
            await socket.close()
        await self._http.close()
        assert self._runner is not None
        await self._runner.cleanup()

    def settings(self, **more: Any) -> SlackSettings:
        """Settings of a bot that belongs to this workspace."""
        return SlackSettings(
            **{
                "bot_token": SecretStr(BOT_TOKEN),
                "app_token": SecretStr(APP_TOKEN),
                "signing_secret": SecretStr(SIGNING_SECRET),
                "base_url": f"{self.api.base}/api/",
                **more,
            }
        )

    # --- people's hands

    async def post(
        self,
        text: str = "",
        *,
        files: Sequence[tuple[str, bytes]] = (),
        channel: str = GENERAL,
        user: str = ANN,
        thread: str | None = None,
        events: Sequence[str] = ("message", "app_mention"),
        **more: Any,
    ) -> dict[str, Any]:
        """Somebody posts; a mention is written ``@bot``. Returns the message, once all events are acknowledged."""
        said = text.replace("@bot", f"<@{ME}>")
        ids = [self._share(name, data, user, channel) for name, data in files]
        kept: dict[str, Any] = {"user": user, "text": said, **({"thread_ts": thread} if thread else {}), **more}
        if ids:
            kept |= {"files": ids, "subtype": "file_share"}
        message = self.world.add(channel, kept)
        mentioned = ME in said
        await asyncio.gather(*(self.tell(kind, channel, message) for kind in events if kind == "message" or mentioned))
        return message

    async def tell(self, kind: str, channel: str, message: Mapping[str, Any]) -> Delivery:
        """Send the event of a message."""
        inner = {**self.api.public(message), "type": kind, "channel": channel, "event_ts": message["ts"]}
        if kind == "app_mention":
            inner.pop("subtype", None)
        else:
            inner["channel_type"] = "im" if channel.startswith("D") else "channel"
        return await self.event(inner)

    async def event(self, inner: dict[str, Any]) -> Delivery:
        """Send any event."""
        return await self.deliver("events_api", payloads.event(inner, len(self.deliveries)))

    async def press(
        self, message: Mapping[str, Any], channel: str, action: str, option: int | None = None, user: str = ANN
    ) -> Delivery:
        """Press a button, or choose the option of a menu, that really stands in a message."""
        element = next(
            each
            for block in message["blocks"]
            if block["type"] == "actions"
            for each in block["elements"]
            if each["action_id"] == action
        )
        pressed = {"type": element["type"], "action_id": action, "action_ts": self.world.ts()}
        if option is not None:
            pressed["selected_option"] = element["options"][option]
        else:
            pressed["value"] = element["value"]
        url = self._response_url()
        body = payloads.press(user, self._trigger(), channel, self.api.public(message), pressed, url)
        return await self.deliver("interactive", body)

    async def shortcut(self, callback: str, message: Mapping[str, Any], channel: str, user: str = ANN) -> Delivery:
        """Use a message shortcut."""
        body = payloads.interaction(
            "message_action",
            user,
            self._trigger(),
            callback_id=callback,
            action_ts=self.world.ts(),
            message_ts=message["ts"],
            channel={"id": channel, "name": "finds"},
            message=self.api.public(message),
            response_url=self._response_url(),
        )
        return await self.deliver("interactive", body)

    async def command(self, name: str, text: str = "", *, channel: str = GENERAL, user: str = ANN) -> Delivery:
        """Use a slash command."""
        body = payloads.command(user, self._trigger(), channel, name, text, self._response_url())
        return await self.deliver("slash_commands", body)

    async def submit(self, values: Mapping[str, Any], user: str = ANN) -> Delivery:
        """Fill in the newest form: block → text, or a list of (name, bytes)."""
        view = list(self.api.views.values())[-1]
        state: dict[str, Any] = {}
        for block in view["blocks"]:
            name, element = block["block_id"], block["element"]
            given = values.get(name)
            if element["type"] == "file_input":
                ids = [self._share(each, data, user, self.world.direct(user)) for each, data in given or ()]
                value: dict[str, Any] = {"files": [self.world.files[each].public(self.api.base) for each in ids]}
            else:
                value = {"value": given}
            state[name] = {element["action_id"]: {"type": element["type"], **value}}
        body = payloads.interaction(
            "view_submission", user, self._trigger(), view={**view, "state": {"values": state}}, response_urls=[]
        )
        return await self.deliver("interactive", body)

    # --- waiting

    async def answers(self, message: Mapping[str, Any], channel: str = GENERAL, count: int = 1) -> list[dict[str, Any]]:
        """Wait until ``count`` of the bot's replies in the message's thread are finished, and return all replies."""
        thread = message.get("thread_ts") or message["ts"]

        def finished() -> list[dict[str, Any]]:
            mine = [each for each in self.world.thread(channel, thread) if each["user"] == ME]
            done = [each for each in mine if each.get("metadata", {}).get("event_type") != "lookalike_note"]
            return mine if len(done) >= count else []

        return await self.until(finished)

    async def root(self, channel: str | None = None) -> dict[str, Any]:
        """Wait until the bot has begun a thread, and return its first post."""
        found = await self.until(lambda: [each for each in self.world.mine(channel) if "thread_ts" not in each])
        return dict(found[0])

    async def until(self, found: Any, seconds: float = 15) -> Any:
        """Wait until ``found()`` is true, and return it."""
        deadline = time.monotonic() + seconds
        while not (value := found()):
            assert time.monotonic() < deadline, f"nothing came; problems: {self.problems}"
            await asyncio.sleep(0.02)
        return value

    async def quiet(self, seconds: float = 0.3) -> None:
        """Wait until the bot has called nothing for a while."""
        while self.calls and time.monotonic() - self.calls[-1][0] < seconds:
            await asyncio.sleep(0.05)

    def called(self, method: str) -> list[dict[str, Any]]:
        """The arguments of all calls of a method."""
        return [call for _, name, call in self.calls if name == method]

    async def forge(self, secret: str | None, age: float = 0) -> int:
        """Send an event with a wrong signature, an old one, or none; returns the status."""
        inner = {"type": "app_mention", "user": ANN, "text": f"<@{ME}> hi", "channel": GENERAL, "ts": self.world.ts()}
        body = json.dumps(payloads.event(inner, 0))
        headers = sign(body, secret, time.time() - age) if secret else {}
        headers["Content-Type"] = "application/json"
        async with self._http.post(self.request_url, data=body, headers=headers) as response:
            return response.status

    async def disconnect(self) -> None:
        """Break all websockets off."""
        for socket in list(self.sockets.values()):
            await socket.close()

    # --- delivery

    async def deliver(self, kind: str, payload: dict[str, Any]) -> Delivery:
        """Send something over a socket or as a signed request; returns once it is acknowledged, or too late."""
        delivery = Delivery(kind, payload)
        self.deliveries.append(delivery)
        await (self._post_signed(delivery) if self.request_url else self._send(delivery))
        try:
            await asyncio.wait_for(delivery.done.wait(), ACKNOWLEDGE_WITHIN)
        except TimeoutError:
            self.problems.append(f"{kind} was not acknowledged within {ACKNOWLEDGE_WITHIN} s")
        return delivery

    async def _send(self, delivery: Delivery) -> None:
        envelope = f"envelope-{len(self.deliveries)}-{time.monotonic_ns()}"
        self._waiting[envelope] = delivery
        await self.until(lambda: self.sockets)
        frame = {"envelope_id": envelope, "type": delivery.kind, "payload": delivery.payload}
        await list(self.sockets.values())[-1].send_json(
            {**frame, "accepts_response_payload": delivery.kind != "events_api"}
        )

    async def _post_signed(self, delivery: Delivery) -> None:
        if delivery.kind == "events_api":
            body, kind = json.dumps(delivery.payload), "application/json"
        else:
            form = {"payload": json.dumps(delivery.payload)} if delivery.kind == "interactive" else delivery.payload
            body, kind = aiohttp.FormData(form)()._value.decode(), "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, **sign(body, SIGNING_SECRET)}
        async with self._http.post(self.request_url, data=body, headers=headers) as response:
            text = await response.text()
            if response.status != 200:
                self.problems.append(f"{delivery.kind} was answered with {response.status}")
            self._acknowledged(delivery, json.loads(text) if text.startswith("{") else text)

    def _acknowledged(self, delivery: Delivery, answer: Any) -> None:
        if delivery.done.is_set():
            self.problems.append(f"{delivery.kind} was acknowledged twice")
        delivery.seconds, delivery.answer = time.monotonic() - delivery.sent, answer
        delivery.done.set()

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if request.query.get("ticket") not in self._tickets:
            self.problems.append("a websocket with an unknown or used ticket")
            raise web.HTTPForbidden
        self._tickets.discard(request.query["ticket"])
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        name = request.query["ticket"]
        self.sockets[name] = socket
        await socket.send_json({"type": "hello", "num_connections": len(self.sockets)})
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                self._frame(json.loads(message.data))
        self.sockets.pop(name, None)
        return socket

    def _frame(self, frame: Mapping[str, Any]) -> None:
        delivery = self._waiting.get(str(frame.get("envelope_id")))
        if delivery is None:
            self.problems.append(f"acknowledgement of an unknown envelope: {frame}")
        else:
            self._acknowledged(delivery, frame.get("payload"))

    # --- the Web API

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        call = await _arguments(request)
        self.calls.append((time.monotonic(), method, call))
        if fault := next((each for each in self.faults if re.fullmatch(each.method, method)), None):
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            if fault.status == 0:
                assert request.transport is not None
                request.transport.abort()
            if fault.status != 200:
                headers = {"Retry-After": str(fault.retry_after)} if fault.status == 429 else {}
                return web.json_response({"ok": False, "error": "fault"}, status=fault.status or 500, headers=headers)
            return web.json_response({"ok": False, "error": fault.error})
        try:
            body = {"ok": True, **await self._method(method, request, call)}
        except Refused as refused:
            body = refused.body
        headers = {"x-oauth-scopes": ",".join(sorted(self.api.scopes))} if method == "auth.test" else {}
        return web.json_response(body, headers=headers)

    async def _method(self, method: str, request: web.Request, call: dict[str, Any]) -> dict[str, Any]:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                raise Refused("invalid_auth")
            ticket = self.world.id("ticket")
            self._tickets.add(ticket)
            return {"url": f"{self.api.base.replace('http', 'ws', 1)}/socket?ticket={ticket}"}
        if method != "oauth.v2.access" and token != BOT_TOKEN:
            raise Refused("invalid_auth" if token else "not_authed")
        self.api.check_scope(method)
        handler = getattr(self.api, method.replace(".", "_"), None)
        if handler is None:
            self.problems.append(f"unknown method {method}")
            raise Refused("unknown_method")
        found: dict[str, Any] = await handler(call)
        return found

    async def _upload(self, request: web.Request) -> web.Response:
        file = self.world.files[self.api.uploads.pop(request.match_info["ticket"])]
        file.data = await request.read()
        return web.Response(text=f"OK - {len(file.data)}")

    async def _download(self, request: web.Request) -> web.Response:
        file = self.world.files[request.match_info["team_file"].split("-")[1]]
        if request.headers.get("Authorization") != f"Bearer {BOT_TOKEN}" or "files:read" not in self.api.scopes:
            return web.Response(text="<!DOCTYPE html><html><title>Sign in</title></html>", content_type="text/html")
        return web.Response(body=file.data)

    async def _respond(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.problems += self.api.content(body)
        self.responses.append(body)
        return web.Response(text="ok")

    def _share(self, name: str, data: bytes, user: str, channel: str) -> str:
        file = File(self.world.id("F"), name, user, data, ready=0.0, channels={channel})
        self.world.files[file.id] = file
        return file.id

    def _trigger(self) -> str:
        trigger = self.world.id("trigger")
        self.api.triggers[trigger] = time.monotonic()
        return trigger

    def _response_url(self) -> str:
        return f"{self.api.base}/respond/{self.world.id('R')}"


def sign(body: str, secret: str, at: float | None = None) -> dict[str, str]:
    """The headers of a signed request: https://docs.slack.dev/authentication/verifying-requests."""
    stamp = str(int(at if at is not None else time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


async def _arguments(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    call = {**request.query, **await request.post()}
    return {
        name: json.loads(value) if name in _JSON and isinstance(value, str) else value for name, value in call.items()
    }
