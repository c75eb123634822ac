"""Who asks: their language, and whether they may change the catalogue."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack.client import Workspace, code
from bot.slack.payloads import Payload
from core.settings import SlackSettings
from core.words import Words

_FRESH = 600.0
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack tells of a person.

    Attributes:
        locale: BCP 47 tag.
        name: as it is shown in the workspace.
        admin: admin or owner of the workspace.
    """

    locale: str = "en"
    name: str = ""
    admin: bool = False


class People:
    """Looks people up, and remembers them for ten minutes."""

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings
        self._people: OrderedDict[tuple[str, str], tuple[float, Person]] = OrderedDict()
        self._asking: dict[tuple[str, str], asyncio.Future[Person]] = {}
        self._groups: dict[str, tuple[float, frozenset[str]]] = {}
        self._log = structlog.get_logger(__name__)

    async def get(self, workspace: Workspace, user: str) -> Person:
        """The person; an English-speaking stranger where Slack does not tell."""
        key = (workspace.team, user)
        known = self._people.get(key)
        if known and known[0] > time.monotonic():
            return known[1]
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.ensure_future(self._ask(workspace, user, known[1] if known else None))
            asking.add_done_callback(lambda _: self._asking.pop(key))
        return await asyncio.shield(asking)

    async def _ask(self, workspace: Workspace, user: str, known: Person | None) -> Person:
        try:
            answer = await workspace.patient.users_info(user=user, include_locale=True)
        except (SlackClientError, OSError, TimeoutError) as error:
            self._log.warning("person_unknown", error=code(error) if isinstance(error, SlackApiError) else str(error))
            return known or Person()
        found = answer["user"]
        profile = found.get("profile") or {}
        person = Person(
            locale=str(found.get("locale") or "en"),
            name=str(profile.get("display_name") or found.get("real_name") or found.get("name") or ""),
            admin=bool(found.get("is_admin") or found.get("is_owner")) and _belongs(found, workspace),
        )
        self._people[workspace.team, user] = (time.monotonic() + _FRESH, person)
        if len(self._people) > _MOST:
            self._people.popitem(last=False)
        return person

    async def manages(self, workspace: Workspace, user: str) -> bool:
        """Whether this person may change the catalogue."""
        if not self._settings.managers and not self._settings.managers_group:
            return (await self.get(workspace, user)).admin
        if user in self._settings.managers:
            return True
        return bool(self._settings.managers_group) and user in await self._members(workspace)

    async def whom(self, workspace: Workspace, words: Words) -> str:
        """Whom to ask for it, in words."""
        if self._settings.managers:
            people = [await self.get(workspace, user) for user in self._settings.managers[:3]]
            return ", ".join(f"@{person.name}" for person in people if person.name) or words("failure.somebody")
        return words("chat.group_member") if self._settings.managers_group else words("chat.workspace_admin")

    async def _members(self, workspace: Workspace) -> frozenset[str]:
        known = self._groups.get(workspace.team)
        if known and known[0] > time.monotonic():
            return known[1]
        try:
            answer = await workspace.patient.usergroups_users_list(usergroup=self._settings.managers_group)
        except (SlackClientError, OSError, TimeoutError) as error:
            self._log.warning("group_unknown", error=code(error) if isinstance(error, SlackApiError) else str(error))
            return known[1] if known else frozenset()
        members = frozenset(str(user) for user in answer["users"])
        self._groups[workspace.team] = (time.monotonic() + _FRESH, members)
        return members


def _belongs(user: Payload, workspace: Workspace) -> bool:
    """Whether somebody is of this workspace, and not only in a channel that it shares with another (Slack Connect)."""
    return user.get("team_id", workspace.team) == workspace.team or "enterprise_user" in user
