"""The page's server over real HTTP, on real stores."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from bot.web.security import csrf_token
from core.models import LOCAL
from tests.bot.house import png
from tests.bot.web.site import Site, site
from tests.core.shop import picture, product


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path, search={"limit": 3}) as made:
        made.place.catalog.put([product(number, price=10.0 + number, category="mug") for number in range(7)])
        made.place.catalog.put([product(7, price=17.0, category="phone case")])
        yield made


async def test_the_page_comes_with_its_guards(shop: Site) -> None:
    async with shop.visitor() as ann:
        status, headers, body = await ann.get("/")
        assert status == 200
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        html = body.decode()
        assert not re.search(r"<script(?![^>]*(src=|application/json))|<style|\son\w+=|\sstyle=|javascript:", html)
        outside = re.findall(r'(?:src|href)="(?!/|#)[^"]*"', html)
        assert outside == []


async def test_the_cookie_is_strict_and_out_of_reach_of_scripts(shop: Site) -> None:
    async with aiohttp.ClientSession() as http, http.get(shop.adapter.url) as response:
        cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


async def test_a_link_from_elsewhere_does_not_lose_the_conversation(shop: Site) -> None:
    async with aiohttp.ClientSession(headers={"Sec-Fetch-Site": "cross-site"}) as http:
        async with http.get(shop.adapter.url) as response:
            assert "Set-Cookie" not in response.headers
            assert 'http-equiv="refresh"' in await response.text()


@pytest.mark.parametrize(("host", "status"), [("evil.example", 421), ("localhost:1", 200), ("shop.example", 200)])
async def test_only_known_names_are_answered(tmp_path: Path, host: str, status: int) -> None:
    async with site(tmp_path, web={"allowed_hosts": ("shop.example",)}) as place, place.visitor() as ann:
        got, _, body = await ann.get("/", headers={"Host": host})
        assert got == status
        if status == 421:
            assert b"evil.example" in body


FORGED = (
    {"X-CSRF-Token": ""},
    {"X-CSRF-Token": "0" * 40},
    {"X-CSRF-Token": csrf_token("another session's cookie")},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)
CHANGING = (
    ("POST", "/ask"),
    ("POST", "/vote"),
    ("POST", "/catalogue/remove"),
    ("POST", "/imports"),
    ("PUT", "/imports/x/files"),
    ("POST", "/imports/x/start"),
    ("DELETE", "/imports/x"),
)


async def test_forged_requests_change_nothing(shop: Site) -> None:
    async with shop.visitor() as ann:
        for headers in FORGED:
            for method, path in CHANGING:
                status, body = await ann.send(method, path, json={"items": [product(1).id]}, headers=headers)
                assert status == 403, (method, path, headers)
                assert body["reason"]
    assert shop.place.catalog.count(LOCAL) == 8
    assert not shop.place.searched


async def test_a_token_without_its_cookie_is_worth_nothing(shop: Site) -> None:
    async with shop.visitor() as ann, aiohttp.ClientSession() as thief:
        headers = {"X-CSRF-Token": ann.token}
        async with thief.post(f"{ann.url}/catalogue/remove", json={"items": [product(1).id]}, headers=headers) as got:
            assert got.status == 403


async def test_the_pages_own_origin_passes(shop: Site) -> None:
    async with shop.visitor() as ann:
        headers = {"Origin": ann.url, "Sec-Fetch-Site": "same-origin"}
        status, _ = await ann.send("POST", "/catalogue/remove", json={"items": [product(1).id]}, headers=headers)
    assert status == 204
    assert shop.place.catalog.count(LOCAL) == 7


async def test_a_question_is_streamed_from_its_first_sign_to_its_answer(shop: Site) -> None:
    async with shop.visitor() as ann:
        asked = await ann.ask("mug", ("red.png", png("red")))
        events = await ann.until('class="pick"')
        assert asked["entry"] == asked["thread"]
        assert {event["id"] for event in events if event["op"] == "put"} == {f"entry-{asked['entry']}"}
        assert "Got it" in events[0]["html"]
        assert events[0]["into"] == "feed"
        assert "form" in events[0]["thread"]
        assert 'aria-busy="true"' in events[0]["html"]
        assert 'aria-busy="false"' in events[-1]["html"]
        assert events[-1]["say"].startswith("3 matches")


async def test_what_is_said_and_found_is_escaped(shop: Site) -> None:
    bomb = '<img src=x onerror="alert(1)">'
    shop.place.catalog.put([product(20, title=bomb, category=bomb, url='https://a.example/"><script>')])
    async with shop.visitor() as ann:
        await ann.ask(bomb, ("<b>.png", picture(20).data))
        html = (await ann.until('class="pick"'))[-1]["html"]
        page = await ann.visit()
        _, _, listing = await ann.get("/catalogue")
    for text in (html, page, listing.decode()):
        assert "<img src=x" not in text
        assert "<script>" not in text
        assert "&lt;img src=x" in text


async def test_a_photo_from_the_catalogue_is_recognised_above_the_matches(shop: Site) -> None:
    title = "<Leopard> Case"
    shop.place.catalog.put([product(20, title=title, price=19.99, currency="EUR", url='https://a.example/"x')])
    linked = '<a href="https://a.example/&#34;x" target="_blank" rel="noopener noreferrer nofollow">'
    line = f"Your photo is in the catalogue: {linked}<b dir=auto>&lt;Leopard&gt; Case</b></a> (<bdi>€19.99</bdi>)."
    async with shop.visitor() as ann:
        first = await ann.ask("", ("mine.png", picture(20).data))
        event = (await ann.until('class="pick"'))[-1]
        assert event["say"].startswith("Your photo is in the catalogue: <Leopard> Case. 3 matches")
        assert event["html"].index(line) < event["html"].index('class="pick"')
        alone = await ann.ask("between 19 and 20", thread=first["thread"])
        event = (await ann.until("Nothing else"))[-1]
        assert f'id="entry-{alone["entry"]}"' in event["html"]
        assert event["html"].index(line) < event["html"].index("Nothing else in the catalogue fits with these limits")
        assert (await ann.visit()).count(line) == 2


async def test_thanks_get_a_friendly_word_in_the_browsers_language(shop: Site) -> None:
    async with shop.visitor("de") as ann:
        await ann.ask("Danke!")
        event = (await ann.until("Immer gern"))[-1]
        assert event["say"].startswith("Immer gern. Senden Sie ein Foto")


async def test_a_follow_up_lands_in_its_thread_and_a_reload_shows_it_all(shop: Site) -> None:
    async with shop.visitor() as ann:
        first = await ann.ask("mug", ("red.png", png("red")))
        await ann.until('class="pick"')
        second = await ann.ask("cheaper than 14", thread=first["thread"])
        events = await ann.until(f'id="entry-{second["entry"]}"')
        assert events[-1]["into"] == f"entries-{first['thread']}"
        await asyncio.wait_for(shop.place.handler.drain("web"), 10)
        page = await ann.visit()
        assert page.count('class="thread"') == 1
        assert page.count('class="entry"') == page.count('class="pick"') == 2
        assert page.index("cheaper than 14") > page.index("mug")
        assert page.count(f"/posts/{first['entry']}/photos/0") == 2
        assert f"/posts/{second['entry']}/photos/0" not in page
        status, headers, body = await ann.get(f"/posts/{first['entry']}/photos/0")
        assert (status, headers["Content-Type"]) == (200, "image/jpeg")
        assert Image.open(io.BytesIO(body)).size == (64, 48)
        status, headers, body = await ann.get(f"/posts/{second['entry']}/panorama")
        assert (status, headers["Content-Type"]) == (200, "image/jpeg")


async def test_a_page_that_is_opened_while_a_search_runs_shows_it(shop: Site) -> None:
    async with shop.visitor() as ann:
        asked = await ann.ask("", ("notes.jpg", b"this is no picture"))
        await ann.until('class="failure"')
        page = await ann.visit()
        assert f"entry-{asked['entry']}" in page
        assert 'class="failure"' in page
        status, headers, _ = await ann.get(f"/posts/{asked['entry']}/photos/0")
        assert (status, headers["Location"]) == (302, "/static/broken.svg")


async def test_photos_that_could_not_be_used_are_named_and_shift_no_others(shop: Site) -> None:
    async with shop.visitor() as ann:
        asked = await ann.ask("mug", ("notes.jpg", b"this is no picture"), ("red.png", png("red")))
        html = (await ann.until('class="pick"'))[-1]["html"]
        address = f"/posts/{asked['entry']}/photos/0?of=1"
        assert f'src="{address}"' in html
        assert "photos/1" not in html
        assert "notes.jpg" in html
        status, _, body = await ann.get(address)
        assert status == 200
        assert Image.open(io.BytesIO(body)).size == (64, 48)


async def test_the_list_in_the_channel_has_neither_numbers_nor_scores(shop: Site) -> None:
    async with shop.visitor() as ann:
        await ann.ask("list")
        html = (await ann.until("8 products"))[-1]["html"]
    assert html.count('class="card"') == 8
    assert 'class="number"' not in html
    assert 'class="score"' not in html


async def test_nobody_sees_another_sessions_conversation(shop: Site) -> None:
    async with shop.visitor() as ann, shop.visitor() as bob:
        asked = await ann.ask("my secret wish", ("red.png", png("red")))
        await ann.until('class="pick"')
        assert "my secret wish" not in await bob.visit()
        for path in (f"/posts/{asked['entry']}/photos/0", f"/posts/{asked['entry']}/panorama"):
            assert (await bob.get(path))[0] == 404


async def test_buttons(shop: Site) -> None:
    async with shop.visitor() as ann:
        first = await ann.ask("mug")
        html = (await ann.until('class="pick"'))[-1]["html"]
        ask = re.findall(r'data-act="next" data-ask="([0-9a-f]+)"', html)[0]
        items = re.findall(r'data-act="more" data-ask="[0-9a-f]+" data-item="([0-9a-f]+)"', html)
        await ann.ask(next=ask, thread=first["thread"])
        await ann.ask(more=items[1], of=ask, thread=first["thread"])
        await asyncio.wait_for(shop.place.handler.drain("web"), 10)
        page = await ann.visit()
        assert "Next matches" in page
        assert "More like “Product" in page
        status, _ = await ann.send("POST", "/vote", json={"ask": ask, "up": True})
        assert status == 204
        assert (await ann.visit()).count('data-up="1" data-ask="' + ask + '" aria-pressed="true"') == 1
        assert (await ann.send("POST", "/vote", json={"ask": "0" * 16, "up": True}))[0] == 400


async def test_an_example_is_asked_with_one_click(shop: Site) -> None:
    async with shop.visitor() as ann:
        page = await ann.visit()
        if "data-example" not in page:
            page = (await ann.until("data-example"))[-1]["html"]
        key = re.findall(r'data-example="([^"]+)"', page)[0]
        status, headers, _ = await ann.get(f"/examples/{key}")
        assert (status, headers["Content-Type"]) == (200, "image/jpeg")
        await ann.ask(example=key)
        await ann.until('class="pick"')
        assert len(shop.place.searched[0].pictures) == 1
        status, body = await ann.send(
            "POST", "/ask", data=aiohttp.FormData({"example": "nonsense"}, default_to_multipart=True)
        )
        assert (status, body["reason"]) == (400, "There is no such example.")


async def test_a_catalogue_of_other_things_offers_its_own_products(tmp_path: Path) -> None:
    async with site(tmp_path) as place, place.visitor() as ann:
        place.place.catalog.put([product(1, category="boat", title="Red boat"), product(2, category="boat")])
        if "data-item" not in (page := await ann.visit()):
            page = (await ann.until("data-item"))[-1]["html"]
        assert "data-example" not in page
        assert f'data-act="more" data-item="{product(1).id}"' in page
        await ann.ask(more=product(1).id, of="")
        assert "Product 2" in (await ann.until('class="pick"'))[-1]["html"]


async def test_an_oversized_photo_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    async with site(tmp_path, images={"max_bytes": 5_000}) as place, place.visitor() as ann:
        await ann.ask("mug", ("huge.png", b"x" * 12_000), ("red.png", png("red")))
        html = (await ann.until('class="nothing"'))[-1]["html"]
        assert "huge.png" in html
        assert "larger than" in html
        form = aiohttp.FormData({"text": "mug"})
        form.add_field("photo", b"x" * 30_000, filename="bomb.png")
        status, body = await ann.send("POST", "/ask", data=form)
        assert status == 400
        assert "together" in body["reason"]


async def test_malformed_questions_are_refused(shop: Site) -> None:
    async with shop.visitor() as ann:
        for body in (b"", b"nonsense", b'{"text": "mug"}', b"--x\r\nnonsense", b"--x\r\n\r\n" + b"y" * 100_000):
            for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "application/json"):
                status, answer = await ann.send("POST", "/ask", data=body, headers={"Content-Type": kind})
                assert status == 400, (kind, body[:20], answer)
                assert answer["reason"]


async def upload(ann: object, *files: tuple[str, bytes]) -> str:
    status, body = await ann.send("POST", "/imports")  # type: ignore[attr-defined]
    assert status == 201
    for name, data in files:
        path = f"/imports/{body['job']}/files"
        assert (await ann.send("PUT", path, data=data, params={"path": name}))[0] == 204  # type: ignore[attr-defined]
    assert (await ann.send("POST", f"/imports/{body['job']}/start"))[0] == 202  # type: ignore[attr-defined]
    return str(body["job"])


async def test_a_folder_with_a_manifest_and_an_archive_come_in_with_a_report(shop: Site, tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("inside.png", png("lime"))
    async with shop.visitor() as ann:
        job = await upload(
            ann,
            ("shop/list.csv", b"image,title,price\nred.png,Red mug,7.50\nmissing.png,Gone,1\n"),
            ("shop/red.png", png("red")),
            ("more.zip", archive.getvalue()),
            ("notes.txt", b"hello"),
            ("../../etc/passwd.png", png("navy")),
        )
        html = (await ann.until('class="report"'))[-1]["html"]
        assert f'id="job-{job}"' in html
        assert "3 products added" in html
        assert "missing.png" in html
        assert "notes.txt" in html
        _, _, listing = await ann.get("/catalogue", params={"text": "red mug"})
        assert b"Red mug" in listing
        assert "7.50" in listing.decode()
    await emptied(tmp_path)


async def test_an_upload_belongs_to_its_session_and_ends_once(shop: Site) -> None:
    async with shop.visitor() as ann, shop.visitor() as bob:
        _, body = await ann.send("POST", "/imports")
        path = f"/imports/{body['job']}"
        assert (await bob.send("PUT", f"{path}/files", data=b"x", params={"path": "a.png"}))[0] == 400
        assert (await bob.send("DELETE", path))[0] == 400
        assert (await ann.send("DELETE", path))[0] == 204
        assert (await ann.send("POST", f"{path}/start"))[0] == 400


async def test_an_empty_upload_says_so(shop: Site) -> None:
    async with shop.visitor() as ann:
        await upload(ann)
        assert "no file to add" in (await ann.until("job-"))[-1]["html"] or await ann.until("no file to add")


async def test_the_catalogue_is_listed_searched_and_paged(shop: Site) -> None:
    shop.place.catalog.put([product(number, category="bag" if number % 2 else "mug") for number in range(10, 40)])
    async with shop.visitor() as ann:
        _, _, first = await ann.get("/catalogue")
        assert first.count(b'class="item"') == 24
        assert b'data-offset="24"' in first
        assert b"38 products" in first
        _, _, second = await ann.get("/catalogue", params={"offset": "24"})
        assert second.count(b'class="item"') == 14
        _, _, bags = await ann.get("/catalogue", params={"category": "bag", "text": "product 1"})
        assert 0 < bags.count(b'class="item"') < 24
        _, _, none = await ann.get("/catalogue", params={"text": "%' OR 1=1 --"})
        assert b"No product matches" in none
        for offset in ("-1", "x", "9" * 30, "²"):
            assert (await ann.get("/catalogue", params={"offset": offset}))[0] == 400


async def test_pictures_are_made_here_and_only_of_this_catalogue(shop: Site) -> None:
    async with shop.visitor() as ann:
        name = product(3).id
        status, headers, body = await ann.get(f"/items/{name}/picture")
        assert (status, headers["Content-Type"]) == (200, "image/jpeg")
        assert "immutable" in headers["Cache-Control"]
        assert Image.open(io.BytesIO(body)).format == "JPEG"
        for path in (f"/items/{'0' * 64}/picture", "/items/..%2f..%2fx/picture", f"/items/{name}/picture?size=raw"):
            assert (await ann.get(path))[0] == 404
    async with aiohttp.ClientSession() as stranger, stranger.get(f"{shop.adapter.url}items/{name}/picture") as response:
        assert response.status == 403


async def test_a_page_that_may_not_change_the_catalogue(tmp_path: Path) -> None:
    async with site(tmp_path, web={"manage": False}) as place, place.visitor() as ann:
        place.place.catalog.put([product(1)])
        assert 'id="add-files"' not in await ann.visit()
        _, _, listing = await ann.get("/catalogue")
        assert b'data-act="remove"' not in listing
        assert (await ann.send("POST", "/imports"))[0] == 403
        assert (await ann.send("POST", "/catalogue/remove", json={"items": [product(1).id]}))[0] == 403
        await ann.ask("add these to the catalogue", ("red.png", png("red")))
        assert "may not change" in (await ann.until('class="failure"'))[-1]["html"]
    assert place.place.searched == []


async def test_stopping_lets_a_running_search_answer_and_ends_the_streams(shop: Site) -> None:
    async with shop.visitor() as ann:
        async with ann.stream() as events:
            await ann.ask("mug", ("red.png", png("red")))
            await shop.adapter.stop()
            seen = [event async for event in events]
    assert any('class="pick"' in event.get("html", "") for event in seen)
    assert not shop.adapter.healthy()


@pytest.mark.parametrize(
    ("accepts", "lang", "direction", "welcome"),
    [
        ("ar-EG,ar;q=0.9,en;q=0.5", "ar", "rtl", "أرِ صورة وقل ما تريد"),
        ("pt-BR,de;q=0.9", "de", "ltr", "Ein Foto zeigen"),
        ("ja", "ja", "ltr", "写真を見せて"),
        ("tlh", "en", "ltr", "Show a photo"),
    ],
)
async def test_the_page_speaks_the_browsers_language(
    shop: Site, accepts: str, lang: str, direction: str, welcome: str
) -> None:
    async with shop.visitor(accepts) as ann:
        page = await ann.visit()
    assert f'<html lang="{lang}" dir="{direction}"' in page
    assert welcome in page


async def test_answers_commands_and_refusals_are_in_the_browsers_language(shop: Site) -> None:
    async with shop.visitor("de") as ann:
        await ann.ask("mug", ("red.png", png("red")))
        found = (await ann.until('class="pick"'))[-1]
        assert "Mein Vorschlag: Nummer 1" in found["html"]
        assert "Nach Ähnlichkeit geordnet" in found["html"]
        assert re.search(r"1\d,00", found["html"])
        assert found["say"].startswith("3 Treffer. Der Vorschlag ist Nummer 1")
        await ann.ask("Hilfe")
        assert "Was Sie fragen können" in (await ann.until("„dasselbe in Blau“"))[-1]["html"]
        _, gone = await ann.send("POST", "/vote", json={"ask": "none", "up": True})
        assert gone["reason"] == "Diese Antwort ist hier nicht mehr bekannt."
        _, malformed = await ann.send("POST", "/ask", data=b"nonsense")
        assert "nicht zu lesen" in malformed["reason"]
        _, forged = await ann.send("POST", "/vote", headers={"X-CSRF-Token": ""})
        assert "kommt nicht von dieser Seite" in forged["reason"]
        _, job = await ann.send("DELETE", "/imports/none")
        assert "gibt es nicht mehr" in job["reason"]


async def test_whoever_writes_arabic_is_reasoned_with_in_arabic(shop: Site) -> None:
    async with shop.visitor("en") as ann:
        await ann.ask("غطاء هاتف", ("red.png", png("red")))
        await ann.until('class="pick"')
    assert shop.place.searched[-1].locale == "ar"


def files(folder: Path) -> list[Path]:
    """What lies in the page's upload folders."""
    return [path for path in (folder / "uploads").rglob("*") if path.is_file()]


async def emptied(folder: Path) -> None:
    """Wait until nothing lies there any more."""
    async with asyncio.timeout(10):
        while files(folder):
            await asyncio.sleep(0.01)


async def test_a_question_in_work_is_answered_after_a_restart(tmp_path: Path) -> None:
    async with site(tmp_path) as first:
        first.place.catalog.put([product(number) for number in range(3)])
        ann = first.visitor("de")
        await ann.visit()
        first.place.finder.gate.clear()
        asked = await ann.ask("mug", ("red.png", png("red")))
        while not first.place.searched:
            await asyncio.sleep(0.01)
        assert first.place.handler.cancel() == 1
    assert len(files(tmp_path)) == 1
    async with site(tmp_path) as second:
        ann.url = second.adapter.url.rstrip("/")
        (event,) = second.place.history.pending()
        await second.adapter.resume(event.payload)
        await second.place.handler.drain("web")
        page = await ann.visit()
        assert f'id="entry-{asked["entry"]}"' in page
        assert "Mein Vorschlag" in page
        assert (await ann.get(f"/posts/{asked['entry']}/photos/0"))[0] == 200
        assert len(second.place.searched) == 1
        await second.adapter.resume(event.payload)
        await second.place.handler.drain("web")
        assert len(second.place.searched) == 1
        await ann.http.close()
    await emptied(tmp_path)


async def test_an_upload_in_work_goes_on_after_a_restart_and_its_report_stays(tmp_path: Path) -> None:
    pictures = [(f"{number}.png", png(f"rgb({number * 4}, 0, 0)")) for number in range(60)]
    async with site(tmp_path) as first:
        ann = first.visitor()
        await ann.visit()
        job = await upload(ann, *pictures, ("notes.txt", b"hello"))
        assert first.place.handler.cancel() == 1
        await first.place.handler.drain("web")
    async with site(tmp_path) as second:
        ann.url = second.adapter.url.rstrip("/")
        (event,) = second.place.history.pending()
        await second.adapter.resume(event.payload)
        await second.place.handler.drain("web")
        page = await ann.visit()
        assert f'id="job-{job}"' in page
        assert "notes.txt" in page
        assert second.place.catalog.count(LOCAL) == len(pictures)
        assert (await ann.send("DELETE", f"/imports/{job}"))[0] == 204
        assert f'id="job-{job}"' not in await ann.visit()
        await ann.http.close()
    await emptied(tmp_path)


async def test_a_question_that_came_to_nothing_keeps_a_small_photo_and_no_files(shop: Site, tmp_path: Path) -> None:
    async with shop.visitor() as ann:
        asked = await ann.ask("cheaper than 1", ("red.png", png("red")), ("notes.jpg", b"no picture"))
        await ann.until('class="nothing"')
        asked = await ann.ask("", ("large.png", png("red", (900, 600))), thread="ffffffffffff", more="gone", of="gone")
        await ann.until('class="failure"')
        await asyncio.wait_for(shop.place.handler.drain("web"), 10)
        await emptied(tmp_path)
        status, _, body = await ann.get(f"/posts/{asked['entry']}/photos/0")
        assert status == 200
        assert max(Image.open(io.BytesIO(body)).size) == 360
