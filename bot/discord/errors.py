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
from core.words import Sentence

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
        raise Unavailable(
            Sentence("platform.unreachable", platform="Discord", doing=doing), Sentence("platform.minute")
        ) from error


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
            return UserError(Sentence("platform.not_allowed", doing=doing), Sentence("platform.discord_here_advice"))
        case 10003 | 10008:
            return UserError(Sentence("platform.discord_gone", doing=doing), Sentence("platform.again"))
        case 50083:
            return UserError(Sentence("platform.discord_archived"), Sentence("platform.discord_archived_advice"))
        case 40005:
            return UserError(Sentence("platform.discord_large"), Sentence("platform.discord_large_advice"))
    if error.status == 429:
        return Unavailable(Sentence("platform.limiting", platform="Discord", doing=doing), Sentence("platform.minute"))
    return Unavailable(
        Sentence("platform.refused", platform="Discord", doing=doing, code=error.status), Sentence("platform.minute")
    )


def missing(permission: str, doing: str) -> UserError:
    """The sentence that names a missing permission, as Discord's settings call it."""
    return UserError(
        Sentence("platform.discord_lacks", doing=doing, permission=permission),
        Sentence("platform.discord_lacks_advice"),
    )
