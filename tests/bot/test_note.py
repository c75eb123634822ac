"""The message that stands for a request: what is edited when, and that nothing comes after the answer."""

from __future__ import annotations

import asyncio

from bot import note
from bot.note import Note
from core.errors import Unavailable


class Sheet:
    """Keeps what is posted and edited; an edit takes a while."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.shown: list[str] = []
        self.finished: list[str] = []
        self._seconds = seconds

    async def post(self, message: str) -> int:
        self.shown.append(message)
        return 1

    async def edit(self, posted: int, message: str) -> None:
        self.shown.append(message)
        await asyncio.sleep(self._seconds)
        self.finished.append(message)


async def test_a_quick_answer_is_the_only_edit() -> None:
    sheet = Sheet()
    written = Note(sheet)
    written.open("looking")
    written.show("searching")
    await written.close("answer")
    assert sheet.shown == ["looking", "answer"]


async def test_an_edit_under_way_ends_before_the_answer_comes() -> None:
    sheet = Sheet(0.5)
    written = Note(sheet)
    written.open("looking")
    written.show("searching")
    while len(sheet.shown) < 2:
        await asyncio.sleep(0.05)
    await written.close("answer")
    written.show("too late")
    await asyncio.sleep(note.PAUSE + 0.2)
    assert sheet.shown == ["looking", "searching", "answer"]
    assert sheet.finished == ["searching", "answer"]


async def test_only_the_latest_is_shown() -> None:
    sheet = Sheet()
    written = Note(sheet)
    written.open("looking")
    for stage in ("one", "two", "three"):
        written.show(stage)
    await asyncio.sleep(note.PAUSE + 0.2)
    await written.close("answer")
    assert sheet.shown == ["looking", "three", "answer"]


async def test_when_the_asking_ends_without_an_answer_nothing_is_edited_any_more() -> None:
    sheet = Sheet()
    written = Note(sheet)

    async def handle() -> None:
        written.open("looking")
        written.show("searching")
        await asyncio.sleep(60)

    handling = asyncio.create_task(handle())
    await asyncio.sleep(0.1)
    handling.cancel()
    await asyncio.sleep(note.PAUSE + 0.2)
    assert sheet.shown == ["looking"]


async def test_without_a_note_the_answer_is_posted_and_its_failure_told() -> None:
    class Broken(Sheet):
        async def post(self, message: str) -> int:
            if message == "looking":
                raise Unavailable("not now")
            return await super().post(message)

    sheet = Broken()
    written = Note(sheet)
    written.open("looking")
    await written.close("answer")
    await written.close("amended")
    assert sheet.shown == ["answer", "amended"]


async def test_what_an_earlier_run_posted_is_edited() -> None:
    sheet = Sheet()
    written = Note(sheet, 7)
    written.open("looking")
    await written.close("answer")
    assert sheet.shown == ["answer"]
    assert sheet.finished == ["answer"]
