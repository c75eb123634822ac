"""The session's conversation as the page shows it: from the history, and what is not in it yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from bot.results import Found
from bot.web import inbound, views
from bot.web.posts import Post
from bot.web.render import Renderer
from bot.web.replier import post_html
from core.history import Ask

SHOWN = 60
"""Most answered posts that a page shows."""


@dataclass(slots=True)
class Thread:
    """A thread's rendered entries, oldest first."""

    id: str
    entries: list[Markup] = field(default_factory=list)


def threads(asks: Sequence[Ask], posts: Sequence[Post], render: Renderer) -> list[Thread]:
    """The conversation, oldest thread first.

    Args:
        asks: the session's answered posts, oldest first.
        posts: those in work, and those that came to nothing.
    """
    known = {inbound.last_part(ask.message) for ask in asks}
    entries = [(post.time, post.thread, post_html(post, render)) for post in posts if post.id not in known]
    before: dict[str, Ask] = {}
    for ask in asks:
        thread = inbound.last_part(ask.conversation)
        entries.append((ask.created_at, thread, _answered(ask, before.get(thread), render)))
        before[thread] = ask
    found: dict[str, Thread] = {}
    for _, name, html in sorted(entries, key=lambda entry: entry[0]):
        found.setdefault(name, Thread(name)).entries.append(html)
    return list(found.values())


def _answered(ask: Ask, before: Ask | None, render: Renderer) -> Markup:
    """An answered post. Its photos are shown where they came: a follow-up searches with the earlier ones."""
    name = inbound.last_part(ask.message)
    photos = len(ask.query.pictures) if before is None or _hashes(before) != _hashes(ask) else 0
    view = views.found(Found(ask.id, ask.answer), name, render.words, vote=ask.feedback)
    entry = views.entry(name, ask.said, photos, ask.created_at, render("found", view=view))
    return render("entry", entry=entry)


def _hashes(ask: Ask) -> tuple[str, ...]:
    return tuple(picture.hash for picture in ask.query.pictures)
