"""Commands in words, by address, and stopped on the way."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.attachments import in_memory, on_disk
from bot.commands import interpret
from bot.request import AddProducts, ImportProducts, ListProducts, RemoveProducts, ShowHelp, ShowStats
from bot.results import Imported
from core.ingest import IngestProgress
from core.models import LOCAL
from core.words import Words, locales
from tests.bot.house import Replies, house, png
from tests.bot.requests import ask
from tests.core.test_languages import quoted


@pytest.mark.parametrize(
    ("text", "files", "intent"),
    [
        ("help", False, ShowHelp()),
        (" Help! ", False, ShowHelp()),
        ("stats", False, ShowStats()),
        ("list", False, ListProducts()),
        ("add to catalogue", True, AddProducts()),
        ("please add these to our catalog", True, AddProducts()),
        ("add", True, AddProducts()),
        ("add to catalogue", False, None),
        ("a mug like this", True, None),
        ("a mug with a list of rules", False, None),
        ("help me find a mug", False, None),
        ("", True, None),
    ],
)
def test_plain_words_are_commands_only_when_they_are_nothing_else(text: str, files: bool, intent: object) -> None:
    assert interpret(text, files=files) == intent


@pytest.mark.parametrize("locale", locales())
def test_the_commands_that_the_help_names_are_understood(locale: str) -> None:
    words = Words(locale)
    assert interpret(quoted(words("help.catalogue"))[-1], files=True) == AddProducts()
    said = [interpret(text, files=False) for text in quoted(words("help.commands"))]
    assert said == [ListProducts(), ShowStats(), ShowHelp()]


async def test_an_archive_is_imported_from_its_address(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for colour in ("red", "lime", "navy"):
            packed.writestr(f"{colour}.png", png(colour))

    async def serve(_: web.Request) -> web.Response:
        return web.Response(body=archive.getvalue())

    app = web.Application()
    app.router.add_get("/shop.zip", serve)
    async with house(tmp_path) as place, TestServer(app) as server:
        replies = Replies()
        url = str(server.make_url("/shop.zip"))
        await place.handler.handle(ask(intent=ImportProducts(url), manager=True), replies)
        (result,) = replies.results
        assert isinstance(result, Imported)
        assert result.report.added == 3
        assert any(isinstance(each, IngestProgress) for each in replies.stages)
        assert not list((tmp_path / "uploads").iterdir())


async def test_a_file_that_is_here_already_is_not_copied_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    path.write_bytes(png("red"))
    async with house(tmp_path / "data") as place:
        replies = Replies()
        files = (on_disk("shop/red.png", path, path.stat().st_size),)
        await place.handler.handle(ask(intent=AddProducts(), attachments=files, manager=True), replies)
        assert place.catalog.count(LOCAL) == 1
    assert path.exists()


async def test_an_ingest_that_is_given_up_keeps_what_it_stored(tmp_path: Path) -> None:
    files = tuple(in_memory(f"{n}.png", png(f"#{n:02x}8040")) for n in range(100))
    async with house(tmp_path, encoder={"batch_size": 4}) as place:
        begun = asyncio.Event()

        class Watching(Replies):
            async def progress(self, progress: object) -> None:
                if isinstance(progress, IngestProgress) and progress.done:
                    begun.set()

        task = place.handler.submit(ask(intent=AddProducts(), attachments=files, manager=True), Watching())
        await asyncio.wait_for(begun.wait(), 30)
        place.handler.cancel()
        await asyncio.wait([task])
        kept = place.catalog.count(LOCAL)
        assert 0 < kept < 100


async def test_removing_needs_ids_that_are_clear(tmp_path: Path) -> None:
    async with house(tmp_path) as place:
        for number, item in enumerate(("", "zz", "%")):
            replies = Replies()
            request = ask(message=f"test:{number}", intent=RemoveProducts((item,)), manager=True)
            assert await place.handler.handle(request, replies) == "refused"
