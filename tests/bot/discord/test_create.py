"""``create_bot()`` gives the whole program as a discord.py client, also to harnesses that nobody here wrote."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest
from pydantic import SecretStr
from simcord.env import Env

from bot.discord import create_bot
from bot.discord.client import Client
from core.settings import DiscordSettings, Settings
from tests.bot.discord.conftest import answer
from tests.bot.house import png


@pytest.fixture
def simcord_bot(tmp_path: Path) -> Client:
    """Whom simcord runs and closes."""
    settings = Settings(data_dir=tmp_path, discord=DiscordSettings(token=SecretStr("MTAwMA==.fake.token")))
    return create_bot(settings)


async def test_the_whole_program_answers(simcord_bot: Client, simcord_env: Env) -> None:
    guild = simcord_env.create_guild()
    channel = guild.create_text_channel("general")
    managers = guild.create_role("Buyers", permissions=discord.Permissions(manage_guild=True))
    ann = guild.add_member(simcord_env.create_user("ann"), roles=[managers])
    red = ("red.png", png("red", (200, 150)))
    added = await ann.slash(channel, "catalog add", file=red, title="Red card")
    assert added.acknowledged
    found = await ann.slash(channel, "find", text="a red card")
    assert "Red card" in answer(found)
