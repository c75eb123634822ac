"""Answers that only the asker sees: refusals, votes, and what a slash command shows."""

from __future__ import annotations

from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.failures import Failure
from bot.results import Result
from bot.slack import render
from bot.slack.blocks import Message
from bot.slack.client import Workspace, told
from bot.slack.replies import plain
from core.errors import Unavailable, UserError
from core.ingest import IngestProgress
from core.models import Progress
from core.words import Sentence, Words


async def whisper(workspace: Workspace, channel: str, user: str, message: Message, thread: str = "") -> None:
    """Show a message to one person in a channel; in a direct message where the bot is not in the channel.

    Raises:
        LookalikeError: neither is possible.
    """
    try:
        async with told(Sentence("doing.answer_here")):
            await workspace.patient.chat_postEphemeral(
                channel=channel, user=user, thread_ts=thread or None, **message.arguments()
            )
    except UserError:
        async with told(Sentence("doing.write_directly")):
            await workspace.patient.chat_postMessage(channel=user, **message.arguments())


class PrivateReply:
    """A :class:`~bot.ports.Replier` that only the asker sees, by a command's or press's ``response_url``.

    Args:
        replace: whether the message whose button was pressed turns into the answer.
    """

    def __init__(self, response_url: str, words: Words, *, replace: bool = False) -> None:
        self._webhook = AsyncWebhookClient(response_url)
        self._words = words
        self._replace = replace

    async def begin(self) -> None:
        """Nothing: these answers come at once."""

    async def progress(self, progress: Progress | IngestProgress) -> None:
        """Nothing: see :meth:`begin`."""

    async def send(self, result: Result) -> None:
        """Show the result."""
        await self.show(plain(result, self._words), replace=self._replace)

    async def fail(self, failure: Failure) -> None:
        """Show reason, advice and reference."""
        await self.show(render.failure(failure, self._words))

    async def show(self, message: Message, *, replace: bool = False) -> None:
        """Show a message. Raises ``Unavailable`` when Slack does not take it."""
        async with told(Sentence("doing.answer_you")):
            response = await self._webhook.send(
                text=message.text,
                blocks=list(message.blocks),
                response_type="ephemeral",
                replace_original=replace,
            )
        if response.status_code != 200:
            raise Unavailable(
                Sentence("platform.slack_not_taken", code=response.status_code), Sentence("platform.again")
            )


class Whisper(PrivateReply):
    """As :class:`PrivateReply`, for posts, which bring no ``response_url``."""

    def __init__(self, workspace: Workspace, channel: str, user: str, words: Words, thread: str = "") -> None:
        self._workspace = workspace
        self._channel = channel
        self._user = user
        self._thread = thread
        self._words = words
        self._replace = False

    async def show(self, message: Message, *, replace: bool = False) -> None:  # noqa: ARG002 - nothing to replace
        """Show a message to the asker only."""
        await whisper(self._workspace, self._channel, self._user, message, self._thread)
