"""The token goes to Slack's hosts only, and a sign-in page is no picture."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.attachments import read
from bot.slack.client import Workspace, Workspaces
from bot.slack.downloads import Downloads
from bot.slack.payloads import File
from core.errors import ConfigurationError, LookalikeError, Unavailable, UserError
from tests.bot.house import png
from tests.fakes.slack_api import BOT_TOKEN
from tests.fakes.slack_server import SlackServer

RED = ("red.png", png("red"))


@pytest.fixture
async def workspaces(slack: SlackServer) -> AsyncIterator[Workspaces]:
    opened = Workspaces(f"{slack.api.base}/api/")
    yield opened
    await opened.close()


async def fetch(workspaces: Workspaces, file: File) -> bytes:
    workspace: Workspace = await workspaces.open(BOT_TOKEN)
    downloads = Downloads(workspaces.base_url, workspaces.session())
    return await read(downloads.attachment(file, workspace), 1_000_000)


async def posted(slack: SlackServer) -> File:
    message = await slack.post("photo", files=[RED], events=())
    (public,) = slack.api.public(message)["files"]
    return File(public["id"], public["name"], public["url_private_download"], public["size"])


async def test_a_file_is_downloaded_with_the_token(slack: SlackServer, workspaces: Workspaces) -> None:
    assert await fetch(workspaces, await posted(slack)) == RED[1]


async def test_a_sign_in_page_names_the_missing_scope(slack: SlackServer, workspaces: Workspaces) -> None:
    file = await posted(slack)
    slack.api.scopes -= {"files:read"}
    with pytest.raises(ConfigurationError, match="files:read"):
        await fetch(workspaces, file)


async def test_a_sign_in_page_in_spite_of_the_scope_is_no_picture_either(slack: SlackServer) -> None:
    workspaces = Workspaces(f"{slack.api.base}/api/")
    workspace = await workspaces.open(BOT_TOKEN)
    slack.api.scopes -= {"files:read"}
    downloads = Downloads(workspaces.base_url, workspaces.session())
    with pytest.raises(UserError, match="sign-in"):
        await read(downloads.attachment(await posted(slack), workspace), 1_000_000)
    await workspaces.close()


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.png", True),
        ("https://files.slack-gov.com/files-pri/T1-F1/a.png", True),
        ("http://files.slack.com/files-pri/T1-F1/a.png", False),
        ("https://files.slack.com.evil.example/a.png", False),
        ("https://evilslack.com/a.png", False),
        ("https://files.slack.com@evil.example/a.png", False),
        ("https://shop.example/a.png", False),
        ("", False),
    ],
)
async def test_only_slacks_hosts_are_trusted(workspaces: Workspaces, url: str, trusted: bool) -> None:
    assert Downloads("https://slack.com/api/", workspaces.session()).trusted(url) is trusted


async def test_the_token_goes_to_no_other_host(workspaces: Workspaces) -> None:
    with pytest.raises(UserError, match="does not lie at Slack"):
        await fetch(workspaces, File("F1", "a.png", "https://shop.example/a.png"))


async def test_no_redirect_is_followed(slack: SlackServer) -> None:
    stolen: list[str] = []

    async def redirect(_: web.Request) -> web.Response:
        raise web.HTTPFound("/thief")

    async def thief(request: web.Request) -> web.Response:
        stolen.append(request.headers.get("Authorization", ""))
        return web.Response(body=RED[1])

    app = web.Application()
    app.add_routes([web.get("/file", redirect), web.get("/thief", thief)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    workspaces = Workspaces(f"{slack.api.base}/api/")
    workspace = await workspaces.open(BOT_TOKEN)
    downloads = Downloads(base, workspaces.session())
    with pytest.raises(LookalikeError):
        await read(downloads.attachment(File("F1", "a.png", f"{base}/file"), workspace), 1_000_000)
    await runner.cleanup()
    await workspaces.close()
    assert stolen == []


@pytest.mark.parametrize("mode", ["tombstone", "hidden_by_limit", "external"])
async def test_what_slack_no_longer_has_is_told(workspaces: Workspaces, mode: str) -> None:
    with pytest.raises(UserError, match="no longer"):
        await fetch(workspaces, File("F1", "a.png", "https://files.slack.com/a.png", mode=mode))


async def test_a_file_of_another_workspace_is_asked_for_first(slack: SlackServer, workspaces: Workspaces) -> None:
    file = await posted(slack)
    assert await fetch(workspaces, File(file.id, unseen=True)) == RED[1]
    assert len(slack.called("files.info")) == 1


async def test_a_lost_connection_can_be_tried_again(slack: SlackServer, workspaces: Workspaces) -> None:
    workspace = await workspaces.open(BOT_TOKEN)
    downloads = Downloads("http://127.0.0.1:9/api/", workspaces.session())
    file = File("F1", "a.png", "http://127.0.0.1:9/files-pri/a.png")
    with pytest.raises(Unavailable):
        await read(downloads.attachment(file, workspace), 1_000_000)
