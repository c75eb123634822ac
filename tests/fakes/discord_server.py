"""A local server that speaks Discord's protocols: REST, gateway, file storage. The real discord.py runs against it.

Strict where a bot goes wrong easily; what was wrong is kept in ``problems``:

    async with DiscordServer() as discord:
        adapter = DiscordAdapter(settings with discord.settings(), …)
        post = await discord.post("<@1000> find this", files=[("mug.png", data)])
        await discord.answers(int(post["id"]))
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.fakes.discord_world import ANN, APP, EVERYTHING, GENERAL, GUILD, THREAD, TOKEN, Tree, World, wrong

V2, LOADING, EPHEMERAL = 1 << 15, 1 << 7, 1 << 6
ACKNOWLEDGE_WITHIN = 3.0


@dataclass
class Fault:
    """What happens to the next ``times`` calls whose method and path match."""

    pattern: str
    status: int
    times: int = 1
    code: int = 0


@dataclass
class Used:
    """A command, menu, button or form that somebody used."""

    id: int
    token: str
    channel: int
    sent: float = field(default_factory=time.monotonic)
    seconds: float | None = None
    kind: int = 0
    data: Tree = field(default_factory=dict)
    message: int = 0


class DiscordServer:
    """The server, and the hands that write and press."""

    def __init__(self) -> None:
        self.world = World()
        self.problems: list[str] = []
        self.calls: list[tuple[float, str, str]] = []
        self.faults: list[Fault] = []
        self.used: dict[int, Used] = {}
        self.commands: list[Tree] = []
        self.sessions = 0
        self.resumed = 0
        self.forgetful = False
        """Whether sessions can't be resumed."""
        self.refuses = False
        """Whether the token has been revoked, as the gateway sees it."""
        self.flags = 0
        """The application's, among them the intents that it was granted."""
        self.lacks = 0
        """Permissions that the bot lacks in the server."""
        self.beats: list[float] = []
        self.url = ""
        self._socket: web.WebSocketResponse | None = None
        self._sequence = 0
        self._sent: list[Tree] = []
        self._ready = asyncio.Event()
        self._telling: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 26)
        app.add_routes([web.get("/", self._gateway), web.get("/cdn/{id}/{name}", self._file)])
        app.router.add_route("*", "/api/v10/{path:.*}", self._call)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.world.base = self.url
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def settings(self, **values: Any) -> Tree:
        """Settings that lead here."""
        return {
            "token": TOKEN,
            "api_base_url": f"{self.url}/api/v10",
            "gateway_url": self.url.replace("http", "ws"),
            **values,
        }

    # What people do

    async def post(
        self, content: str = "", channel: int = GENERAL, files: Sequence[tuple[str, bytes]] = (), **fields: Any
    ) -> Tree:
        """Somebody writes."""
        mentions = [self.world.user(APP)] if f"<@{APP}>" in content else []
        shared: Tree = {"attachments": [self.world.attach(*each) for each in files], "mentions": mentions, **fields}
        made = self.world.add_message(channel, shared.pop("user", ANN), content, **shared)
        await self.send("MESSAGE_CREATE", made)
        return made

    async def use(self, kind: int, data: Tree, channel: int = GENERAL, user: int = ANN, **fields: Any) -> Used:
        """Somebody uses a command (2), a component (3), autocomplete (4) or a form (5)."""
        number = self.world.id()
        used = self.used[number] = Used(number, f"token{number}", channel)
        shape = {
            "id": str(number), "application_id": str(APP), "type": kind, "token": used.token, "version": 1,
            "data": data, "channel_id": str(channel), "channel": self.world.channels[channel], "guild_id": str(GUILD),
            "guild": {"id": str(GUILD)}, "locale": "en-US", "entitlements": [], "attachment_size_limit": 10 << 20,
            "authorizing_integration_owners": {}, "app_permissions": str(EVERYTHING),
            "member": {"user": self.world.user(user), "permissions": str(1 << 5), **self.world.member(user)}, **fields,
        }  # fmt: skip
        await self.send("INTERACTION_CREATE", shape)
        return used

    async def drop(self, code: int = 4000) -> None:
        """The connection is lost."""
        assert self._socket is not None
        self._ready.clear()
        await self._socket.close(code=code)

    async def garble(self) -> None:
        """Something comes that no client understands."""
        assert self._socket is not None
        self._ready.clear()
        await self._socket.send_str("{no JSON")

    async def connected(self) -> None:
        """Wait until a client is connected."""
        await asyncio.wait_for(self._ready.wait(), 15)

    # What they see

    async def until(self, holds: Callable[[], Any], seconds: float = 15) -> Any:
        """Wait for something."""
        end = time.monotonic() + seconds
        while not (found := holds()):
            assert time.monotonic() < end, f"did not happen; calls: {self.calls[-8:]}"
            await asyncio.sleep(0.01)
        return found

    async def answers(self, channel: int, number: int = 1) -> list[Tree]:
        """The bot's finished answers in a channel or thread."""

        def finished() -> list[Tree]:
            found = [each for each in self.world.said(channel) if [c["type"] for c in each["components"]] == [17]]
            return found if len(found) >= number else []

        found: list[Tree] = await self.until(finished)
        return found

    async def reply(self, used: Used) -> Tree:
        """What an interaction was answered with."""

        def finished() -> Tree | None:
            found = self.world.messages[used.channel].get(used.message)
            return found if found and [each["type"] for each in found["components"]] == [17] else None

        found: Tree = await self.until(finished)
        return found

    async def quiet(self, seconds: float = 0.6) -> None:
        """Wait until the bot has made no call for a while."""
        count = -1
        while count != len(self.calls):
            count = len(self.calls)
            await asyncio.sleep(seconds)

    # The gateway: https://docs.discord.com/developers/events/gateway

    async def send(self, event: str, data: Any) -> None:
        """Dispatch an event; what a client misses is repeated when it resumes."""
        self._sequence += 1
        frame = {"op": 0, "s": self._sequence, "t": event, "d": json.loads(json.dumps(data))}
        self._sent.append(frame)
        if self._socket is not None and self._ready.is_set() and not self._socket.closed:
            await self._socket.send_json(frame)

    def _tell(self, event: str, data: Tree) -> None:
        task = asyncio.create_task(self.send(event, data))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        self._socket = socket
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 500}, "s": None, "t": None})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            frame = json.loads(message.data)
            if frame["op"] == 1:
                self.beats.append(time.monotonic())
                await socket.send_json({"op": 11, "d": None, "s": None, "t": None})
            elif frame["op"] == 2:
                await self._identify(socket, frame["d"])
            elif frame["op"] == 6 and self.forgetful:
                await socket.send_json({"op": 9, "d": False, "s": None, "t": None})
            elif frame["op"] == 6:
                self.resumed += 1
                for missed in [each for each in self._sent if each["s"] > frame["d"]["seq"]]:
                    await socket.send_json(missed)
                self._ready.set()
                await self.send("RESUMED", {})
        return socket

    async def _identify(self, socket: web.WebSocketResponse, said: Tree) -> None:
        if said["token"] != TOKEN or self.refuses:
            await socket.close(code=4004)
            return
        self.sessions += 1
        self._ready.set()
        ready = {
            "v": 10, "user": self.world.user(APP), "guilds": [{"id": str(GUILD), "unavailable": True}],
            "session_id": f"session{self.sessions}", "resume_gateway_url": self.url.replace("http", "ws"),
            "application": {"id": str(APP), "flags": 0}, "shard": said.get("shard", [0, 1]),
        }  # fmt: skip
        await self.send("READY", ready)
        await self.send("GUILD_CREATE", self.world.guild())

    # REST

    async def _file(self, request: web.Request) -> web.Response:
        data = self.world.files.get(request.path)
        return web.Response(status=404) if data is None else web.Response(body=data)

    async def _call(self, request: web.Request) -> web.Response:
        path = f"{request.method} /{request.match_info['path']}"
        self.calls.append((time.monotonic(), request.method, f"/{request.match_info['path']}"))
        for fault in self.faults:
            if fault.times and re.search(fault.pattern, path):
                fault.times -= 1
                limited = {"retry_after": 0.2, "message": "", "global": False, "code": fault.code}
                headers = {"Via": "1.1 fake", "Retry-After": "0.2", "X-RateLimit-Scope": "user"}
                return _json(limited, fault.status, headers if fault.status == 429 else {})
        body, files = await _body(request)
        for pattern, answer in self._routes():
            if match := re.fullmatch(pattern, path):
                return answer(*[int(each) if each.isdigit() else each for each in match.groups()], body, files)
        self.problems.append(f"unknown: {path}")
        return _json({"message": "404: Not Found", "code": 0}, 404)

    def _routes(self) -> list[tuple[str, Callable[..., web.Response]]]:
        world, app = self.world, f"/applications/{APP}/commands"
        info = {"id": str(APP), "name": "Lookalike", "bot_public": True, "bot_require_code_grant": False, "icon": None}
        whole = {**info, "flags": self.flags, "description": "", "verify_key": "", "owner": world.user(ANN)}
        gateway = {"url": self.url, "shards": 1, "session_start_limit": {"max_concurrency": 1}}
        return [
            ("GET /users/@me", lambda *_: _json(world.user(APP))),
            ("GET /(?:oauth2/)?applications/@me", lambda *_: _json(whole)),
            (r"GET /guilds/\d+/members/(\d+)", lambda who, *_: _json({"user": world.user(who), **world.member(who)})),
            ("GET /users/@me/guilds", lambda *_: _json([world.own_guild(self.lacks)])),
            ("GET /gateway/bot", lambda *_: _json(gateway)),
            ("POST /users/@me/channels", lambda b, _: _json(world.channels[world.direct(int(b["recipient_id"]))])),
            (f"GET {app}", lambda *_: _json(self.commands)),
            (f"PUT {app}", lambda body, _: self._sync(body)),
            (r"GET /channels/(\d+)", lambda channel, *_: self._channel(channel)),
            (r"GET /channels/(\d+)/messages", lambda channel, *_: _json(world.history(channel))),
            (r"GET /channels/(\d+)/messages/(\d+)", lambda c, m, *_: _json(world.messages[c][m])),
            (r"POST /channels/(\d+)/messages", self._create),
            (r"PATCH /channels/(\d+)/messages/(\d+)", self._edit),
            (r"POST /channels/(\d+)/messages/(\d+)/threads", self._thread),
            (r"POST /interactions/(\d+)/(\w+)/callback", self._acknowledge),
            (r"PATCH /webhooks/\d+/token(\d+)/messages/(?:@original|\d+)", self._edit_reply),
        ]

    def _sync(self, body: list[Tree]) -> web.Response:
        usual = {"application_id": str(APP), "version": "1", "type": 1, "description": ""}
        self.commands = [{"id": str(self.world.id()), **usual, **each} for each in body]
        return _json(self.commands)

    def _channel(self, channel: int) -> web.Response:
        found = self.world.channels.get(channel)
        return _json(found) if found else _json({"message": "Unknown Channel", "code": 10003}, 404)

    def _create(self, channel: int, body: Tree, files: dict[str, bytes]) -> web.Response:
        nonce = body.get("nonce")
        known = next(
            (each for each in self.world.messages[channel].values() if nonce and each.get("nonce") == nonce), None
        )
        if known is not None:
            return _json(known)
        made = self.world.add_message(channel, APP, nonce=nonce, **self._filled(body, files))
        self._tell("MESSAGE_CREATE", made)
        return _json(made)

    def _edit(self, channel: int, message: int, body: Tree, files: dict[str, bytes]) -> web.Response:
        found = self.world.messages[channel][message]
        found.update(self._filled(body, files))
        return _json(found)

    def _filled(self, body: Tree, files: dict[str, bytes]) -> Tree:
        if body.get("allowed_mentions", {}).get("parse") != []:
            self.problems.append("somebody could be pinged")
        names = {str(each["id"]): each for each in body.get("attachments") or ()}
        attach = self.world.attach
        described = [attach(each["filename"], files[key], each.get("description")) for key, each in names.items()]
        self.problems += wrong(body.get("components") or [], [each["filename"] for each in described])
        if any(len(data) > 10 << 20 for data in files.values()) or len(files) > 10:
            self.problems.append("files that are too large or too many")
        reference = body.get("message_reference")
        shown: Tree = {"attachments": described, "components": body.get("components") or [], "flags": V2}
        return {**shown, "message_reference": reference, "type": 19} if reference else shown

    def _thread(self, channel: int, message: int, body: Tree, _: object) -> web.Response:
        if not 1 <= len(body["name"]) <= 100:
            self.problems.append("a thread's name is empty or too long")
        if message in self.world.channels:
            return _json({"message": "A thread has already been created for this message", "code": 160004}, 400)
        metadata = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": "2026-11-22T10:00:00+00:00"}
        made = self.world.add_channel(
            message, THREAD, name=body["name"], guild_id=str(GUILD), parent_id=str(channel), owner_id=str(APP),
            thread_metadata={**metadata, "locked": False}, message_count=0, member_count=1, rate_limit_per_user=0,
        )  # fmt: skip
        self._tell("THREAD_CREATE", {**made, "newly_created": True})
        return _json(made, 201)

    def _acknowledge(self, interaction: int, _: str, body: Tree, files: dict[str, bytes]) -> web.Response:
        used = self.used[interaction]
        if used.seconds is not None:
            self.problems.append("acknowledged twice")
        used.seconds = time.monotonic() - used.sent
        if used.seconds > ACKNOWLEDGE_WITHIN:
            self.problems.append(f"acknowledged after {used.seconds:.1f} s")
        used.kind, used.data = body["type"], body.get("data") or {}
        if used.kind in (4, 5):
            shown = self._filled(used.data, files) if used.kind == 4 else {}
            made = self.world.add_message(used.channel, APP, **{**shown, "flags": used.data.get("flags", 0)})
            used.message = int(made["id"])
        resource = {"type": used.kind, "message": self.world.messages[used.channel].get(used.message)}
        told = {"interaction": {"id": str(interaction), "type": 2, "response_message_id": str(used.message)}}
        return _json({**told, "resource": resource})

    def _edit_reply(self, interaction: int, body: Tree, files: dict[str, bytes]) -> web.Response:
        used = self.used[interaction]
        found = self.world.messages[used.channel][used.message]
        found.update({**self._filled(body, files), "flags": found["flags"] & EPHEMERAL | V2})
        return _json(found)


async def _body(request: web.Request) -> tuple[Any, dict[str, bytes]]:
    files: dict[str, bytes] = {}
    if not request.content_type.startswith("multipart/"):
        return (await request.json() if request.can_read_body else {}), files
    body: Any = {}
    form = await request.post()
    for name, value in form.items():
        if isinstance(value, web.FileField):
            files[name.removeprefix("files[").removesuffix("]")] = value.file.read()
        else:
            body = json.loads(str(value))
    return body, files


def _json(tree: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """discord.py reads JSON only when the type is exactly this, without a charset."""
    shown = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(tree).encode(), status=status, headers=shown)
