"""When to answer, when to stay silent, and who may change the catalogue. Pure decisions."""

from __future__ import annotations

from enum import StrEnum

from bot.request import MANAGING, Addressed, Find, Request
from core.errors import UserError
from core.refine.commands import is_small_talk
from core.refine.text import normalise
from core.words import Words


class Silence(StrEnum):
    """Why a request is none of the bot's business."""

    BOT = "bot"
    NO_PICTURE = "no_picture"
    FOREIGN_THREAD = "foreign_thread"
    SMALL_TALK = "small_talk"


def silence(request: Request, *, ours: bool, follow_up: bool) -> Silence | None:
    """Why not to answer, or None to answer.

    Args:
        ours: whether the bot has answered in this conversation before.
        follow_up: whether the words read as a follow-up of the conversation's last answer.

    Programs are never answered. Who names the bot, or writes to it directly, always is. In a
    configured channel only posts with a file are. In a thread without a mention, only what
    continues the bot's own answer is: between people it stays silent.
    """
    if request.is_bot:
        return Silence.BOT
    if request.addressed in (Addressed.DIRECT, Addressed.MENTION) or not isinstance(request.intent, Find):
        return None
    if request.addressed is Addressed.CHANNEL:
        return None if request.attachments else Silence.NO_PICTURE
    if not ours:
        return Silence.FOREIGN_THREAD
    return None if request.attachments or follow_up else Silence.SMALL_TALK


def is_courtesy(request: Request) -> bool:
    """Whether it is thanks, a greeting or the like and nothing else; only what is meant for the bot gets here."""
    if request.intent != Find() or request.attachments or request.replied:
        return False
    said = normalise(request.text)
    return bool(said) and is_small_talk(said)


def refused(request: Request) -> bool:
    """Whether this is for managers, and the asker is none: then the refusal is only theirs to see."""
    return isinstance(request.intent, MANAGING) and not request.manager


def check_manager(request: Request) -> None:
    """Let only managers change the catalogue.

    Raises:
        UserError: this person may not; the advice says whom to ask.
    """
    if refused(request):
        words = Words(request.locale)
        whom = request.managers or words("failure.somebody")
        raise UserError(words("failure.not_manager"), words("failure.not_manager_advice", managers=whom))
