"""From :class:`~bot.slack.payloads.Inbound` to :class:`~bot.request.Request`: looks up what the event does not tell."""

from __future__ import annotations

from dataclasses import dataclass

from bot.attachments import linked
from bot.downloads import Downloader
from bot.request import MANAGING, Attachment, Request, ShowHelp
from bot.slack.client import Workspace
from bot.slack.downloads import Downloads
from bot.slack.payloads import Inbound
from bot.slack.people import People
from bot.slack.recent import Recent
from core.models import Tenant
from core.words import Words

PLATFORM = "slack"


@dataclass(frozen=True, slots=True)
class Requests:
    """Makes requests."""

    people: People
    recent: Recent
    downloads: Downloads
    links: Downloader

    async def make(self, inbound: Inbound, workspace: Workspace) -> Request:
        """The request, with the asker's language and rights, and the parent's pictures where they count."""
        person = await self.people.get(workspace, inbound.user)
        manager, whom = False, ""
        if isinstance(inbound.intent, (*MANAGING, ShowHelp)):
            manager = await self.people.manages(workspace, inbound.user)
            whom = "" if manager else await self.people.whom(workspace, Words(person.locale))
        return Request(
            tenant=Tenant(PLATFORM, inbound.team),
            platform=PLATFORM,
            conversation=inbound.conversation,
            message=inbound.key,
            user=f"{PLATFORM}:{inbound.team}:{inbound.user}",
            text=inbound.text,
            attachments=self._own(inbound, workspace),
            replied=await self._replied(inbound, workspace),
            intent=inbound.intent,
            addressed=inbound.addressed,
            locale=person.locale,
            manager=manager,
            managers=whom,
            context=inbound.dump(),
        )

    def _own(self, inbound: Inbound, workspace: Workspace) -> tuple[Attachment, ...]:
        if inbound.files:
            return tuple(self.downloads.attachment(file, workspace) for file in inbound.files)
        # Addresses in a post that brings files are part of the talk; alone they are what is meant.
        return linked(inbound.urls, self.links)

    async def _replied(self, inbound: Inbound, workspace: Workspace) -> tuple[Attachment, ...]:
        if not inbound.parent or inbound.urls:
            return ()
        found = await self.recent.pictures(workspace, inbound.channel, inbound.parent)
        return tuple(self.downloads.attachment(file, workspace) for file in found)
