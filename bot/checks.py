"""What ``python -m core doctor`` looks at of the chat platforms; it finds this module by its name."""

from __future__ import annotations

from collections.abc import Sequence

from bot.discord import checks as discord
from bot.slack import checks as slack
from core.doctor import Check


def checks() -> Sequence[Check]:
    """The checks of all platforms. One whose platform is not asked for finds nothing."""
    return (slack.settings, slack.access, discord.settings, discord.access)
