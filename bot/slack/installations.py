"""Workspaces that installed the app by OAuth: slack-sdk's SQLAlchemy store, with every token encrypted at rest.

``python -m bot.slack.installations`` makes a key for ``slack.encryption_key``.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy import Engine, Text, TypeDecorator
from sqlalchemy.engine import Dialect

from core.errors import ConfigurationError

_SECRETS = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url")


def cipher(keys: SecretStr) -> MultiFernet:
    """Encrypts with the first key and decrypts with any: https://cryptography.io/en/latest/fernet/.

    Raises:
        ConfigurationError: there is no key, or one is not 32 bytes in URL-safe base64.
    """
    advice = "Make one with `python -m bot.slack.installations` and set it as LOOKALIKE_SLACK__ENCRYPTION_KEY."
    found = [key.strip() for key in keys.get_secret_value().split(",") if key.strip()]
    if not found:
        raise ConfigurationError("Installing by OAuth needs slack.encryption_key, and it is empty.", advice)
    try:
        return MultiFernet([Fernet(key) for key in found])
    except ValueError as error:
        raise ConfigurationError("slack.encryption_key is not a Fernet key.", advice) from error


class Encrypted(TypeDecorator[str]):
    """Text that is encrypted on its way into the database and decrypted on its way out."""

    impl = Text
    cache_ok = False

    def __init__(self, cipher: MultiFernet) -> None:
        super().__init__()
        self._cipher = cipher

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The value encrypted."""
        return None if value is None else self._cipher.encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The value decrypted.

        Raises:
            ConfigurationError: none of the keys made it.
        """
        if value is None:
            return None
        try:
            return self._cipher.decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise ConfigurationError(
                "The workspaces' tokens were encrypted with another key.",
                "Add the former key behind the present one in slack.encryption_key, or install the app again.",
            ) from error


class _Store(SQLAlchemyInstallationStore):
    """slack-sdk's tables, with room for ciphertext and its encryption in the columns of secrets."""

    def __init__(self, client_id: str, engine: Engine, cipher: MultiFernet) -> None:
        super().__init__(client_id, engine)
        for table in (self.bots, self.installations):
            for column in table.columns:
                if column.name in _SECRETS:
                    column.type = Encrypted(cipher)


class Installations(AsyncInstallationStore):
    """Finds, keeps and deletes installations, off the event loop."""

    def __init__(self, client_id: str, engine: Engine, cipher: MultiFernet) -> None:
        self._store = _Store(client_id, engine, cipher)
        self._store.metadata.create_all(engine)

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation, and its bot."""
        await asyncio.to_thread(self._store.save, installation)

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a bot."""
        await asyncio.to_thread(self._store.save_bot, bot)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The newest bot of a workspace."""
        return await asyncio.to_thread(
            self._store.find_bot,
            enterprise_id=enterprise_id,
            team_id=team_id,
            is_enterprise_install=is_enterprise_install,
        )

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The newest installation of a workspace, or of one person there."""
        return await asyncio.to_thread(
            self._store.find_installation,
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            is_enterprise_install=is_enterprise_install,
        )

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget the bots of a workspace."""
        await asyncio.to_thread(self._store.delete_bot, enterprise_id=enterprise_id, team_id=team_id)

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget the installations of a workspace, or of one person there."""
        await asyncio.to_thread(
            self._store.delete_installation, enterprise_id=enterprise_id, team_id=team_id, user_id=user_id
        )


class States(AsyncOAuthStateStore):
    """The one-time states of installations under way (RFC 6749, 10.12), shared by replicas."""

    def __init__(self, engine: Engine, seconds: int = 600) -> None:
        self._store = SQLAlchemyOAuthStateStore(seconds, engine)
        self._store.metadata.create_all(engine)

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """A new state."""
        return await asyncio.to_thread(self._store.issue, *args, **kwargs)

    async def async_consume(self, state: str) -> bool:
        """Whether the state was issued, is fresh, and was not used before."""
        return await asyncio.to_thread(self._store.consume, state)


if __name__ == "__main__":
    sys.stdout.write(Fernet.generate_key().decode() + "\n")
