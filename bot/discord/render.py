"""A search's answer as a Discord message. Pure: :class:`~bot.results.Found` in, :class:`Message` out.

Components V2, because one message then holds text, pictures with alt text and buttons in reading order, on phones
as on desktops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import lines, wording
from bot.asked import SEEN, Asked
from bot.discord import controls, layout, markup
from bot.discord.layout import Item, Message, Upload
from bot.failures import Failure
from bot.results import Found
from core import itself
from core.ingest import IngestProgress
from core.models import Hit, Progress
from core.models import Item as Product
from core.words import Words

_TITLE = 90
_PICK_TITLE = 250
_LINK = 200
_REASON = 1_200
_NOTE = 200
_NOTES = 6


@dataclass(frozen=True, slots=True)
class Pictures:
    """The answer's pictures; what is None is left out of the message."""

    pick: Upload | None = None
    panorama: Upload | None = None

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """Those that are there."""
        return tuple(each for each in (self.pick, self.panorama) if each is not None)


def found(
    result: Found,
    words: Words,
    pictures: Pictures,
    *,
    asked: Asked = SEEN,
    remarks: Sequence[str] = (),
    key: str = "",
) -> Message:
    """The answer: the pick, why, the panorama, the ranking, notes, buttons.

    Args:
        remarks: more small print, plain sentences: why there are no pictures or no thread.
        key: the request, see :func:`bot.discord.layout.mark`.
    """
    pick = result.answer.pick
    notes = _notes(result, words, remarks)
    about_itself = _itself(result, words)
    before = [layout.text(about_itself)] if about_itself else []
    if pick is None:
        said = markup.escape_within(wording.nothing(result, words), _REASON)
        refine = controls.Refine(result.ask, words("chat.refine"))
        parts = [*_asked(asked), *before, layout.text(said), *_small(notes), layout.row(refine)]
        return _box(parts, key, layout.GREY)
    number = result.answer.ranked[0][0]
    head = f"### {markup.escape(words('answer.pick', number=number))}\n{_pick(pick.item, words)}\n{_why(result, words)}"
    items: list[Item] = [
        *_asked(asked),
        *before,
        layout.beside(head, pictures.pick) if pictures.pick else layout.text(head),
    ]
    if pictures.panorama:
        items.append(layout.picture(pictures.panorama))
    if len(result.answer.hits) > 1:
        room = layout.CHARACTERS - len(head) - sum(map(len, notes)) - 5 * len(notes) - len(about_itself) - 500
        items.append(layout.text(_ranking(result, words, room)))
    items += [*_small(notes), *_buttons(result, words)]
    return _box(items, key, layout.BLUE, pictures.uploads)


def progress(stage: Progress | IngestProgress, words: Words, key: str = "") -> Message:
    """One line that says how far it is."""
    return note(lines.progress(stage, words), key)


def failure(failed: Failure, words: Words, key: str = "") -> Message:
    """Reason, advice, reference."""
    reason, advice = (markup.escape_within(text, _REASON) for text in (failed.reason, failed.advice))
    reference = markup.escape(words("failure.reference", reference=failed.reference))
    said = f"⚠️ **{reason}**\n{advice}".rstrip()
    return _box([layout.text(said), *_small([reference])], key, layout.RED)


def note(text: str, key: str = "") -> Message:
    """One plain sentence that is not an answer yet."""
    return Message((layout.text(markup.escape_within(text, _REASON), key),))


def sentence(text: str, key: str = "") -> Message:
    """One plain sentence that is an answer."""
    return _box([layout.text(markup.escape_within(text, _REASON))], key, layout.BLUE)


def _box(items: list[Item], key: str, colour: int, uploads: tuple[Upload, ...] = ()) -> Message:
    return Message((layout.container(*items, colour=colour, key=key),), uploads)


def _small(notes: list[str]) -> list[Item]:
    return [layout.text(layout.small(notes))] if notes else []


def _asked(asked: Asked) -> list[Item]:
    said = [markup.escape_within(asked.what, _NOTE)] if asked.what else []
    said += [f"— <@{asked.by}>"] if asked.by else []
    return [layout.text(layout.small([" ".join(said)]))] if said else []


def _itself(result: Found, words: Words) -> str:
    def named(item: Product) -> str:
        title = markup.escape_within(lines.name(item, words), _TITLE)
        linked = f"**{markup.link(item.url, title, _LINK)}**"
        price = markup.escape_within(lines.price(item, words), 40)
        return f"{linked} ({price})" if price else linked

    return itself.sentence(result.answer, words, named)


def _pick(item: Product, words: Words) -> str:
    title = markup.escape_within(lines.name(item, words), _PICK_TITLE)
    return " · ".join((f"**{markup.link(item.url, title)}**", *facts(item, words)))


def _why(result: Found, words: Words) -> str:
    said = markup.escape_within(wording.why(result, words), _REASON)
    return said if result.answer.ranking.fallback else f"**{markup.escape(words('answer.reason'))}:** {said}"


def _ranking(result: Found, words: Words, room: int) -> str:
    """One line a candidate. Where addresses would take too much room they are left out, then titles are cut."""
    heading = f"**{markup.escape(words('answer.ranking'))}**"
    ranked = result.answer.ranked
    for title, linked in ((_TITLE, True), (_TITLE, False), (50, False), (25, False)):
        whole = "\n".join([heading, *(_line(number, hit, words, title, linked) for number, hit in ranked)])
        if len(whole) <= room:
            return whole
    return layout.lines([heading, *(f"**{number}**" for number, _ in ranked)], room)[0]


def _line(number: int, hit: Hit, words: Words, title: int, linked: bool) -> str:
    named = markup.escape_within(lines.name(hit.item, words), title)
    label = markup.link(hit.item.url, named, _LINK) if linked else named
    return f"**{number}** · " + " · ".join((label, *facts(hit.item, words)))


def facts(item: Product, words: Words) -> list[str]:
    """Price and category, escaped."""
    return [markup.escape_within(fact, 40) for fact in lines.facts(item, words)]


def _notes(result: Found, words: Words, remarks: Sequence[str]) -> list[str]:
    said = lines.fewer([*remarks, *wording.notes(result, words)], _NOTES, words)
    return [markup.escape_within(text, _NOTE) for text in said]


def _buttons(result: Found, words: Words) -> list[Item]:
    ask, answer = result.ask, result.answer
    buttons: list[Item] = []
    if answer.more:
        buttons.append(controls.Next(ask, words("chat.next", count=answer.query.limit)))
    buttons.append(controls.Refine(ask, words("chat.refine")))
    buttons += [controls.Thumb(ask, up=True), controls.Thumb(ask, up=False)]
    more = controls.More(ask, words("chat.more_like"), lines.choices(answer.hits, words))
    return [layout.row(more), layout.row(*buttons)]
