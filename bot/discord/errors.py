"""discord.py's errors in this program's words, with reason and advice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import aiohttp
import discord
import structlog

from core.errors import LookalikeError, Unavailable, UserError

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10003, 10008, 10015, 10062
MISSING_ACCESS, MISSING_PERMISSIONS, INVALID_TOKEN = 50001, 50013, 50027
TOO_LARGE, THREAD_EXISTS, ARCHIVED, MOST_THREADS = 40005, 160004, 50083, 160006
"""https://docs.discord.com/developers/topics/opcodes-and-status-codes#json."""

_PAUSES = (0.5, 2.0, 4.0)

Result = TypeVar("Result")

OUTDATED = frozenset({UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, INVALID_TOKEN})
"""An interaction that can't be answered any more."""


@asynccontextmanager
async def told(doing: str) -> AsyncIterator[None]:
    """Turn discord.py's errors into this program's. ``doing`` such as ``post the answer``.

    discord.py waits out rate limits and repeats what a 5xx or a lost connection interrupted; what comes here is final.
    """
    try:
        yield
    except discord.HTTPException as error:
        raise explain(error, doing) from error
    except (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unavailable(f"Discord could not be reached to {doing}.", "Please try again in a minute.") from error


async def patiently(doing: str, call: Callable[[], Awaitable[Result]]) -> Result:
    """As :func:`told`, for calls that may be made twice: what discord.py does not repeat itself is repeated here.

    That is 503 and a connection that was lost, for calls that Discord takes twice for one.
    """
    async with told(doing):
        for pause in _PAUSES:
            try:
                return await call()
            except discord.DiscordServerError as error:
                if error.status != 503:
                    raise
            except (aiohttp.ClientConnectionError, ConnectionError):
                pass
            await asyncio.sleep(pause)
        return await call()


def explain(error: discord.HTTPException, doing: str) -> LookalikeError:
    """The error in words."""
    structlog.get_logger(__name__).warning("discord_refused", doing=doing, status=error.status, code=error.code)
    match error.code:
        case 50001 | 50013:
            return UserError(
                f"I may not {doing} here.", "Somebody who manages this server has to give me the permission for it."
            )
        case 10003 | 10008:
            return UserError(f"I could not {doing}: the channel or message is gone.", "Please ask again.")
        case 50083:
            return UserError("This thread is archived and locked.", "Please ask in the channel.")
        case 40005:
            return UserError("The answer's files are larger than this server allows.", "Please ask for fewer.")
    if error.status == 429:
        return Unavailable(f"Discord is limiting how fast I may {doing}.", "Please try again in a minute.")
    return Unavailable(f"Discord refused to {doing} ({error.status}).", "Please try again in a minute.")


def missing(permission: str, doing: str) -> UserError:
    """The sentence that names a missing permission, as Discord's settings call it."""
    return UserError(
        f"I may not {doing} here: I lack the permission {permission}.",
        "Somebody who manages this server can give it to me in the channel's or my role's settings.",
    )
