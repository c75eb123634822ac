"""Payloads as Slack sends them: the shapes of its documentation, with this workspace's ids."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack_world import APP, TEAM


def event(inner: dict[str, Any], number: int) -> dict[str, Any]:
    """An Events API callback: https://docs.slack.dev/apis/events-api/#callback-field."""
    return {
        "token": "verification",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": inner,
        "type": "event_callback",
        "event_id": f"Ev{number:08d}",
        "event_time": 1795000000,
        "authorizations": [{"team_id": TEAM, "user_id": "U0LOOKBOT1", "is_bot": True}],
    }


def interaction(kind: str, user: str, trigger: str, **more: Any) -> dict[str, Any]:
    """What buttons, shortcuts and forms have in common: https://docs.slack.dev/interactivity/."""
    return {
        "type": kind,
        "team": {"id": TEAM, "domain": "work"},
        "user": {"id": user, "name": "someone", "team_id": TEAM},
        "api_app_id": APP,
        "token": "verification",
        "trigger_id": trigger,
        "is_enterprise_install": False,
        "enterprise": None,
        **more,
    }


def press(
    user: str, trigger: str, channel: str, message: dict[str, Any], action: dict[str, Any], url: str
) -> dict[str, Any]:
    """A button or menu: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload."""
    container = {"type": "message", "message_ts": message["ts"], "channel_id": channel, "is_ephemeral": False}
    if "thread_ts" in message:
        container["thread_ts"] = message["thread_ts"]
    return interaction(
        "block_actions",
        user,
        trigger,
        container=container,
        channel={"id": channel, "name": "finds"},
        message=message,
        actions=[action],
        response_url=url,
    )


def command(user: str, trigger: str, channel: str, name: str, text: str, url: str) -> dict[str, Any]:
    """A slash command: https://docs.slack.dev/interactivity/implementing-slash-commands."""
    return {
        "token": "verification",
        "team_id": TEAM,
        "team_domain": "work",
        "channel_id": channel,
        "channel_name": "finds",
        "user_id": user,
        "user_name": "someone",
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": trigger,
    }
