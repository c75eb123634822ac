"""Everything about the catalogue as Slack messages, and the home tab. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot import lines, wording
from bot.cutting import cut
from bot.results import Figures, Help, Imported, Listing, Removed
from bot.slack import blocks, markup
from bot.slack.blocks import Block, Message
from bot.slack.render import facts
from core.models import Item
from core.words import Words

PAGE = "catalogue.page"
"""Action id of the paging buttons."""

_LINE = 300
_ID = 12


def result(shown: Imported | Removed | Listing | Figures | Help, words: Words) -> Message:
    """Any result about the catalogue."""
    match shown:
        case Imported():
            return imported(shown, words, table=False)
        case Removed():
            return removed(shown, words)
        case Listing():
            return listing(shown, words)
        case Figures():
            return figures(shown, words)
        case Help():
            return help_(shown, words)


def imported(shown: Imported, words: Words, *, table: bool) -> Message:
    """An ingest's report. ``table``: the skipped files are in an attached table."""
    said = ", ".join(wording.report(shown.report, words))
    total = words("catalogue.products", count=shown.catalogue)
    text = markup.escape(said)
    skipped = lines.skipped(shown.report.skipped, words, table=table)
    parts = [
        blocks.section(f":package: *{text}*\n{markup.escape(words('chat.now', products=total))}"),
        *blocks.sections(markup.escape_within(why, _LINE) for why in wording.stopped(shown.report, words)),
        *blocks.sections(f"• {markup.escape_within(each, _LINE)}" for each in skipped),
    ]
    if table:
        parts += blocks.context([markup.escape(words("chat.skipped_table"))])
    return Message(text, tuple(parts))


def removed(shown: Removed, words: Words) -> Message:
    """What left the catalogue."""
    said = markup.escape(words("catalogue.removed", count=len(shown.items)))
    lines = [_item(item, words) for item in shown.items[:20]]
    total = markup.escape(words("catalogue.products", count=shown.catalogue))
    return Message(said, (blocks.section(said), *blocks.sections(lines), *blocks.context([total])))


def listing(shown: Listing, words: Words) -> Message:
    """One page of the catalogue, with buttons to the next and the previous."""
    if not shown.items:
        said = markup.escape(words("answer.none") if shown.catalogue else words("catalogue.empty"))
        return Message(said, (blocks.section(said),))
    first, last = shown.offset + 1, shown.offset + len(shown.items)
    total = words("catalogue.products", count=shown.catalogue)
    said = markup.escape(f"{words('catalogue.range', first=first, last=last)} · {total}")
    parts = [blocks.section(f"*{said}*"), *blocks.sections(_item(item, words) for item in shown.items)]
    turns = []
    if shown.offset > 0:
        turns.append(_turn(words("chat.previous_page"), "back", max(0, shown.offset - shown.limit), shown))
    if shown.more:
        turns.append(_turn(words("chat.next_page"), "on", last, shown))
    if turns:
        parts.append(blocks.actions(*turns))
    return Message(said, tuple(parts))


def figures(shown: Figures, words: Words) -> Message:
    """The catalogue in numbers."""
    lines = figure_lines(shown, words)
    return Message(lines[0], tuple(blocks.sections(lines)))


def figure_lines(shown: Figures, words: Words) -> list[str]:
    """The catalogue in numbers, one escaped line each."""
    return [markup.escape_within(line, 1_000) for line in wording.figures(shown.stats, words)]


def help_(shown: Help, words: Words) -> Message:
    """What can be asked."""
    lines = [words("help.find"), words("help.follow"), words("chat.help_commands")]
    if shown.manager:
        lines += [words("help.catalogue"), words("chat.help_managing")]
    title = markup.escape(words("help.title"))
    parts: list[Block] = [blocks.section(f"*{title}*"), *blocks.sections(f"• {markup.escape(line)}" for line in lines)]
    if shown.categories:
        named = cut(", ".join(shown.categories), 400)
        parts += blocks.context([markup.escape(words("catalogue.categories", names=named))])
    return Message(title, tuple(parts))


def home(
    help_text: Message, figures_lines: Sequence[str], searches: Sequence[str], settings: Sequence[str], words: Words
) -> Block:
    """The home tab: what it can do, figures, the viewer's last searches, the settings in short.

    Args:
        searches, settings: plain lines, escaped here.
    """
    parts: list[Block] = [*help_text.blocks, blocks.divider()]
    parts += [blocks.header(words("chat.home_catalogue")), *blocks.sections(figures_lines)]
    parts += [blocks.divider(), blocks.header(words("chat.home_searches"))]
    lines = [f"• {markup.escape_within(line, _LINE)}" for line in searches]
    parts += blocks.sections(lines or [markup.escape(words("chat.home_no_searches"))])
    parts += [blocks.divider(), blocks.header(words("chat.home_settings"))]
    parts += blocks.context([markup.escape_within(line, _LINE) for line in settings])
    return {"type": "home", "blocks": parts[:100]}


def _turn(text: str, name: str, offset: int, shown: Listing) -> Block:
    return blocks.button(text, f"{PAGE}.{name}", {"offset": offset, "text": cut(shown.text, 200)})


def _item(item: Item, words: Words) -> str:
    title = markup.escape_within(lines.name(item, words), 90)
    linked = markup.link(item.url, title) if len(item.url) <= 200 else title
    return f"`{item.id[:_ID]}` " + " · ".join((linked, *facts(item, words)))
