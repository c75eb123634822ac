"""After a restart: what was taken and never answered is answered, in the note that was begun."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import discord
import structlog

from bot.discord.layout import mark
from bot.discord.payloads import Inbound, load
from bot.discord.places import Channel, InChannel
from bot.discord.service import Service
from core.errors import LookalikeError

_LOOK_AT = 50


@dataclass(frozen=True, slots=True)
class Recovery:
    """Takes up requests by the context that the earlier run noted."""

    service: Service
    client: discord.Client

    async def resume(self, context: Mapping[str, Any]) -> None:
        """Answer one of them."""
        try:
            inbound = load(context)
            if inbound.ticket is not None:
                self.service.submit(inbound, self.service.reply(inbound), accepted=True)
            else:
                await self._resume_message(inbound)
        except (LookalikeError, ValueError, KeyError, TypeError) as error:
            structlog.get_logger(__name__).warning("not_resumed", error=type(error).__name__, reason=str(error))

    async def _resume_message(self, inbound: Inbound) -> None:
        channel, threaded = await self._where(inbound)
        left = await self._left(channel, 0 if threaded else inbound.post, mark(inbound.key))
        if isinstance(left, discord.Message) and _answered(left, mark(inbound.key)):
            await self.service.handler.settle(inbound.key)
            return
        place = InChannel(channel) if threaded else self.service.beside(inbound, channel)
        self.service.submit(inbound, place, accepted=True, posted=left.id if left else None)

    async def _where(self, inbound: Inbound) -> tuple[Channel, bool]:
        """The thread that was started on the message, or where it was written."""
        channel = await self.service.channel(inbound.channel)
        if isinstance(channel, discord.TextChannel):
            try:
                return await self.service.channel(inbound.post), True
            except LookalikeError:
                pass
        return channel, False

    async def _left(self, channel: Channel, after: int, number: int) -> discord.Message | None:
        """The message that the earlier run posted for this request."""
        me = self.client.user
        try:
            history = channel.history(limit=_LOOK_AT, after=discord.Object(after), oldest_first=True)
            async for message in history:
                if me is not None and message.author.id == me.id and number in _ids(message.components):
                    return message
        except discord.HTTPException:
            return None
        return None


def _ids(components: Iterable[Any]) -> list[int | None]:
    return [getattr(component, "id", None) for component in components]


def _answered(message: discord.Message, number: int) -> bool:
    """Answers are boxes; a note is a bare line."""
    return any(
        isinstance(component, discord.components.Container) and component.id == number
        for component in message.components
    )
