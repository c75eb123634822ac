"""From :class:`~bot.discord.payloads.Inbound` to :class:`~bot.request.Request`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import discord

from bot.attachments import linked
from bot.discord.downloads import Downloads
from bot.discord.payloads import PLATFORM, Inbound
from bot.discord.people import People
from bot.downloads import Downloader
from bot.request import Attachment, Request
from core.models import Tenant
from core.words import Words


@dataclass(frozen=True, slots=True)
class Requests:
    """Makes requests."""

    people: People
    downloads: Downloads
    links: Downloader

    def make(self, inbound: Inbound, live: Collection[discord.Attachment] = ()) -> Request:
        """The request. ``live``: the event's own attachments; after a restart there are none."""
        return Request(
            tenant=tenant(inbound.guild, inbound.user),
            platform=PLATFORM,
            conversation=f"{PLATFORM}:{inbound.guild or 'dm'}:{inbound.conversation}",
            message=inbound.key,
            user=f"{PLATFORM}:{inbound.user}",
            text=inbound.text,
            attachments=self._own(inbound, live),
            replied=tuple(self.downloads.make(file, live) for file in inbound.replied),
            intent=inbound.intent,
            addressed=inbound.addressed,
            follows=inbound.follows,
            locale=inbound.locale,
            manager=inbound.manager,
            managers="" if inbound.manager else self.people.whom(Words(inbound.locale)),
            context=inbound.dump(),
        )

    def _own(self, inbound: Inbound, live: Collection[discord.Attachment]) -> tuple[Attachment, ...]:
        if inbound.files:
            return tuple(self.downloads.make(file, live) for file in inbound.files)
        # Addresses in a post that brings files are part of the talk; alone they are what is meant.
        return linked(inbound.urls, self.links)


def tenant(guild: int, user: int) -> Tenant:
    """Each server has a catalogue of its own, and so has each person in direct messages."""
    return Tenant(PLATFORM, str(guild) if guild else f"dm-{user}")
