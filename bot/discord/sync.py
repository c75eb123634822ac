"""Commands are told to Discord only when they changed: syncing at every start is limited and slow."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.discord.errors import told

_FILE = "discord.commands.json"


async def sync(tree: app_commands.CommandTree[Any], folder: Path) -> bool:
    """Tell Discord the commands unless it knows them; returns whether they were told.

    What was told last is kept as a fingerprint, because Discord does not tell translations back; whether the
    commands are still there is asked.

    Raises:
        LookalikeError: Discord does not take them.
    """
    application = str(tree.client.application_id)
    payload = [await command.get_translated_payload(tree, _translator(tree)) for command in tree.get_commands()]
    payload += [
        await menu.get_translated_payload(tree, _translator(tree))
        for menu in tree.get_commands(type=discord.AppCommandType.message)
        if menu.name not in {each["name"] for each in payload}
    ]
    fingerprint = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    file = folder / _FILE
    known = await asyncio.to_thread(_read, file)
    async with told("look at the commands"):
        there = {(each.name, each.type.value) for each in await tree.fetch_commands()}
    if known.get(application) == fingerprint and there == {(each["name"], each["type"]) for each in payload}:
        return False
    async with told("set the commands"):
        await tree.sync()
    await asyncio.to_thread(file.write_text, json.dumps({**known, application: fingerprint}))
    structlog.get_logger(__name__).info("discord.commands_synced", commands=len(payload))
    return True


def _translator(tree: app_commands.CommandTree[Any]) -> app_commands.Translator:
    assert tree.translator is not None
    return tree.translator


def _read(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
