"""Answers on the page: every step is rendered and streamed to the session's open pages."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from bot import wording
from bot.failures import Failure
from bot.results import Courtesy, Figures, Found, Help, Imported, Listing, Removed, Result, Voted
from bot.web import views
from bot.web.channel import Channel, Channels
from bot.web.jobs import Jobs
from bot.web.posts import Post, Posts
from bot.web.render import Renderer
from core.ingest import IngestProgress
from core.models import Progress

CATALOGUE: dict[str, Any] = {"op": "catalogue"}
"""Tells pages that the catalogue has changed."""


class ChatReplier:
    """Answers one post in the feed."""

    def __init__(self, post: Post, posts: Posts, channel: Channel, channels: Channels, render: Renderer) -> None:
        self._post = post
        self._posts = posts
        self._channel = channel
        self._channels = channels
        self._render = render

    async def begin(self) -> None:
        """Show the post itself, with a first sign below it."""
        self._posts.add(self._post)
        self._post.body = self._render("progress", view=views.ProgressView(self._render.words("web.received")))
        self._channel.publish(begin_post(self._post, self._render))

    async def progress(self, progress: Progress | IngestProgress) -> None:
        """Show the stage, and the matches as soon as there are any."""
        if isinstance(progress, IngestProgress):
            status = self._render.words("report.progress", done=progress.done, total=progress.total)
            view = views.ProgressView(status, skeleton=False)
        else:
            view = views.progress(progress, self._render.words)
            self._post.panorama = progress.panorama
        self._show(self._render("progress", view=view))

    async def send(self, result: Result) -> None:
        """Show the result, and say the essence of it to screen readers."""
        self._post.busy = False
        if isinstance(result, Found):  # those that could not be used are named in the answer
            self._post.photos = self._post.photos[: len(result.answer.query.pictures)]
        body, said = body_of(result, self._post.id, self._render)
        self._show(body, said)
        if isinstance(result, Found):
            self._posts.settle(self._post)
        if isinstance(result, Imported | Removed):
            self._channels.publish(CATALOGUE)

    async def fail(self, failure: Failure) -> None:
        """Show the failure below the post."""
        self._post.busy = False
        self._post.panorama = b""
        self._show(self._render("failure", failure=failure))

    def _show(self, body: Markup, said: str = "") -> None:
        self._post.body = body
        self._channel.publish({**put_post(self._post, self._render), "say": said})


class JobReplier:
    """Reports an ingest that was begun in the catalogue panel."""

    def __init__(self, job: str, jobs: Jobs, channel: Channel, channels: Channels, render: Renderer) -> None:
        self._job = job
        self._jobs = jobs
        self._channel = channel
        self._channels = channels
        self._render = render

    async def begin(self) -> None:
        """Show that it has begun."""
        self._show(views.JobView(self._job, self._render.words("web.adding")))

    async def progress(self, progress: Progress | IngestProgress) -> None:
        """Show how many are done, and from time to time the new products themselves."""
        if isinstance(progress, IngestProgress):
            words = self._render.words
            status = words("report.progress", done=progress.done, total=progress.total)
            self._show(views.JobView(self._job, words("web.adding"), status, progress.total, progress.done))
            self._channels.publish(CATALOGUE)

    async def send(self, result: Result) -> None:
        """Show the report with every skipped file."""
        if isinstance(result, Imported):
            self._show(views.done(self._job, result, self._render.words))
        self._channels.publish(CATALOGUE)

    async def fail(self, failure: Failure) -> None:
        """Show why nothing, or not everything, was added."""
        self._show(views.JobView(self._job, "", failure=failure))
        self._channels.publish(CATALOGUE)

    def _show(self, view: views.JobView) -> None:
        html = self._render("job", job=view)
        self._jobs.put(self._job, html)
        self._channel.publish({"op": "put", "id": f"job-{self._job}", "into": "jobs", "html": html})


class PlainReplier:
    """Keeps the outcome for whoever waits: for requests that the page answers by itself."""

    def __init__(self) -> None:
        self.result: Result | None = None
        self.failure: Failure | None = None

    async def begin(self) -> None:
        """Nothing to show."""

    async def progress(self, progress: Progress | IngestProgress) -> None:
        """Nothing to show."""

    async def send(self, result: Result) -> None:
        """Keep the result."""
        self.result = result

    async def fail(self, failure: Failure) -> None:
        """Keep the failure."""
        self.failure = failure


def put_post(post: Post, render: Renderer) -> dict[str, Any]:
    """The event that brings a post up to date, or adds it to its thread."""
    html = post_html(post, render)
    return {"op": "put", "id": f"entry-{post.id}", "into": f"entries-{post.thread}", "html": html}


def begin_post(post: Post, render: Renderer) -> dict[str, Any]:
    """The event that shows a post for the first time; a thread's first one comes with the thread around it."""
    event = put_post(post, render)
    if post.id == post.thread:
        event |= {"into": "feed", "thread": render("thread", thread={"id": post.thread, "entries": [event["html"]]})}
    return event


def post_html(post: Post, render: Renderer) -> Markup:
    """A post with what stands below it."""
    entry = views.entry(post.id, post.text, len(post.photos), post.time, post.body, busy=post.busy)
    return render("entry", entry=entry)


def body_of(result: Result, post: str, render: Renderer) -> tuple[Markup, str]:
    """A result's HTML, and the sentence that a screen reader says."""
    words = render.words
    match result:
        case Found():
            view = views.found(result, post, words)
            return render("found", view=view), views.announcement(result, words)
        case Imported(report):
            lines = (*wording.report(report, words), *wording.stopped(report, words))
            said = views.SaidView(lines, skipped=tuple(wording.translated(each, words) for each in report.skipped))
        case Removed(items):
            said = views.SaidView((words("catalogue.removed", count=len(items)),))
        case Listing(items):
            lines = (words("catalogue.products", count=result.catalogue),)
            said = views.SaidView(lines, tuple(views.card(item, words) for item in items))
        case Figures(stats):
            said = views.SaidView(wording.figures(stats, words))
        case Help():
            said = views.SaidView(wording.help_lines(result, words))
        case Voted():
            said = views.SaidView((words("help.vote"),))
        case Courtesy():
            said = views.SaidView((words("help.courtesy"),))
    return render("said", view=said), " ".join(said.lines)
