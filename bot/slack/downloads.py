"""Files that people posted, downloaded with the bot's token, which goes to Slack's own hosts and nowhere else.

Without the token, or without the scope ``files:read``, Slack answers with a sign-in page and status 200,
or with a redirect to one. Neither is taken for a picture, and no redirect is followed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.request import Attachment
from bot.slack.client import Workspace, told
from bot.slack.payloads import File, files
from core.errors import ConfigurationError, LookalikeError, Unavailable, UserError
from core.words import Sentence

SCOPE = "files:read"
_HOSTS = ("slack.com", "slack-gov.com", "slack-files.com", "slack-files-gov.com")
_TIMEOUT = aiohttp.ClientTimeout(total=300, connect=10, sock_read=30)
_CHUNK = 64 * 1024
_HTML = (b"<!doctype html", b"<html")
_GONE = {
    "tombstone": Sentence("download.deleted"),
    "hidden_by_limit": Sentence("download.hidden"),
    "external": Sentence("download.outside"),
}


class Downloads:
    """Makes attachments of Slack's files.

    Args:
        base_url: address of the Web API; its host may get the token as well (proxies, GovSlack).
    """

    def __init__(self, base_url: str, session: aiohttp.ClientSession) -> None:
        self._own = _origin(base_url)
        self._session = session

    def attachment(self, file: File, workspace: Workspace) -> Attachment:
        """The file, not yet downloaded."""
        return Attachment(file.name[:200], lambda: self._stream(file, workspace), file.size)

    def trusted(self, url: str) -> bool:
        """Whether the token may be sent to this address: HTTPS at Slack's hosts, or where the Web API is."""
        if _origin(url) == self._own:
            return True
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        return parts.scheme == "https" and any(host == known or host.endswith(f".{known}") for known in _HOSTS)

    async def _stream(self, file: File, workspace: Workspace) -> AsyncGenerator[bytes, None]:
        file = await _seen(file, workspace.patient)
        if not self.trusted(file.url):
            raise UserError(Sentence("download.elsewhere"), Sentence("download.elsewhere_advice"))
        headers = {"Authorization": f"Bearer {workspace.token}"}
        try:
            async with self._session.get(
                file.url, headers=headers, allow_redirects=False, timeout=_TIMEOUT
            ) as response:
                _check_status(response.status, workspace)
                first = True
                async for chunk in response.content.iter_chunked(_CHUNK):
                    if first and _is_page(chunk, response.content_type) and not file.name.lower().endswith(".html"):
                        raise _sign_in(workspace)
                    first = False
                    yield chunk
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(
                Sentence("download.broken_off", platform="Slack"), Sentence("download.broken_off_advice")
            ) from error


async def _seen(file: File, client: AsyncWebClient) -> File:
    """The file with its address, asked for where the event did not tell it."""
    if file.mode in _GONE:
        raise UserError(_GONE[file.mode], Sentence("download.gone_advice"))
    if file.url and not file.unseen:
        return file
    async with told(Sentence("doing.see_file")):
        answer = await client.files_info(file=file.id)
    found = files([answer["file"]])
    if not found or not found[0].url:
        raise Unavailable(Sentence("download.processing"), Sentence("download.processing_advice"))
    return found[0]


def _check_status(status: int, workspace: Workspace) -> None:
    if status == 200:
        return
    if 300 <= status < 400 or status in (401, 403):
        raise _sign_in(workspace)
    if status in (404, 410):
        raise UserError(Sentence("download.unseen"), Sentence("download.unseen_advice"))
    raise Unavailable(Sentence("download.refused", status=status), Sentence("download.refused_advice"))


def _sign_in(workspace: Workspace) -> LookalikeError:
    if workspace.scopes and SCOPE not in workspace.scopes:
        return ConfigurationError(
            Sentence("download.lacks_scope", scope=SCOPE), Sentence("download.lacks_scope_advice", scope=SCOPE)
        )
    return UserError(Sentence("download.slack_sign_in"), Sentence("download.slack_sign_in_advice"))


def _is_page(chunk: bytes, content_type: str) -> bool:
    return content_type == "text/html" or chunk.lstrip()[:20].lower().startswith(_HTML)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port
