"""Everything about the catalogue as Discord messages. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot import lines, wording
from bot.cutting import cut
from bot.discord import controls, layout, markup
from bot.discord.layout import Item, Message, Upload
from bot.discord.render import facts
from bot.results import Figures, Help, Imported, Listing, Removed
from core.models import Item as Product
from core.words import Words

_LINE = 300
_ID = 12
_ROOM = 3_500


def result(shown: Imported | Removed | Listing | Figures | Help, words: Words, key: str = "") -> Message:
    """Any result about the catalogue."""
    match shown:
        case Imported():
            return imported(shown, words, None, key)
        case Removed():
            return removed(shown, words, key)
        case Listing():
            return listing(shown, words, key)
        case Figures():
            said = (markup.escape_within(line, 1_000) for line in wording.figures(shown.stats, words))
            return _message(key, layout.text(_whole(said)))
        case Help():
            return help_(shown, words, key)


def imported(shown: Imported, words: Words, table: Upload | None, key: str = "") -> Message:
    """An ingest's report. ``table``: all skipped files, when they are too many for the message."""
    said = markup.escape(", ".join(wording.report(shown.report, words)))
    total = markup.escape(words("chat.now", products=words("catalogue.products", count=shown.catalogue)))
    items = [layout.text(f"📦 **{said}**\n{total}")]
    items += [layout.text(markup.escape_within(why, _LINE)) for why in wording.stopped(shown.report, words)]
    if skipped := lines.skipped(shown.report.skipped, words, table=table is not None):
        items.append(layout.text("\n".join(f"- {markup.escape_within(each, _LINE)}" for each in skipped)))
    if table is not None:
        items.append(layout.text(layout.small([markup.escape(words("chat.skipped_table"))])))
        items.append(layout.attached(table))
    return _message(key, *items, uploads=(table,) if table else ())


def removed(shown: Removed, words: Words, key: str = "") -> Message:
    """What left the catalogue."""
    said = markup.escape(words("catalogue.removed", count=len(shown.items)))
    total = markup.escape(words("catalogue.products", count=shown.catalogue))
    lines = _whole([said, *(_item(item, words) for item in shown.items[:20])])
    return _message(key, layout.text(lines), layout.text(layout.small([total])))


def listing(shown: Listing, words: Words, key: str = "") -> Message:
    """One page of the catalogue, with buttons to the next and the previous."""
    if not shown.items:
        said = words("answer.none") if shown.catalogue else words("catalogue.empty")
        return _message(key, layout.text(markup.escape(said)))
    first, last = shown.offset + 1, shown.offset + len(shown.items)
    total = words("catalogue.products", count=shown.catalogue)
    head = markup.escape(f"{words('catalogue.range', first=first, last=last)} · {total}")
    items = [layout.text(_whole([f"**{head}**", *(_item(item, words) for item in shown.items)]))]
    turns: list[Item] = []
    if shown.offset > 0:
        turns.append(controls.Page(max(0, shown.offset - shown.limit), shown.text, words("chat.previous_page")))
    if shown.more:
        turns.append(controls.Page(last, shown.text, words("chat.next_page")))
    return _message(key, *items, *([layout.row(*turns)] if turns else []))


def help_(shown: Help, words: Words, key: str = "") -> Message:
    """What can be asked."""
    lines = [words("help.find"), words("help.follow"), words("discord.help_commands")]
    if shown.manager:
        lines += [words("help.catalogue"), words("discord.help_managing")]
    said = [f"### {markup.escape(words('help.title'))}", *(f"- {markup.escape(line)}" for line in lines)]
    items = [layout.text("\n".join(said))]
    if shown.categories:
        named = cut(", ".join(shown.categories), 400)
        items.append(layout.text(layout.small([markup.escape(words("catalogue.categories", names=named))])))
    return _message(key, *items)


def _message(key: str, *items: Item, uploads: tuple[Upload, ...] = ()) -> Message:
    return Message((layout.container(*items, key=key),), uploads)


def _whole(lines: Iterable[str]) -> str:
    kept, left = layout.lines(lines, _ROOM)
    return f"{kept}\n…" if left else kept


def _item(item: Product, words: Words) -> str:
    title = markup.escape_within(lines.name(item, words), 60)
    return f"`{item.id[:_ID]}` " + " · ".join((markup.link(item.url, title, 60), *facts(item, words)))
