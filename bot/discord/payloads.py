"""What is read out of Discord's events, frozen. Only :mod:`bot.discord.inbound` makes these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from bot import stored
from bot.pictures import is_picture
from bot.request import Addressed, Find, Intent

PLATFORM = "discord"


@dataclass(frozen=True, slots=True)
class File:
    """An attachment: https://docs.discord.com/developers/resources/message#attachment-object.

    Attributes:
        url: where it is downloaded; signed, and so worthless a day later.
        channel, message: where it was posted, to ask for a fresh address; 0 for files of a command or form.
    """

    id: int
    name: str
    url: str
    size: int | None = None
    media_type: str = ""
    channel: int = 0
    message: int = 0

    @property
    def picture(self) -> bool:
        """Whether it looks like a picture."""
        return is_picture(self.name, self.media_type)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What answers an interaction, for 15 minutes: https://docs.discord.com/developers/interactions/receiving-and-responding.

    Attributes:
        reply: id of the deferred reply.
        expires: Unix time in seconds.
        limit: most bytes of a file in the answer.
    """

    application: int
    token: str = field(repr=False)
    expires: float
    reply: int = 0
    limit: int = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing that somebody asked for, in Discord's coordinates; nothing is looked up yet.

    Attributes:
        guild: 0 in a direct message.
        channel: where it was said: a channel, a thread, a direct message.
        key: the same whenever the event comes again; one message is answered once.
        conversation: id of the thread, or of the message that a thread may be started on.
        post: id of the asking message; 0 for commands, menus and buttons.
        replied: files of the message that it replies to.
        follows: id of the earlier answer that it replies to.
        unseen: whether it replies to a message whose content Discord does not show this bot.
        ticket: what answers an interaction; None for messages.
        visible: whether people see what was asked; otherwise the answer says it.
    """

    guild: int
    channel: int
    user: int
    key: str
    conversation: int
    post: int = 0
    text: str = ""
    urls: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    replied: tuple[File, ...] = ()
    follows: str = ""
    unseen: bool = False
    intent: Intent = field(default_factory=Find)
    addressed: Addressed = Addressed.MENTION
    locale: str = "en"
    manager: bool = False
    ticket: Ticket | None = None
    visible: bool = True

    def dump(self) -> dict[str, Any]:
        """JSON-compatible; :func:`load` reads it back after a restart."""
        tree: dict[str, Any] = _INBOUND.dump_python(self, mode="json")
        return {**tree, "intent": stored.dump(self.intent)}


def load(tree: Mapping[str, Any]) -> Inbound:
    """What :meth:`Inbound.dump` wrote.

    Raises:
        ValueError, KeyError: another version wrote something else.
    """
    return _INBOUND.validate_python({**tree, "intent": stored.load(tree["intent"])})


_INBOUND: TypeAdapter[Inbound] = TypeAdapter(Inbound)
