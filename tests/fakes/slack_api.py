"""The Web API methods that the bot uses, strict about arguments, scopes, membership and blocks."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from tests.fakes.slack_blocks import Checker
from tests.fakes.slack_world import BOT, ME, TEAM, File, World

BOT_TOKEN, APP_TOKEN = "xoxb-fake-bot-token", "xapp-1-fake-app-token"
SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.postEphemeral": "chat:write",
    "reactions.add": "reactions:write",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
    "users.info": "users:read",
    "usergroups.users.list": "usergroups:read",
    "conversations.open": "im:write",
    "conversations.replies": "channels:history",
    "conversations.info": "channels:read",
}
TRIGGER_SECONDS = 3.0


class Refused(Exception):
    """An ``ok: false`` answer."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.body = {"ok": False, "error": error, **more}


class Api:
    """The methods, by name with ``_`` for ``.``; what is wrong is also kept in ``problems``."""

    def __init__(self, world: World, problems: list[str]) -> None:
        self.world = world
        self.problems = problems
        self.base = ""
        self.processing = 0.05
        self.scopes = {*SCOPES.values(), "app_mentions:read", "assistant:write", "commands", "im:history"}
        self.scopes |= {"groups:history", "groups:read"}
        self.triggers: dict[str, float] = {}
        self.views: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.ephemerals: list[dict[str, Any]] = []
        self.uploads: dict[str, str] = {}
        self.group: list[str] = []
        self.codes: dict[str, dict[str, Any]] = {}

    def wrong(self, complaint: str) -> Refused:
        """A mistake of the bot's."""
        self.problems.append(complaint)
        return Refused("invalid_arguments", response_metadata={"messages": [complaint]})

    def check_scope(self, method: str) -> None:
        """Refuse what was not granted."""
        needed = SCOPES.get(method)
        if needed and needed not in self.scopes:
            raise Refused("missing_scope", needed=needed, provided=",".join(sorted(self.scopes)))

    async def auth_test(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"team": "Work", "team_id": TEAM, "user": "lookalike", "user_id": ME, "bot_id": BOT}

    async def users_info(self, call: Mapping[str, Any]) -> dict[str, Any]:
        if call["user"] not in self.world.people:
            raise Refused("user_not_found")
        person = dict(self.world.people[call["user"]])
        if not call.get("include_locale"):
            person.pop("locale")
        return {"user": person}

    async def usergroups_users_list(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"users": self.group}

    async def conversations_open(self, call: Mapping[str, Any]) -> dict[str, Any]:
        return {"channel": {"id": self.world.direct(call["users"])}}

    async def conversations_info(self, call: Mapping[str, Any]) -> dict[str, Any]:
        members = self.world.members.get(call["channel"])
        if members is None:
            raise Refused("channel_not_found")
        return {"channel": {"id": call["channel"], "name": "finds", "is_member": ME in members}}

    async def conversations_replies(self, call: Mapping[str, Any]) -> dict[str, Any]:
        self._member(call["channel"])
        messages = self.world.messages.get(call["channel"], {})
        if call["ts"] not in messages:
            raise Refused("thread_not_found")
        found = [messages[call["ts"]], *self.world.thread(call["channel"], call["ts"])]
        shown = [self.public(each) for each in found[: int(call.get("limit", 100))]]
        if not call.get("include_all_metadata"):
            shown = [{name: value for name, value in each.items() if name != "metadata"} for each in shown]
        return {"messages": shown}

    async def chat_postMessage(self, call: Mapping[str, Any]) -> dict[str, Any]:
        channel = call["channel"]
        channel = self.world.direct(channel) if channel in self.world.people else channel
        self._member(channel)
        self._content(call)
        kept = self.world.add(channel, {"user": ME, "bot_id": BOT, **self._kept(call, channel)})
        return {"channel": channel, "ts": kept["ts"], "message": kept}

    async def chat_update(self, call: Mapping[str, Any]) -> dict[str, Any]:
        kept = self.world.messages.get(call["channel"], {}).get(call["ts"])
        if kept is None or kept.get("user") != ME:
            self.problems.append(f"chat.update of a message that is not the bot's: {call.get('ts')}")
            raise Refused("cant_update_message")
        self._content(call)
        kept.update(self._kept(call, call["channel"]), edits=kept.get("edits", 0) + 1)
        return {"channel": call["channel"], "ts": kept["ts"], "text": kept["text"]}

    async def chat_postEphemeral(self, call: Mapping[str, Any]) -> dict[str, Any]:
        self._member(call["channel"])
        if call["user"] not in self.world.members[call["channel"]]:
            raise Refused("user_not_in_channel")
        self._content(call)
        self.ephemerals.append(dict(call))
        return {"message_ts": self.world.ts()}

    async def reactions_add(self, call: Mapping[str, Any]) -> dict[str, Any]:
        self._member(call["channel"])
        if call["timestamp"] not in self.world.messages.get(call["channel"], {}):
            raise self.wrong(f"reaction to an unknown message {call['timestamp']}")
        reaction = (call["channel"], call["timestamp"], call["name"])
        if reaction in self.world.reactions:
            raise Refused("already_reacted")
        self.world.reactions.append(reaction)
        return {}

    async def files_getUploadURLExternal(self, call: Mapping[str, Any]) -> dict[str, Any]:
        if int(call.get("length", 0)) <= 0 or not call.get("filename"):
            raise self.wrong("upload without a name or a length")
        file = File(self.world.id("F"), call["filename"], ME, alt=call.get("alt_txt") or "", length=int(call["length"]))
        ticket = self.world.id("up")
        self.world.files[file.id], self.uploads[ticket] = file, file.id
        return {"upload_url": f"{self.base}/upload/{ticket}", "file_id": file.id}

    async def files_completeUploadExternal(self, call: Mapping[str, Any]) -> dict[str, Any]:
        files = []
        for each in call["files"]:
            file = self.world.files[each["id"]]
            if len(file.data) != file.length:
                raise self.wrong(f"{file.name}: {len(file.data)} bytes came, {file.length} were announced")
            file.title, file.ready = each.get("title") or file.name, time.monotonic() + self.processing
            files.append(file)
        if channel := call.get("channel_id"):
            self._member(channel)
            self._thread(channel, call.get("thread_ts"))
            for file in files:
                file.channels.add(channel)
            shared = {"user": ME, "bot_id": BOT, "subtype": "file_share", "text": call.get("initial_comment") or ""}
            self.world.add(
                channel, {**shared, "thread_ts": call.get("thread_ts"), "files": [file.id for file in files]}
            )
        return {"files": [file.public(self.base) for file in files]}

    async def files_info(self, call: Mapping[str, Any]) -> dict[str, Any]:
        file = self.world.files.get(call["file"])
        if file is None:
            raise Refused("file_not_found")
        return {"file": file.public(self.base)}

    async def views_open(self, call: Mapping[str, Any]) -> dict[str, Any]:
        opened = self.triggers.pop(call["trigger_id"], None)
        if opened is None or time.monotonic() - opened > TRIGGER_SECONDS:
            self.problems.append("trigger_id expired or used twice")
            raise Refused("expired_trigger_id")
        view = self._view(call["view"])
        view["id"] = self.world.id("V")
        self.views[view["id"]] = view
        return {"view": view}

    async def views_publish(self, call: Mapping[str, Any]) -> dict[str, Any]:
        self.homes[call["user_id"]] = self._view(call["view"])
        return {"view": {"id": self.world.id("V")}}

    async def oauth_v2_access(self, call: Mapping[str, Any]) -> dict[str, Any]:
        grant = self.codes.pop(call.get("code", ""), None)
        if grant is None:
            raise Refused("invalid_code")
        return grant

    def public(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """A message as events and answers show it."""
        shown = {name: value for name, value in message.items() if value is not None and name != "edits"}
        if "files" in shown:
            shown["files"] = [self.world.files[each].public(self.base) for each in shown["files"]]
        return shown

    def content(self, call: Mapping[str, Any]) -> list[str]:
        """What is wrong with a message."""
        wrong = Checker(self._usable).message(call.get("blocks") or [])
        if not call.get("text"):
            wrong.append("no text for notifications and screen readers")
        if len(call.get("text") or "") > 4_000:
            wrong.append("text longer than 4,000 characters")
        return wrong

    def _content(self, call: Mapping[str, Any]) -> None:
        if wrong := self.content(call):
            self.problems += wrong
            raise Refused("invalid_blocks", errors=wrong)

    def _kept(self, call: Mapping[str, Any], channel: str) -> dict[str, Any]:
        self._thread(channel, call.get("thread_ts"))
        kept = {name: call[name] for name in ("text", "blocks", "metadata", "thread_ts") if call.get(name) is not None}
        return json.loads(json.dumps(kept))

    def _view(self, view: Any) -> dict[str, Any]:
        if wrong := Checker(self._usable).view(view):
            self.problems += wrong
            raise Refused("invalid_arguments", response_metadata={"messages": wrong})
        return dict(view)

    def _usable(self, file: str) -> bool:
        known = self.world.files.get(file)
        return known is not None and known.processed and known.name.lower().endswith((".jpg", ".jpeg", ".png", ".gif"))

    def _member(self, channel: str) -> None:
        if channel not in self.world.members:
            raise Refused("channel_not_found")
        if ME not in self.world.members[channel]:
            raise Refused("not_in_channel")

    def _thread(self, channel: str, ts: str | None) -> None:
        root = self.world.messages.get(channel, {}).get(ts or "")
        if ts and (root is None or root.get("thread_ts", ts) != ts):
            raise self.wrong(f"thread_ts {ts} is not the first post of a thread")
