"""Pictures and tables into Slack. An upload is accepted at once and processed later, often by seconds."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bot.slack.client import Workspace, told
from core.errors import Unavailable
from core.words import Sentence

_FIRST_PAUSE = 0.15
_LONGEST_PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to upload; ``alt`` is read aloud to who can't see it (at most 1,000 characters)."""

    name: str
    data: bytes
    title: str
    alt: str = ""


async def upload(workspace: Workspace, file: Upload, *, channel: str = "", thread: str = "", text: str = "") -> str:
    """Upload one file and return its id.

    Without ``channel`` it is shared with nobody yet and waits to be shown in a block; with it, Slack posts it
    in the thread once it is processed.

    Raises:
        ConfigurationError: the app lacks ``files:write``.
        Unavailable: Slack does not take it.
    """
    client = workspace.patient
    async with told(Sentence("doing.upload")), workspace.queues.place("files.upload"):
        answer = await client.files_upload_v2(
            file_uploads=[{"file": file.data, "filename": file.name, "title": file.title, "alt_txt": file.alt[:1_000]}],
            channel=channel or None,
            thread_ts=thread or None,
            initial_comment=text or None,
        )
    uploaded = answer.get("files") or []
    if not uploaded:
        raise Unavailable("Slack did not take the file.", "Please try again in a minute.")
    return str(uploaded[0]["id"])


async def processed(workspace: Workspace, file: str, deadline: float) -> bool:
    """Wait until Slack has processed a file, so that a block may show it.

    Args:
        deadline: as :func:`time.monotonic` tells it.

    Returns:
        False when it was not so before the deadline.
    """
    pause = _FIRST_PAUSE
    while True:
        async with told(Sentence("doing.see_uploaded")), workspace.queues.place("files.info"):
            answer = await workspace.patient.files_info(file=file)
        if answer["file"].get("mimetype"):
            return True
        if time.monotonic() + pause > deadline:
            return False
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
