"""The Web API: one client for each workspace, patient with rate limits, with errors in plain words."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from core.errors import ConfigurationError, LookalikeError, Unavailable, UserError
from core.words import Sentence

PATIENCE = 60
"""Times that the SDK waits as long as Slack's ``Retry-After`` says before it gives up."""
_TRIES = 3
_SIDE_BY_SIDE = 8
_TIMEOUT = 30

Call = Callable[..., Awaitable[Any]]


def web_client(token: str | None, base_url: str, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
    """A client that waits out rate limits and repeats what a lost connection or a 5xx interrupted."""
    return AsyncWebClient(
        token=token,
        base_url=base_url,
        session=session,
        timeout=_TIMEOUT,
        retry_handlers=[
            AsyncConnectionErrorRetryHandler(max_retry_count=_TRIES),
            AsyncServerErrorRetryHandler(max_retry_count=_TRIES),
            AsyncRateLimitErrorRetryHandler(max_retry_count=PATIENCE),
        ],
    )


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace that the bot is installed in.

    Attributes:
        team: the workspace's id; the tenant's name.
        me: the bot's own user id.
        hurried: as ``patient``, without waiting for rate limits: for what is outdated a second later.
        scopes: what was granted, as far as Slack told it.
    """

    team: str
    me: str
    token: str = field(repr=False)
    patient: AsyncWebClient = field(repr=False)
    hurried: AsyncWebClient = field(repr=False)
    queues: Queues = field(repr=False)
    scopes: frozenset[str] = frozenset()


class Queues:
    """Keeps calls that share one of Slack's rate limits in line, so that waiting ones do not wear each other out.

    Who waits for ``Retry-After`` keeps its place; the SDK alone knows the rates. Posting is limited for
    each channel, everything else for each method: https://docs.slack.dev/apis/web-api/rate-limits.
    """

    def __init__(self) -> None:
        self._places: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_SIDE_BY_SIDE))
        self._channels: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def waiting(self, method: str) -> bool:
        """Whether somebody waits for a place in the line of ``method``."""
        return self._places[method].locked()

    @asynccontextmanager
    async def place(self, method: str, channel: str = "") -> AsyncIterator[None]:
        """A place in the line of ``method``, or of posting in ``channel``."""
        if channel:
            async with self._channels[channel]:
                yield
        else:
            async with self._places[method]:
                yield


@asynccontextmanager
async def told(doing: str) -> AsyncIterator[None]:
    """Turn the SDK's errors into this program's, with reason and advice. ``doing`` such as ``post the answer``."""
    try:
        yield
    except SlackApiError as error:
        raise explain(error, doing) from error
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unavailable(
            Sentence("platform.unreachable", platform="Slack", doing=doing), Sentence("platform.minute")
        ) from error


def code(error: SlackApiError) -> str:
    """Slack's own name of an error, such as ``not_in_channel``; for HTTP errors the status."""
    data = error.response.data if hasattr(error.response, "data") else error.response
    if isinstance(data, dict) and data.get("error"):
        return str(data["error"])
    return str(getattr(error.response, "status_code", None) or getattr(error.response, "status", "unknown"))


def explain(error: SlackApiError, doing: str) -> LookalikeError:
    """The error in words: https://docs.slack.dev/reference/methods/chat.postMessage#errors and its neighbours."""
    name = code(error)
    structlog.get_logger(__name__).warning("slack_refused", doing=doing, error=name)
    match name:
        case "missing_scope":
            data = error.response.data
            needed = str(data.get("needed", "")) if isinstance(data, dict) else ""
            return ConfigurationError(
                Sentence("platform.slack_scope", scope=needed or "(unnamed)", doing=doing),
                Sentence("platform.slack_scope_advice", scope=needed),
            )
        case "not_in_channel" | "channel_not_found" | "restricted_action" | "user_not_in_channel":
            return UserError(Sentence("platform.not_allowed", doing=doing), Sentence("platform.slack_channel_advice"))
        case "is_archived":
            return UserError(Sentence("platform.slack_archived"), Sentence("platform.slack_archived_advice"))
        case "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired":
            return ConfigurationError(Sentence("platform.slack_token"), Sentence("platform.slack_token_advice"))
        case "ratelimited" | "429":
            return Unavailable(
                Sentence("platform.limiting", platform="Slack", doing=doing), Sentence("platform.minute")
            )
        case _:
            return Unavailable(
                Sentence("platform.refused", platform="Slack", doing=doing, code=name), Sentence("platform.minute")
            )


class Workspaces:
    """Clients by token: one installation's calls share their lines and connections.

    Args:
        base_url: address of the Web API, with a slash at the end.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._session: aiohttp.ClientSession | None = None
        self._known: dict[str, Workspace] = {}

    async def open(self, token: str) -> Workspace:
        """The workspace of a bot token, known from ``auth.test``.

        Raises:
            ConfigurationError: Slack does not accept the token.
            Unavailable: Slack can't be reached.
        """
        if known := self._known.get(token):
            return known
        client = web_client(token, self.base_url, self.session())
        async with told("sign in"):
            answer = await client.auth_test()
        scopes = next((value for name, value in answer.headers.items() if name.lower() == "x-oauth-scopes"), "")
        hurried = AsyncWebClient(token=token, base_url=self.base_url, session=self.session(), retry_handlers=[])
        workspace = Workspace(
            team=str(answer["team_id"]),
            me=str(answer["user_id"]),
            token=token,
            patient=client,
            hurried=hurried,
            queues=Queues(),
            scopes=_split(scopes),
        )
        return self._known.setdefault(token, workspace)

    def forget(self, team: str) -> None:
        """Drop what is known of a workspace: it uninstalled the app, or revoked its token."""
        self._known = {token: known for token, known in self._known.items() if known.team != team}

    def session(self) -> aiohttp.ClientSession:
        """The connections that all workspaces share."""
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=_TIMEOUT)
            self._session = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def _split(scopes: str | Collection[str]) -> frozenset[str]:
    found = scopes.split(",") if isinstance(scopes, str) else scopes
    return frozenset(scope.strip() for scope in found if scope.strip())
