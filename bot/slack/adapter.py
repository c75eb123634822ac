"""The Slack adapter: wires the parts, starts and stops them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from sqlalchemy import Engine, create_engine

from bot.downloads import Downloader
from bot.handler import Handler
from bot.pictures import Shelf
from bot.slack import listeners, manifest
from bot.slack.authorization import Authorization
from bot.slack.client import Workspaces, web_client
from bot.slack.configuration import check, installations_url, slash
from bot.slack.downloads import Downloads
from bot.slack.home import Home
from bot.slack.installations import Installations, States, cipher
from bot.slack.interactions import Interactions
from bot.slack.people import People
from bot.slack.recent import Recent
from bot.slack.recovery import Recovery
from bot.slack.requests import PLATFORM, Requests
from bot.slack.service import Service
from bot.slack.slash_commands import SlashCommands
from bot.slack.transports import Http, Socket, Transport
from core.catalog import Catalog
from core.history import History
from core.settings import Settings


class _Unused(logging.Filter):
    """Drops Bolt's remark that it will not use ``SLACK_BOT_TOKEN``, for which it looks in the environment by itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is anything else."""
        return record.getMessage() != warning_client_prioritized_and_token_skipped()


_UNUSED = _Unused()


class SlackAdapter:
    """A :class:`~bot.ports.Adapter` for one workspace by token, or many by OAuth."""

    def __init__(
        self, settings: Settings, catalog: Catalog, history: History, handler: Handler, links: Downloader
    ) -> None:
        self._all_settings = settings
        self._settings = settings.slack
        self._catalog = catalog
        self._history = history
        self._handler = handler
        self._links = links
        self._workspaces = Workspaces(slash(self._settings.base_url))
        self._installations: Engine | None = None
        self._service: Service | None = None
        self._recovery: Recovery | None = None
        self._transport: Transport | None = None
        self._log = structlog.get_logger(__name__)

    @property
    def name(self) -> str:
        """The platform's name."""
        return PLATFORM

    @property
    def transport(self) -> Transport | None:
        """Where events come from, once started."""
        return self._transport

    async def start(self) -> None:
        """Sign in, let events come, and answer what an earlier run left unanswered."""
        check(self._settings)
        token = self._settings.bot_token.get_secret_value()
        flow = await asyncio.to_thread(self._flow) if self._settings.client_id else None
        store = flow.settings.installation_store if flow else None
        authorization = Authorization(self._workspaces, "" if flow else token, store)
        if not flow:
            self._warn(await self._warm(token))
        self._service = self._make_service()
        app = self._app(authorization, flow)
        self._register(app, authorization, self._service)
        self._transport = self._make_transport(app)
        self._recovery = Recovery(self._service, authorization)
        await self._transport.open()

    async def resume(self, context: Mapping[str, Any]) -> None:
        """Answer what an earlier run acknowledged and did not answer."""
        if self._recovery is not None and self._service is not None:
            self._service.start(self._recovery.resume(context))

    async def stop(self) -> None:
        """Take no more events, let what runs finish, disconnect."""
        if self._service is not None:
            await self._service.settled()  # so that what came already is acknowledged before the way back closes
        if self._transport is not None:
            await self._transport.close()
        if self._service is not None:
            await self._service.settled()
        await self._handler.drain(self.name)
        await self._workspaces.close()
        if self._installations is not None:
            await asyncio.to_thread(self._installations.dispose)

    def healthy(self) -> bool:
        """Whether events can come now."""
        return self._transport is not None and self._transport.healthy()

    async def _warm(self, token: str) -> frozenset[str]:
        """Sign in before the first event, which then need not wait for it."""
        return (await self._workspaces.open(token)).scopes

    def _warn(self, granted: frozenset[str]) -> None:
        missing = manifest.load().missing(granted, user_group=bool(self._settings.managers_group)) if granted else ()
        if missing:
            self._log.warning("slack_scopes_missing", scopes=list(missing))

    def _make_service(self) -> Service:
        people, recent = People(self._settings), Recent()
        downloads = Downloads(self._workspaces.base_url, self._workspaces.session())
        shelf = Shelf(self._catalog, self._all_settings.images)
        return Service(self._handler, Requests(people, recent, downloads, self._links), people, recent, shelf)

    def _app(self, authorization: Authorization, flow: AsyncOAuthFlow | None) -> AsyncApp:
        logger = logging.getLogger("slack_bolt")  # Bolt's other loggers take over its filters
        logger.addFilter(_UNUSED)
        return AsyncApp(
            name=PLATFORM,
            logger=logger,
            client=web_client(None, self._workspaces.base_url),
            signing_secret=self._settings.signing_secret.get_secret_value(),
            authorize=authorization,  # type: ignore[arg-type]  # Bolt takes an AsyncAuthorize, its annotation does not say so
            oauth_flow=flow,
        )

    def _register(self, app: AsyncApp, authorization: Authorization, service: Service) -> None:
        find = authorization.workspace
        everything = listeners.Listeners(
            listeners.Posts(service, find, frozenset(self._settings.channels)),
            Interactions(service, self._history, find),
            SlashCommands(service, find),
            Home(service, self._catalog, self._history, self._all_settings, find),
        )
        listeners.register(app, everything, authorization.lose)

    def _make_transport(self, app: AsyncApp) -> Transport:
        if self._settings.mode == "http":
            return Http(app, self._settings.host, self._settings.port)
        return Socket(app, self._settings.app_token.get_secret_value(), self._workspaces.base_url)

    def _flow(self) -> AsyncOAuthFlow:
        settings = self._settings
        self._installations = engine = create_engine(installations_url(self._all_settings))
        store = Installations(settings.client_id, engine, cipher(settings.encryption_key))
        redirect = f"{settings.public_url.rstrip('/')}/slack/oauth_redirect" if settings.public_url else None
        site = self._workspaces.base_url.removesuffix("/").removesuffix("/api")
        return AsyncOAuthFlow(
            client=web_client(None, self._workspaces.base_url),
            settings=AsyncOAuthSettings(
                client_id=settings.client_id,
                client_secret=settings.client_secret.get_secret_value(),
                scopes=manifest.load().scopes,
                user_scopes=(),
                redirect_uri=redirect,
                authorization_url=f"{site}/oauth/v2/authorize",
                installation_store=store,
                state_store=States(engine),
            ),
        )
