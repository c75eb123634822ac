"""The address that adds the bot to a server: ``python -m core invite``."""

from __future__ import annotations

import base64
import binascii

from bot.discord import permissions
from core.errors import ConfigurationError
from core.settings import DiscordSettings


def application(settings: DiscordSettings) -> int:
    """The application's id, which a token begins with; no call is needed.

    Raises:
        ConfigurationError: there is no token, or it is none.
    """
    first = settings.token.get_secret_value().partition(".")[0]
    try:
        return int(base64.b64decode(first + "=" * (-len(first) % 4)))
    except (binascii.Error, ValueError) as error:
        raise ConfigurationError(
            "There is no Discord token that an invitation could be made for.",
            "Set DISCORD_TOKEN to the token under Bot in the developer portal.",
        ) from error


def address(settings: DiscordSettings) -> str:
    """The invitation, with exactly the permissions that are used. Raises as :func:`application`."""
    return permissions.invite(application(settings))
