"""Many workspaces: installing by OAuth, tokens encrypted at rest, uninstalling and revoking."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from slack_sdk.oauth.installation_store.models.bot import Bot as StoredBot
from sqlalchemy import create_engine

from bot.slack.configuration import check
from bot.slack.installations import Installations, cipher
from bot.slack.transports import PATH
from core.errors import ConfigurationError
from core.settings import SlackSettings
from tests.bot.house import png
from tests.bot.slack.conftest import bot
from tests.fakes.slack_api import BOT_TOKEN
from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import ANN, ME, TEAM

RED = ("red.png", png("red"))


def many(key: str) -> dict[str, Any]:
    return {
        "mode": "http",
        "port": 0,
        "bot_token": SecretStr(""),
        "client_id": "111.222",
        "client_secret": SecretStr("hush"),
        "encryption_key": SecretStr(key),
        "public_url": "https://bot.example",
    }


async def install(slack: SlackServer) -> str:
    """Go through the installation as a browser does; returns the page at its end."""
    base = slack.request_url.removesuffix(PATH)
    slack.api.codes["good-code"] = {
        "access_token": BOT_TOKEN,
        "token_type": "bot",
        "scope": "chat:write",
        "bot_user_id": ME,
        "app_id": "A0LOOK0001",
        "team": {"id": TEAM, "name": "Work"},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": ANN},
    }
    async with aiohttp.ClientSession() as browser:
        async with browser.get(f"{base}/slack/install") as page:
            (link,) = re.findall(r'href="([^"]+oauth/v2/authorize[^"]+)"', await page.text())
            state = parse_qs(urlsplit(link.replace("&amp;", "&")).query)["state"][0]
            cookies = {name: morsel.value for name, morsel in page.cookies.items()}
        arguments = {"code": "good-code", "state": state}
        async with browser.get(f"{base}/slack/oauth_redirect", params=arguments, cookies=cookies) as page:
            return f"{page.status} {await page.text()}"


async def test_a_workspace_installs_asks_and_leaves(tmp_path: Path, slack: SlackServer) -> None:
    async with bot(tmp_path, slack, **many(Fernet.generate_key().decode())):
        assert (await install(slack)).startswith("200")
        post = await slack.post("@bot like this", files=[RED])
        await slack.answers(post)
        assert BOT_TOKEN.encode() not in b"".join(file.read_bytes() for file in tmp_path.glob("slack.sqlite3*"))
        await slack.event({"type": "app_uninstalled"})
        await slack.until(lambda: _bots(tmp_path) == 0)
        slack.problems.clear()
        await slack.post("@bot like this", files=[RED])
        await slack.quiet()
        assert len(slack.world.mine()) == 1
        slack.problems.clear()  # Bolt answers the event of a workspace that is gone with an error, as it should


async def test_a_revoked_token_is_forgotten_other_peoples_are_none_of_ours(tmp_path: Path, slack: SlackServer) -> None:
    async with bot(tmp_path, slack, **many(Fernet.generate_key().decode())):
        await install(slack)
        await slack.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}})
        await slack.quiet()
        assert _bots(tmp_path) == 1
        await slack.event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [ME]}})
        await slack.until(lambda: _bots(tmp_path) == 0)


async def test_an_installation_with_a_foreign_state_or_a_used_code_is_refused(
    tmp_path: Path, slack: SlackServer
) -> None:
    async with bot(tmp_path, slack, **many(Fernet.generate_key().decode())):
        base = slack.request_url.removesuffix(PATH)
        async with aiohttp.ClientSession() as browser:
            arguments = {"code": "good-code", "state": "made-up"}
            async with browser.get(f"{base}/slack/oauth_redirect", params=arguments) as page:
                assert page.status == 400
        assert _bots(tmp_path) == 0


async def test_keys_can_be_changed_and_a_lost_one_is_told(tmp_path: Path) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    engine = create_engine(f"sqlite:///{tmp_path / 'slack.sqlite3'}")
    stored = StoredBot(
        app_id="A1", team_id="T1", bot_token="xoxb-secret", bot_id="B1", bot_user_id="U1", installed_at=1.0
    )
    await Installations("c", engine, cipher(SecretStr(old))).async_save_bot(stored)
    both = Installations("c", engine, cipher(SecretStr(f"{new}, {old}")))
    found = await both.async_find_bot(enterprise_id=None, team_id="T1")
    assert found is not None
    assert found.bot_token == "xoxb-secret"
    with pytest.raises(ConfigurationError, match="another key"):
        await Installations("c", engine, cipher(SecretStr(new))).async_find_bot(enterprise_id=None, team_id="T1")
    await asyncio.to_thread(engine.dispose)


@pytest.mark.parametrize("key", ["", "short", "x" * 44])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(ConfigurationError, match="encryption_key"):
        cipher(SecretStr(key))


@pytest.mark.parametrize(
    "wrong",
    [
        {"bot_token": SecretStr("xoxb-1")},
        {"bot_token": SecretStr("xoxb-1"), "app_token": SecretStr("xoxb-2")},
        {"bot_token": SecretStr("xoxb-1"), "mode": "http"},
        {"client_id": "1.2", "app_token": SecretStr("xapp-1")},
        {"client_id": "1.2", "mode": "http", "signing_secret": SecretStr("s")},
    ],
)
def test_settings_that_do_not_belong_together_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        check(SlackSettings(**wrong))
    assert refusal.value.advice


async def test_a_wrong_token_is_told_at_the_start(tmp_path: Path, slack: SlackServer) -> None:
    for wrong in ({"bot_token": SecretStr("xoxb-wrong")}, {"app_token": SecretStr("xapp-wrong")}):
        with pytest.raises(ConfigurationError, match="token"):
            async with bot(tmp_path / str(len(str(wrong))), slack, **wrong):
                pass


def _bots(folder: Path) -> int:
    with sqlite3.connect(folder / "slack.sqlite3") as database:
        return int(database.execute("SELECT count(*) FROM slack_bots").fetchone()[0])
