"""``python -m bot.discord.invite``: the address that adds the bot to a server."""

from __future__ import annotations

import base64
import binascii
import sys

from bot.discord import permissions
from core import settings as sources
from core.errors import ConfigurationError, LookalikeError
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


def main() -> int:
    """Print the address; returns the exit status."""
    try:
        sys.stdout.write(f"{permissions.invite(application(sources.load().discord))}\n")
    except LookalikeError as error:
        sys.stderr.write(f"{error.reason}\n{error.advice}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
