"""What ``python -m core doctor`` looks at of the chat platforms; it finds this module by its name."""

from __future__ import annotations

from collections.abc import Sequence

from bot.discord.checks import discord_access, discord_settings
from bot.slack.checks import slack_access, slack_settings
from core.doctor import Check


def checks() -> Sequence[Check]:
    """The checks of all platforms. One whose platform is not asked for finds nothing."""
    return (slack_settings, slack_access, discord_settings, discord_access)
