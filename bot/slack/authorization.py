"""Which workspace an event belongs to, and with which token it is answered."""

from __future__ import annotations

import time
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

from bot.slack.client import Workspace, Workspaces

_FRESH = 60.0
"""Seconds for which a token from the store is used without asking again; so long may replicas see a revoked one."""


class Authorization(AsyncAuthorize):
    """Answers from memory nearly always, so that no acknowledgement waits for ``auth.test`` or a database.

    Args:
        token: the one workspace's token; empty when there are many.
        store: the installations of many workspaces.
    """

    def __init__(self, workspaces: Workspaces, token: str, store: AsyncInstallationStore | None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._workspaces = workspaces
        self._token = token
        self._store = store
        self._tokens: dict[tuple[str | None, str | None], tuple[float, str]] = {}

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002 - Bolt's signature
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **_actor: Any,
    ) -> AuthorizeResult | None:
        """Bolt's question; None refuses the event of a workspace that did not install the app."""
        token = self._token or await self._find(enterprise_id, team_id)
        if not token:
            return None
        workspace = await self._workspaces.open(token)
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=workspace.team,
            user_id=user_id,
            bot_user_id=workspace.me,
            bot_token=token,
        )

    async def workspace(self, context: AsyncBoltContext) -> Workspace:
        """The workspace of an event that was authorised."""
        result = context.authorize_result
        assert result is not None
        assert result.bot_token is not None
        return await self._workspaces.open(result.bot_token)

    async def of_team(self, team: str) -> Workspace | None:
        """The workspace by its id, for what an earlier run of the program left."""
        token = self._token or await self._find(None, team)
        return await self._workspaces.open(token) if token else None

    async def lose(self, team: str) -> None:
        """The workspace uninstalled the app or revoked its token: forget both."""
        self._tokens = {key: kept for key, kept in self._tokens.items() if key[1] != team}
        self._workspaces.forget(team)
        if self._store is not None:
            await self._store.async_delete_bot(enterprise_id=None, team_id=team)
            await self._store.async_delete_installation(enterprise_id=None, team_id=team)

    async def _find(self, enterprise: str | None, team: str | None) -> str:
        key = (enterprise, team)
        if (known := self._tokens.get(key)) and known[0] > time.monotonic():
            return known[1]
        if self._store is None:
            return ""
        bot = await self._store.async_find_bot(enterprise_id=enterprise, team_id=team)
        if bot is None or not bot.bot_token:
            return ""
        self._tokens[key] = (time.monotonic() + _FRESH, bot.bot_token)
        return bot.bot_token
