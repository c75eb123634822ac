"""What is read out of Slack's payloads, frozen. Only :mod:`bot.slack.inbound` makes these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from bot import stored
from bot.pictures import is_picture
from bot.request import Addressed, Find, Intent

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class File:
    """A file as Slack describes it: https://docs.slack.dev/reference/objects/file-object.

    Attributes:
        url: where it is downloaded with the bot's token; empty while Slack has not told it.
        mode: ``hosted``, or why it cannot be had: ``tombstone``, ``hidden_by_limit``, ``external``.
        unseen: shared from another workspace (Slack Connect): only ``files.info`` tells the rest.
    """

    id: str
    name: str = ""
    url: str = ""
    size: int | None = None
    media_type: str = ""
    mode: str = "hosted"
    unseen: bool = False

    @property
    def picture(self) -> bool:
        """Whether it looks like a picture."""
        return is_picture(self.name, self.media_type)


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing that somebody asked for, in Slack's coordinates; nothing is looked up yet.

    Attributes:
        key: the same for every event and retry of one post; one post is answered once.
        thread: ``ts`` of the thread's first post; empty: the answer has to begin a thread of its own.
        post: ``ts`` of the asking post, which gets the first sign; empty for commands and buttons.
        parent: ``ts`` of the post replied to, whose pictures count when this one has none.
        visible: whether people in the channel see what was asked; otherwise the answer says it.
    """

    team: str
    channel: str
    user: str
    key: str
    thread: str = ""
    post: str = ""
    text: str = ""
    urls: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    parent: str = ""
    intent: Intent = field(default_factory=Find)
    addressed: Addressed = Addressed.MENTION
    visible: bool = True

    @property
    def conversation(self) -> str:
        """Key of the thread in the history."""
        return f"slack:{self.team}:{self.channel}:{self.thread}"

    def dump(self) -> dict[str, Any]:
        """JSON-compatible; :func:`load` reads it back after a restart."""
        tree: dict[str, Any] = _INBOUND.dump_python(self, mode="json")
        return {**tree, "intent": stored.dump(self.intent)}


def load(tree: Payload) -> Inbound:
    """What :meth:`Inbound.dump` wrote. Raises ``ValueError`` when another version wrote something else."""
    return _INBOUND.validate_python({**tree, "intent": stored.load(tree["intent"])})


_INBOUND: TypeAdapter[Inbound] = TypeAdapter(Inbound)


def files(found: Sequence[Payload] | None) -> tuple[File, ...]:
    """Files of a message, or of a modal's file input."""
    return tuple(_file(each) for each in found or () if each.get("id"))


def _file(tree: Payload) -> File:
    size = tree.get("size")
    return File(
        id=str(tree["id"]),
        name=str(tree.get("name") or tree.get("title") or tree["id"]),
        url=str(tree.get("url_private_download") or tree.get("url_private") or ""),
        size=size if isinstance(size, int) and size > 0 else None,
        media_type=str(tree.get("mimetype") or ""),
        mode=str(tree.get("mode") or "hosted"),
        unseen=tree.get("file_access") == "check_file_info",
    )
