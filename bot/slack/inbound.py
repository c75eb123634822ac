"""From Slack's payloads to :class:`Inbound`. Pure: no call, no clock, no state; tested on recorded payloads."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from bot.commands import interpret
from bot.request import AddProducts, Addressed, Find, Intent, MoreLike, NextPage, ShowHelp, Vote
from bot.slack import markup, render
from bot.slack.payloads import File, Inbound, Payload, files

_ASKING = (None, "file_share", "thread_broadcast", "me_message")
"""Message subtypes in which a person says something new; all others report edits, joins and the like."""


def post(event: Payload, team: str, me: str, channels: Collection[str]) -> Inbound | None:
    """A ``message`` or ``app_mention`` event, or None when it is none of the bot's business.

    Both events of one post, and every retry, give equal keys.

    Args:
        me: the bot's own user id.
        channels: where photos are answered without a mention.
    """
    user = str(event.get("user") or "")
    if event.get("subtype") not in _ASKING or event.get("hidden") or _is_program(event, user, me):
        return None
    said = markup.parse(str(event.get("text") or ""))
    attached = _attached(event)
    channel, ts = str(event["channel"]), str(event["ts"])
    thread = str(event.get("thread_ts") or ts)
    addressed = _addressed(event, thread != ts, me in said.mentions, channel in channels)
    if addressed is None:
        return None
    if addressed in (Addressed.CHANNEL, Addressed.THREAD):
        attached = tuple(file for file in attached if file.picture)
        if addressed is Addressed.CHANNEL and not attached:
            return None
    spoken_to = addressed in (Addressed.MENTION, Addressed.DIRECT)
    parent = thread if spoken_to and thread != ts and not attached else ""
    return Inbound(
        team=team,
        channel=channel,
        user=user,
        key=f"slack:{team}:{channel}:{ts}",
        thread=thread,
        post=ts,
        text=said.words,
        urls=said.urls if spoken_to else (),
        files=attached,
        parent=parent,
        intent=_intent(said, attached, parent) if spoken_to else Find(),
        addressed=addressed,
    )


def shortcut(payload: Payload, team: str) -> Inbound:
    """One of the two message shortcuts: the message's pictures are searched, or become products."""
    message: Payload = payload["message"]
    channel, ts = str(payload["channel"]["id"]), str(payload.get("message_ts") or message["ts"])
    found = _base(payload, team, channel, f"{ts}:{payload['action_ts']}", str(message.get("thread_ts") or ts))
    adding = payload["callback_id"] == "add_to_catalogue"
    said = markup.parse(str(message.get("text") or ""))
    return replace(
        found,
        post=ts,
        urls=() if adding else said.urls,
        files=_attached(message),
        intent=AddProducts() if adding else Find(),
    )


def press(payload: Payload, team: str) -> Inbound | None:
    """A button or menu of an answer; None for buttons that only open something."""
    action: Payload = payload["actions"][0]
    intent = _pressed(str(action["action_id"]), value(action))
    if intent is None:
        return None
    channel, thread = place(payload)
    event = f"{payload['container']['message_ts']}:{action['action_ts']}"
    return replace(_base(payload, team, channel, event, thread), intent=intent)


def place(payload: Payload) -> tuple[str, str]:
    """Channel and thread of the message whose button was pressed."""
    container: Payload = payload["container"]
    thread = container.get("thread_ts") or (payload.get("message") or {}).get("thread_ts") or container["message_ts"]
    return str(payload["channel"]["id"]), str(thread)


def value(action: Payload) -> dict[str, Any]:
    """What a button, or a menu's chosen option, carries."""
    option = action.get("selected_option") or {}
    carried = json.loads(option.get("value") or action.get("value") or "{}")
    return carried if isinstance(carried, dict) else {}


def command(payload: Payload, team: str) -> Inbound:
    """A slash command, without a thread yet; what it asks for is still to be read."""
    channel = str(payload["channel_id"])
    return Inbound(
        team=team,
        channel=channel,
        user=str(payload["user_id"]),
        key=f"slack:{team}:{channel}:{payload['trigger_id']}",
        visible=False,
    )


def _base(payload: Payload, team: str, channel: str, event: str, thread: str) -> Inbound:
    return Inbound(
        team=team,
        channel=channel,
        user=str(payload["user"]["id"]),
        key=f"slack:{team}:{channel}:{event}",
        thread=thread,
        visible=False,
    )


def _pressed(action: str, carried: dict[str, Any]) -> Intent | None:
    ask = str(carried.get("ask", ""))
    match action:
        case render.MORE:
            return MoreLike(ask, str(carried.get("item", "")))
        case render.NEXT:
            return NextPage(ask)
        case render.UP | render.DOWN:
            return Vote(ask, up=action == render.UP)
    return None


def _is_program(event: Payload, user: str, me: str) -> bool:
    return bool(event.get("bot_id") or event.get("bot_profile")) or user in ("", me, "USLACKBOT")


def _attached(message: Payload) -> tuple[File, ...]:
    """The message's files, and those of a message that it forwards."""
    found = files(message.get("files"))
    for shared in message.get("attachments") or ():
        found += files(shared.get("files"))
    return tuple({file.id: file for file in found}.values())


def _addressed(event: Payload, reply: bool, mentioned: bool, configured: bool) -> Addressed | None:
    if event.get("channel_type") == "im" or str(event["channel"]).startswith("D"):
        return Addressed.DIRECT
    if mentioned or event.get("type") == "app_mention":
        return Addressed.MENTION
    if reply:
        return Addressed.THREAD
    return Addressed.CHANNEL if configured else None


def _intent(said: markup.Text, attached: tuple[File, ...], parent: str) -> Intent:
    if not (said.words or said.urls or attached or parent):
        return ShowHelp()
    intent = interpret(said.words, files=bool(attached))
    if intent is None and parent:
        intent = interpret(said.words, files=True)
    return intent or Find()
