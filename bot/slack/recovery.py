"""After a restart: what was acknowledged and never answered is answered, in the note that was begun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.slack.authorization import Authorization
from bot.slack.client import Workspace, told
from bot.slack.payloads import Inbound, load
from bot.slack.places import NOTE
from bot.slack.service import Service
from core.errors import LookalikeError
from core.words import Sentence


@dataclass(frozen=True, slots=True)
class Recovery:
    """Takes up requests by the context that the earlier run noted."""

    service: Service
    authorization: Authorization

    async def resume(self, context: Mapping[str, Any]) -> None:
        """Answer one of them."""
        log = structlog.get_logger(__name__)
        try:
            inbound = load(context)
            workspace = await self.authorization.of_team(inbound.team)
            if workspace is None or not inbound.thread:
                log.warning("not_resumed", team=inbound.team)
                return
            note = await self._note(workspace, inbound)
            await self.service.answer(workspace, inbound, accepted=True, note=note)
        except (LookalikeError, ValueError, KeyError) as error:
            log.warning("not_resumed", error=type(error).__name__, reason=str(error))

    async def _note(self, workspace: Workspace, inbound: Inbound) -> str:
        """``ts`` of the note that the earlier run posted for this request; empty when there is none."""
        try:
            async with told(Sentence("doing.read_thread")), workspace.queues.place("conversations.replies"):
                answer = await workspace.patient.conversations_replies(
                    channel=inbound.channel, ts=inbound.thread, limit=200, include_all_metadata=True
                )
        except LookalikeError:
            return ""
        for message in answer.get("messages") or ():
            metadata = message.get("metadata") or {}
            ours = message.get("user") == workspace.me and metadata.get("event_type") == NOTE
            if ours and (metadata.get("event_payload") or {}).get("key") == inbound.key:
                return str(message["ts"])
        return ""
