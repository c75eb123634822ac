"""``doctor`` for Slack: settings that belong together, tokens, granted scopes against the manifest, channels."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from bot.slack import manifest
from bot.slack.client import Workspace, Workspaces, told, web_client
from bot.slack.configuration import check, slash
from core.doctor import Finding, Level
from core.errors import LookalikeError
from core.settings import Settings, SlackSettings


def slack_settings(given: Settings) -> Iterator[Finding]:
    """Whether what is set fits together. Raises ``ConfigurationError`` where not."""
    if given.slack.configured:
        check(given.slack)
        many = "many workspaces" if given.slack.client_id else "one workspace"
        yield Finding("Slack", Level.OK, f"It runs in {given.slack.mode} mode for {many}.")


def slack_access(given: Settings) -> Iterator[Finding]:
    """Whether Slack accepts the tokens, which scopes are missing, and whether the bot is in its channels.

    Raises:
        ConfigurationError: a token is not accepted.
        Unavailable: Slack can't be reached.
    """
    if given.slack.bot_token.get_secret_value() and not given.slack.client_id:
        yield from asyncio.run(_access(given.slack))


async def _access(given: SlackSettings) -> list[Finding]:
    workspaces = Workspaces(slash(given.base_url))
    try:
        workspace = await workspaces.open(given.bot_token.get_secret_value())
        found = [Finding("Slack", Level.OK, f"Signed in to workspace {workspace.team} as {workspace.me}.")]
        found += _scopes(workspace, given)
        found += [await _channel(workspace, channel) for channel in given.channels]
        if given.mode == "socket":
            async with told("open a connection"):
                token = given.app_token.get_secret_value()
                await web_client(None, workspaces.base_url).apps_connections_open(app_token=token)
            found.append(Finding("Slack", Level.OK, "The app-level token opens connections."))
        return found
    finally:
        await workspaces.close()


def _scopes(workspace: Workspace, given: SlackSettings) -> list[Finding]:
    wanted = manifest.load()
    missing = wanted.missing(workspace.scopes, user_group=bool(given.managers_group))
    if not missing:
        return [Finding("Slack scopes", Level.OK, f"All {len(wanted.scopes)} that the manifest asks for are granted.")]
    reasons = manifest.reasons()
    return [
        Finding(
            "Slack scopes",
            Level.FAIL,
            f"The scope {scope} is missing; it is needed to {reasons[scope]}.",
            "Add it under OAuth & Permissions, or paste bot/slack/manifest.yaml again, and reinstall the app.",
        )
        for scope in missing
    ]


async def _channel(workspace: Workspace, channel: str) -> Finding:
    try:
        async with told(f"look at channel {channel}"):
            answer = await workspace.patient.conversations_info(channel=channel)
    except LookalikeError as error:
        return Finding("Slack channels", Level.WARN, f"{channel}: {error.reason}", "Invite the bot with /invite.")
    name = f"#{answer['channel'].get('name', channel)}"
    if answer["channel"].get("is_member"):
        return Finding("Slack channels", Level.OK, f"The bot is in {name}.")
    return Finding("Slack channels", Level.WARN, f"The bot is not in {name}.", f"Write /invite @lookalike in {name}.")
