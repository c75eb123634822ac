"""Files that people posted. Their addresses are signed and expire, so they are read at once, and asked for anew."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable

import aiohttp
import discord

from bot.discord.errors import told
from bot.discord.inbound import attachments
from bot.discord.payloads import File
from bot.request import Attachment
from core.errors import Unavailable, UserError
from core.words import Sentence

_GONE = (discord.NotFound, discord.Forbidden)


class Downloads:
    """Makes attachments of Discord's files."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def make(self, file: File, live: Iterable[discord.Attachment] = ()) -> Attachment:
        """The file, not yet downloaded.

        Args:
            live: attachments of the event that brought it; after a restart there are none.
        """
        found = next((each for each in live if each.id == file.id), None)
        return Attachment(file.name, lambda: self._read(file, found), file.size)

    async def _read(self, file: File, found: discord.Attachment | None) -> AsyncGenerator[bytes, None]:
        try:
            data = await (found.read() if found is not None else self._client.http.get_from_cdn(file.url))
        except _GONE:
            data = await self._read_again(file)
        except discord.HTTPException as error:
            raise Unavailable(Sentence("download.not_handed_out"), Sentence("download.refused_advice")) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(
                Sentence("download.broken_off", platform="Discord"), Sentence("download.broken_off_advice")
            ) from error
        yield data

    async def _read_again(self, file: File) -> bytes:
        """The address has expired: the message tells a fresh one."""
        found = await self._look_up(file) if file.message else None
        try:
            if found is not None:
                return await found.read()
        except _GONE:
            pass
        raise UserError(Sentence("download.gone"), Sentence("download.gone_advice"))

    async def _look_up(self, file: File) -> discord.Attachment | None:
        channel = self._client.get_partial_messageable(file.channel)
        try:
            async with told(Sentence("doing.see_again")):
                message = await channel.fetch_message(file.message)
        except UserError:
            return None
        return next((each for each in attachments(message) if each.id == file.id), None)
