"""The files of posts that went by, so that a reply to one finds its pictures without asking Slack.

Slack allows many apps to read a thread once a minute only (`conversations.replies`), so that is the second way.
Kept in memory: names and ids, no pictures, no words.
"""

from __future__ import annotations

from collections import OrderedDict

import structlog

from bot.slack.client import Workspace, told
from bot.slack.payloads import File, Payload, files
from core.errors import LookalikeError
from core.words import Sentence

_MOST = 5_000


class Recent:
    """Files by channel and ``ts`` of their post."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[str, str], tuple[File, ...]] = OrderedDict()

    def note(self, event: Payload) -> None:
        """Remember the files of a message event, whoever posted it."""
        found = files(event.get("files"))
        if found and event.get("channel") and event.get("ts"):
            self._files[str(event["channel"]), str(event["ts"])] = found
            if len(self._files) > _MOST:
                self._files.popitem(last=False)

    async def pictures(self, workspace: Workspace, channel: str, ts: str) -> tuple[File, ...]:
        """The pictures of a post; none where Slack does not tell."""
        known = self._files.get((channel, ts))
        if known is None:
            try:
                async with told(Sentence("doing.read_replied")), workspace.queues.place("conversations.replies"):
                    answer = await workspace.patient.conversations_replies(channel=channel, ts=ts, limit=1)
            except LookalikeError as error:
                structlog.get_logger(__name__).warning("parent_not_read", reason=error.reason)
                return ()
            messages = answer.get("messages") or []
            known = files(messages[0].get("files")) if messages else ()
        return tuple(file for file in known if file.picture)
