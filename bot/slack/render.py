"""A search's answer as a Slack message. Pure: :class:`~bot.results.Found` in, :class:`Message` out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot import lines, wording
from bot.asked import Asked
from bot.cutting import one_line
from bot.failures import Failure
from bot.results import Found
from bot.slack import blocks, markup
from bot.slack.blocks import Block, Message
from core import itself
from core.ingest import IngestProgress
from core.models import Hit, Item, Progress
from core.words import Words

MORE, NEXT, REFINE, UP, DOWN = "find.more", "find.next", "find.refine", "find.up", "find.down"
"""Action ids of an answer's buttons."""

_TITLE = 90
_SHORT_TITLE = 40
_PICK_TITLE = 250
_LINK = 200
_PICK_LINK = 1_500
_REASON = 1_500
_NOTE = 280
_NOTES = 8


@dataclass(frozen=True, slots=True)
class Pictures:
    """Ids of uploaded files that Slack has processed; empty ones are left out of the message."""

    pick: str = ""
    panorama: str = ""


def found(result: Found, words: Words, pictures: Pictures, asked: Asked, missing: str = "") -> Message:
    """The answer: the pick, why, the panorama, the ranking, notes, buttons.

    Args:
        missing: why there are no pictures in the message, one sentence.
    """
    pick = result.answer.pick
    if pick is None:
        return _nothing(result, words, asked)
    number = result.answer.ranked[0][0]
    parts: list[Block] = [*_asked(asked), *_itself(result, words)]
    parts.append(blocks.section(f"*{markup.escape(words('answer.pick', number=number))}*\n{_pick(pick.item, words)}"))
    if pictures.pick:
        parts.append(blocks.image(pictures.pick, lines.alt(number, pick, words)))
    parts.append(blocks.section(_why(result, words)))
    if pictures.panorama:
        described = words("answer.panorama_alt", count=len(result.answer.hits))
        parts.append(blocks.image(pictures.panorama, described, words("chat.panorama")))
    below = blocks.context(_notes(result, words, missing))
    below.append(_buttons(result, words))
    if len(result.answer.hits) > 1:
        room = blocks.MESSAGE_CHARACTERS - blocks.characters([*parts, *below])
        parts += blocks.sections(_ranking(result, words, room))
    return Message(_in_words(result, number, words), (*parts, *below))


def progress(stage: Progress | IngestProgress, words: Words, key: str) -> Message:
    """One line that says how far it is."""
    return note(lines.progress(stage, words), key)


def failure(failed: Failure, words: Words) -> Message:
    """Reason, advice, reference."""
    reason, advice = (markup.escape_within(text, _REASON) for text in (failed.reason, failed.advice))
    reference = markup.escape(words("failure.reference", reference=failed.reference))
    return Message(
        f"{reason} {advice}".strip() or reference,
        (blocks.section(f":warning: *{reason}*\n{advice}".rstrip()), *blocks.context([reference])),
    )


def note(text: str, key: str) -> Message:
    """One plain sentence that is not an answer yet; ``key`` is the request's."""
    return replace(sentence(markup.escape(text)), note=key)


def sentence(mrkdwn: str) -> Message:
    """One sentence in the bot's own markup."""
    return Message(mrkdwn, (blocks.section(mrkdwn),))


def _nothing(result: Found, words: Words, asked: Asked) -> Message:
    said = markup.escape_within(wording.nothing(result, words), _REASON)
    refine = blocks.button(words("chat.refine"), REFINE, {"ask": result.ask})
    parts = (*_asked(asked), *_itself(result, words))
    return Message(
        _after_itself(said, result, words),
        (*parts, blocks.section(said), *blocks.context(_notes(result, words, "")), blocks.actions(refine)),
    )


def _asked(asked: Asked) -> list[Block]:
    said = [markup.escape_within(asked.what, _NOTE)] if asked.what else []
    said += [f"— {markup.user(asked.by)}"] if asked.by else []
    return blocks.context([" ".join(said)]) if said else []


def _itself(result: Found, words: Words) -> list[Block]:
    def named(item: Item) -> str:
        title = markup.escape_within(lines.name(item, words), _TITLE)
        linked = markup.link(item.url, title) if len(item.url) <= _LINK else title
        price = markup.escape_within(lines.price(item, words), 60)
        return f"*{linked}* ({price})" if price else f"*{linked}*"

    said = itself.sentence(result.answer, words, named)
    return [blocks.section(said)] if said else []


def _after_itself(said: str, result: Found, words: Words) -> str:
    """Text for notifications, behind what is said of the asked-about products."""
    before = itself.sentence(result.answer, words, lambda item: markup.escape_within(lines.name(item, words), _TITLE))
    return f"{before} {said}".lstrip()


def _pick(item: Item, words: Words) -> str:
    title = markup.escape_within(lines.name(item, words), _PICK_TITLE)
    linked = markup.link(item.url, title) if len(item.url) <= _PICK_LINK else title
    return " · ".join((linked, *facts(item, words)))


def _ranking(result: Found, words: Words, room: int) -> list[str]:
    """One line a candidate. Where addresses would take too much room they are left out, then titles are cut."""
    heading = f"*{markup.escape(words('answer.ranking'))}*"
    whole: list[str] = []
    for title, link in ((_TITLE, _LINK), (_TITLE, 0), (_SHORT_TITLE, 0)):
        whole = [heading, *(_line(number, hit, words, title, link) for number, hit in result.answer.ranked)]
        if sum(map(len, whole)) + len(whole) <= room:
            break
    return whole


def _line(number: int, hit: Hit, words: Words, longest_title: int, longest_link: int) -> str:
    title = markup.escape_within(lines.name(hit.item, words), longest_title)
    linked = markup.link(hit.item.url, title) if len(hit.item.url) <= longest_link else title
    return f"*{number}.* " + " · ".join((linked, *facts(hit.item, words)))


def facts(item: Item, words: Words) -> list[str]:
    """Price and category, escaped."""
    return [markup.escape_within(fact, 60) for fact in lines.facts(item, words)]


def _why(result: Found, words: Words) -> str:
    said = markup.escape_within(one_line(wording.why(result, words)), _REASON)
    return said if result.answer.ranking.fallback else f"*{markup.escape(words('answer.reason'))}:* {said}"


def _notes(result: Found, words: Words, missing: str) -> list[str]:
    said = lines.fewer(wording.notes(result, words), _NOTES, words)
    return [markup.escape_within(text, _NOTE) for text in (*said, *([missing] if missing else []))]


def _buttons(result: Found, words: Words) -> Block:
    ask = result.ask
    options = [(text, {"ask": ask, "item": item}) for text, item in lines.choices(result.answer.hits, words)]
    elements = [blocks.select(words("chat.more_like"), MORE, options)]
    if result.answer.more:
        elements.append(blocks.button(words("chat.next", count=result.answer.query.limit), NEXT, {"ask": ask}))
    elements.append(blocks.button(words("chat.refine"), REFINE, {"ask": result.ask}))
    elements.append(blocks.button("👍", UP, {"ask": ask}, label=words("chat.up")))
    elements.append(blocks.button("👎", DOWN, {"ask": ask}, label=words("chat.down")))
    return blocks.actions(*elements)


def _in_words(result: Found, number: int, words: Words) -> str:
    pick = result.answer.pick
    assert pick is not None
    title = markup.escape_within(lines.name(pick.item, words), _TITLE)
    said = ", ".join((f"{markup.escape(words('answer.pick', number=number))}: {title}", *facts(pick.item, words)))
    why = markup.escape_within(one_line(wording.why(result, words)), _REASON)
    return _after_itself(f"{said}. {why}", result, words)
