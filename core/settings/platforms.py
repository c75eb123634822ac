"""Settings of the page and the chat platforms."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from core.settings.group import Group, Texts


class WebSettings(Group):
    """The web workbench."""

    enabled: bool = Field(True, description="Whether the web workbench is started.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0: any free one.")
    allowed_hosts: Texts = Field((), description="Further host names under which the page may be reached, as a list.")
    manage: bool = Field(True, description="Whether the catalogue can be changed from the page.")


class SlackSettings(Group):
    """The Slack app. It starts when there is a bot token, or a client id for many workspaces."""

    bot_token: SecretStr = Field(SecretStr(""), description="`xoxb-…`, from OAuth & Permissions.")
    app_token: SecretStr = Field(SecretStr(""), description="`xapp-…` with `connections:write`, for Socket Mode.")
    signing_secret: SecretStr = Field(SecretStr(""), description="From Basic Information, for HTTP mode.")
    mode: Literal["socket", "http"] = Field(
        "socket", description="`socket` needs no public address; `http` listens for Slack's signed requests."
    )
    base_url: str = Field(
        "https://slack.com/api/", description="Address of the Web API, for GovSlack (`https://slack-gov.com/api/`)."
    )
    channels: Texts = Field((), description="Ids of channels where a photo is answered without a mention, as a list.")
    managers: Texts = Field(
        (),
        description="Ids of people who may change the catalogue, as a list; "
        "empty, and no group either: workspace admins.",
    )
    managers_group: str = Field("", description="Id of a user group (`S…`) whose members may change the catalogue.")
    host: str = Field("127.0.0.1", description="HTTP mode: address to listen on.")
    port: int = Field(3000, ge=0, le=65535, description="HTTP mode: port to listen on; 0: any free one.")
    public_url: str = Field("", description="HTTP mode: the `https://…` address under which Slack reaches it.")
    client_id: str = Field("", description="HTTP mode for many workspaces: client id of the app.")
    client_secret: SecretStr = Field(SecretStr(""), description="HTTP mode for many workspaces: client secret.")
    encryption_key: SecretStr = Field(
        SecretStr(""),
        description="Encrypts the workspaces' tokens at rest: Fernet keys, newest first, separated by commas; "
        "`python -m bot.slack.installations` makes one.",
    )

    @property
    def configured(self) -> bool:
        """Whether the settings ask for Slack at all."""
        return bool(self.bot_token.get_secret_value() or self.client_id)


class DiscordSettings(Group):
    """The Discord bot. It starts when there is a token."""

    token: SecretStr = Field(SecretStr(""), description="The bot's token, from the developer portal.")
    channels: Texts = Field(
        (),
        description="Ids of channels where a photo is answered without a mention, as a list; "
        "needs the Message Content intent.",
    )
    message_content: bool = Field(
        False,
        description="Whether the app has the Message Content intent; then follow-ups in its threads need no mention.",
    )
    managers_role: str = Field(
        "", description="Name or id of the role that may change the catalogue; empty: whoever may manage the server."
    )
    api_base_url: str = Field(
        "https://discord.com/api/v10", description="Address of the REST API, for a proxy that keeps the rate limits."
    )
    gateway_url: str = Field("", description="Address of the gateway; empty: the one that Discord tells.")

    @property
    def configured(self) -> bool:
        """Whether the settings ask for Discord at all."""
        return bool(self.token.get_secret_value())

    @property
    def reads_messages(self) -> bool:
        """Whether the privileged Message Content intent is asked for."""
        return self.message_content or bool(self.channels)
