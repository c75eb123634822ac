"""What the settings mean together, before anything is connected."""

from __future__ import annotations

from core.database import sqlite_url
from core.errors import ConfigurationError
from core.settings import Settings, SlackSettings


def check(settings: SlackSettings) -> None:
    """Raise ``ConfigurationError`` when settings that belong together are not all there."""
    if settings.client_id:
        if settings.mode != "http":
            raise ConfigurationError(
                "Installing by OAuth needs slack.mode to be http.", "Set LOOKALIKE_SLACK__MODE=http."
            )
        if not settings.client_secret.get_secret_value():
            raise ConfigurationError("slack.client_id is set, slack.client_secret is not.", "Set SLACK_CLIENT_SECRET.")
    if settings.mode == "http" and not settings.signing_secret.get_secret_value():
        raise ConfigurationError(
            "HTTP mode needs the signing secret, and slack.signing_secret is empty.", "Set SLACK_SIGNING_SECRET."
        )
    if settings.mode == "socket" and not settings.app_token.get_secret_value().startswith("xapp-"):
        raise ConfigurationError(
            "Socket Mode needs an app-level token (xapp-…), and slack.app_token is not one.",
            "Make one with the scope connections:write under Basic Information, and set SLACK_APP_TOKEN.",
        )


def installations_url(settings: Settings) -> str:
    """Where installations are kept: beside the catalogue's record, in a file of their own on SQLite."""
    return settings.database.url.get_secret_value() or sqlite_url(settings.data_dir / "slack.sqlite3")


def slash(url: str) -> str:
    """The address with a slash at its end, as the SDK needs it."""
    return url if url.endswith("/") else f"{url}/"
