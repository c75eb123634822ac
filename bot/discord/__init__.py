"""Lookalike in Discord."""

from bot.discord.create import create_bot

__all__ = ["create_bot"]
