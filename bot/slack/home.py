"""The app's home tab, and first words in its message tab."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_bolt.context.async_context import AsyncBoltContext

from bot.results import Figures, Help
from bot.slack import render_catalogue
from bot.slack.client import Workspace, told
from bot.slack.payloads import Payload
from bot.slack.requests import PLATFORM
from bot.slack.service import Service
from core.catalog import Catalog
from core.history import History
from core.models import Tenant
from core.settings import Settings
from core.words import Sentence, Words

_SEARCHES = 5


@dataclass(frozen=True, slots=True)
class Home:
    """Publishes the home tab whenever somebody opens it."""

    service: Service
    catalog: Catalog
    history: History
    settings: Settings
    workspace: Callable[[AsyncBoltContext], Awaitable[Workspace]]

    async def on_open(self, event: Payload, context: AsyncBoltContext) -> None:
        """Somebody opened the app; only the home tab shows something of ours."""
        if event.get("tab") != "home":
            return
        workspace = await self.workspace(context)
        self.service.start(self._publish(workspace, str(event["user"])))

    async def _publish(self, workspace: Workspace, user: str) -> None:
        words = await self.service.words(workspace, user)
        tenant = Tenant(PLATFORM, workspace.team)
        manager = await self.service.people.manages(workspace, user)
        stats = await asyncio.to_thread(self.catalog.stats, tenant)
        key = f"{PLATFORM}:{workspace.team}:{user}"
        asks = await asyncio.to_thread(self.history.recent, tenant, key, _SEARCHES)
        view = render_catalogue.home(
            render_catalogue.help_(Help(manager, tuple(stats.categories)), words),
            render_catalogue.figure_lines(Figures(stats), words),
            [ask.said or ask.query.text or words("chat.home_photo") for ask in asks],
            await self._settings(workspace, words),
            words,
        )
        async with told(Sentence("doing.show_home")):
            await workspace.patient.views_publish(user_id=user, view=view)

    async def _settings(self, workspace: Workspace, words: Words) -> list[str]:
        settings = self.settings
        whom = await self.service.people.whom(workspace, words)
        model = settings.reranker.model if settings.reranker.enabled else "–"
        lines = [
            words("catalogue.encoder", name=settings.encoder.name),
            words("chat.home_ranking", model=model),
            words("chat.home_managers", whom=whom),
        ]
        if settings.slack.channels:
            lines.append(words("chat.home_channels", count=len(settings.slack.channels)))
        return lines
