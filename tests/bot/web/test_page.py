"""The page in a real browser, against the whole program: real encoder, real Milvus Lite, a local ranking model."""

from __future__ import annotations

import base64
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from core.showroom import products, queries
from tests.bot.program import Program, program, ranking_model
from tests.fakes.openai_server import OpenAIServer, hangs, ranking, status

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WAIT = 60_000
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine (Debian: apt install chromium)"),
    pytest.mark.timeout(900),
]


@dataclass
class Place:
    """The program, its ranking model and a browser."""

    running: Program
    model: OpenAIServer
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    def visit(self, size: dict[str, int] = DESK, **options: Any) -> Page:
        """A new person with a new page; what the browser complains of is kept."""
        context: BrowserContext = self.browser.new_context(viewport=size, **options)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.running.url)
        expect(page.locator("#total")).to_have_text(re.compile("[0-9]"), timeout=WAIT)
        return page


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with ranking_model() as model:
        environment = {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": model.url}
        with program(tmp_path_factory.mktemp("page") / "data", **environment) as running:
            running.ready()
            assert running.wait_for("showroom.loaded")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
                made = Place(running, model, browser)
                yield made
                browser.close()
    assert made.complaints == []
    assert model.problems == []


def photo(name: str = "leopard") -> dict[str, Any]:
    """A swatch of the showroom as a file to choose."""
    swatch = next(each for each in queries() if name in each.name)
    return {"name": swatch.name, "mimeType": "image/jpeg", "buffer": swatch.jpeg()}


def ask(page: Page, text: str, *photos: dict[str, Any]) -> Locator:
    """Ask at the bottom of the page; returns the new thread."""
    threads = page.locator(".thread")
    count = threads.count()
    if photos:
        page.set_input_files("#ask .files", list(photos))
    page.fill("#ask-text", text)
    page.press("#ask-text", "Enter")
    return threads.nth(count)


def answered(thread: Locator, entries: int = 1) -> Locator:
    """The last of so many entries of a thread, when it has its answer."""
    entry = thread.locator(".entry").nth(entries - 1)
    expect(entry.locator(".pick")).to_be_visible(timeout=WAIT)
    return entry


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_newcomer_gets_an_answer_with_one_click(place: Place) -> None:
    page = place.visit()
    expect(page.get_by_role("heading", name="Show a photo, say what you want")).to_be_visible()
    place.model.script.append(ranking([2, 1], reason="Its spots are those of your photo."))
    page.locator("[data-example=leopard]").click()
    entry = answered(page.locator(".thread").first)
    expect(page.locator("#welcome")).to_be_hidden()
    expect(entry.locator(".pick .label")).to_have_text("My pick: number 2")
    expect(entry.locator(".why")).to_contain_text("Its spots are those of your photo.")
    expect(entry.locator(".grid .card")).to_have_count(8)
    numbers = [entry.locator(".pick .number").inner_text(), *entry.locator(".grid .number").all_inner_texts()]
    assert numbers[:2] == ["2", "1"]
    assert sorted(map(int, numbers)) == list(range(1, 10))
    titles = " ".join(entry.locator(".pick h3, .grid .title").all_inner_texts())
    assert titles.count("Phone Case") >= 7
    assert titles.count("Leopard") >= 2
    expect(entry.locator(".panorama img")).to_have_js_property("complete", True)
    assert entry.locator(".panorama img").evaluate("image => image.naturalWidth") > 900
    expect(page.locator("#live")).to_contain_text("The pick is number 2")


def test_upload_ask_more_like_this_follow_up_and_delete(place: Place) -> None:
    page = place.visit()
    mine = [sample for sample in products() if sample.category == "mug"][:2]
    rows = "".join(f"{each.name},Hand-made mug {n},{30 + n}\n" for n, each in enumerate(mine))
    files = [{"name": each.name, "mimeType": "image/jpeg", "buffer": _darker(each)} for each in mine]
    files.append({"name": "list.csv", "mimeType": "text/csv", "buffer": f"image,title,price\n{rows}".encode()})
    files.append({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"})
    page.set_input_files("#files-input", files)
    report = page.locator(".job .report")
    expect(report).to_contain_text("2 products added", timeout=WAIT)
    expect(page.locator(".job .skips")).to_contain_text("notes.txt")
    page.fill("#find-text", "hand-made")
    expect(page.locator("#listing .item")).to_have_count(2)

    thread = ask(page, "a hand-made mug like this", photo())
    first = answered(thread)
    expect(first.locator(".photos img")).to_have_count(1)
    expect(first).to_contain_text("Hand-made mug")
    first.locator(".grid .card").nth(2).get_by_role("button", name="More like this").click()
    second = answered(thread, 2)
    expect(second.locator(".words")).to_contain_text("More like “")
    thread.locator(".reply textarea").fill("cheaper than 20")
    thread.locator(".reply textarea").press("Enter")
    third = answered(thread, 3)
    prices = third.locator(".grid .price, .pick .price").all_inner_texts()
    assert prices
    assert all(float(re.sub(r"[^0-9.]", "", price)) <= 20 for price in prices)
    third.get_by_role("button", name="Next 9").click()
    fourth = answered(thread, 4)
    seen = {link.get_attribute("data-item") for link in third.locator("[data-zoom][data-item]").all()}
    assert seen.isdisjoint(link.get_attribute("data-item") for link in fourth.locator("[data-zoom][data-item]").all())
    fourth.get_by_role("button", name="Good answer").click()
    expect(fourth.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")

    page.reload()
    expect(page.locator(".thread")).to_have_count(1)
    expect(page.locator(".pick")).to_have_count(4)
    expect(page.locator(".entry").nth(3).get_by_role("button", name="Good answer")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator(".photos img")).to_have_count(1)

    page.fill("#find-text", "hand-made")
    expect(page.locator("#listing .item")).to_have_count(2)
    page.locator("#listing .item").first.hover()
    page.locator("#listing .remove").first.click()
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#listing .item")).to_have_count(2)
    page.locator("#listing .remove").first.click()
    page.locator("#confirm").get_by_role("button", name="Remove").click()
    expect(page.locator("#listing .item")).to_have_count(1)
    expect(page.locator("#live")).to_contain_text("was removed")
    page.fill("#find-text", "no such thing")
    expect(page.locator("#listing")).to_contain_text("No product matches.")


def test_matches_are_there_before_the_ranking_model_answers(place: Place) -> None:
    page = place.visit()
    place.model.script.append(hangs(4))
    thread = ask(page, "mug like this", photo())
    expect(thread.locator(".progress .status")).to_contain_text("Comparing", timeout=WAIT)
    expect(thread.locator(".grid .card")).to_have_count(9)
    expect(thread.locator(".pick")).to_have_count(0)
    page.reload()
    expect(page.locator(".progress")).to_be_visible()
    entry = answered(page.locator(".thread").first)
    expect(entry.locator(".plain")).to_contain_text("could not be understood")


def test_without_the_ranking_model_the_answer_says_so(place: Place) -> None:
    page = place.visit()
    place.model.script.extend([status(500), status(500), status(500)])
    entry = answered(ask(page, "zebra bag"))
    expect(entry.locator(".plain")).to_contain_text("These are in order of similarity")
    expect(entry.locator(".pick .number")).to_have_text("1")
    place.model.script.clear()


def test_failures_are_told_below_the_post(place: Place) -> None:
    page = place.visit()
    broken = {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"hello"}
    thread = ask(page, "", broken)
    expect(thread.locator(".failure")).to_contain_text("is text, not a picture")
    expect(thread.locator(".reference")).to_have_count(0)
    page.click("#ask .send")
    expect(page.locator("#ask .complaint")).to_have_text("Choose a photo or write what you are looking for.")


def test_two_pages_of_one_person_show_the_same(place: Place) -> None:
    page = place.visit()
    other = page.context.new_page()
    other.goto(place.running.url)
    expect(other.locator("#welcome")).to_be_visible()
    answered(ask(page, "mug", photo()))
    answered(other.locator(".thread").first)
    expect(other.locator("#welcome")).to_be_hidden()
    other.get_by_role("button", name="Bad answer").click()
    for each in (page, other):
        expect(each.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Good answer").click()
    for each in (page, other):
        expect(each.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "false")


def test_what_could_not_be_sent_comes_back(place: Place) -> None:
    page = place.visit()
    page.route("**/ask", lambda route: route.abort())
    page.set_input_files("#ask .files", [photo()])
    page.fill("#ask-text", "mug like this")
    page.press("#ask-text", "Enter")
    expect(page.locator("#ask .complaint")).to_have_text("The server could not be reached. Try again in a moment.")
    expect(page.locator("#ask-text")).to_have_value("mug like this")
    expect(page.locator("#ask .chosen li")).to_have_count(1)
    place.complaints.clear()  # the browser's own line about the request
    held: list[Any] = []
    page.unroute("**/ask")
    page.route("**/ask", lambda route: held.append(route))
    page.press("#ask-text", "Enter")
    expect(page.locator("#ask .send")).to_have_attribute("aria-busy", "true")
    page.fill("#ask-text", "the next question")
    held[0].continue_()
    answered(page.locator(".thread").first)
    expect(page.locator("#ask-text")).to_have_value("the next question")
    expect(page.locator("#ask .chosen li")).to_have_count(0)


def test_dropping_and_pasting(place: Place) -> None:
    page = place.visit()
    _drop(page, "main", photo(), "drop")
    expect(page.locator("#ask .chosen li")).to_have_count(1)
    _drop(page, "main", photo("zebra"), "paste")
    expect(page.locator("#ask .chosen li")).to_have_count(2)
    page.locator("#ask .chosen button").first.click()
    expect(page.locator("#ask .chosen li")).to_have_count(1)
    lime = {"name": "lime.jpg", "mimeType": "image/jpeg", "buffer": photo("meadow")["buffer"]}
    _drop(page, "#catalogue", lime, "drop")
    expect(page.locator(".job .report")).to_contain_text("1 product added", timeout=WAIT)
    expect(page.locator("#listing")).to_contain_text("lime.jpg")


def test_everything_by_keyboard(place: Place) -> None:
    page = place.visit()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the question box")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#ask-text")).to_be_focused()
    page.keyboard.type("leopard mug")
    page.keyboard.press("Enter")
    entry = answered(page.locator(".thread").first)
    _tab_to(page, ".pick .shot", back=True)
    page.keyboard.press("Enter")
    expect(page.locator("#lightbox")).to_be_visible()
    shown = page.locator("#lightbox .caption b").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#lightbox .caption b")).not_to_have_text(shown)
    expect(page.locator("#lightbox .place")).to_have_text(re.compile(r"^2 of \d+$"))
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#lightbox')"
        )
    page.keyboard.press("Escape")
    expect(page.locator("#lightbox")).to_be_hidden()
    expect(entry.locator(".pick .shot")).to_be_focused()
    _tab_to(page, ".pick button")
    page.keyboard.press("Enter")
    answered(page.locator(".thread").first, 2)


def test_nothing_is_wider_than_a_phone(place: Place) -> None:
    page = place.visit(PHONE, has_touch=True)
    assert fits(page)
    answered(ask(page, "x" * 90 + " a phone case for https://example.com/" + "long" * 30, photo()))
    assert fits(page)
    page.locator(".pick .shot").click()
    assert fits(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Catalogue").click()
    expect(page.locator("#listing .item").first).to_be_visible()
    expect(page.locator("#feed")).to_be_hidden()
    assert fits(page)
    page.locator("#listing .remove").first.click()
    assert fits(page)


def test_light_and_dark_follow_the_system_until_somebody_chooses(place: Place) -> None:
    page = place.visit(color_scheme="dark")
    assert _luminance(page) < 0.2
    page.get_by_role("button", name="Switch between light and dark").click()
    assert _luminance(page) > 0.8
    page.reload()
    assert _luminance(page) > 0.8


def test_everything_has_a_name_and_one_title(place: Place) -> None:
    page = place.visit()
    answered(ask(page, "mug", photo()))
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, a, input, textarea, select, img, dialog, main, aside, form')]
        .filter(e => e.checkVisibility() && e.type !== 'file')
        .filter(e => e.tagName === 'IMG' ? !e.hasAttribute('alt') : !(e.getAttribute('aria-label')
            || e.getAttribute('aria-labelledby') || e.innerText?.trim() || e.textContent.trim() || e.labels?.length
            || e.querySelector('img[alt]:not([alt=""])')))
        .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []
    doubled = page.evaluate(
        "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)"
    )
    assert doubled == []
    assert page.locator("h1").count() == 1
    assert page.locator(".answer").first.get_attribute("aria-busy") == "false"


def test_arabic_from_the_first_look_to_the_answer(place: Place) -> None:
    page = place.visit(locale="ar-EG")
    assert page.evaluate("[document.documentElement.lang, getComputedStyle(document.body).direction]") == ["ar", "rtl"]
    expect(page.get_by_role("heading", name="أرِ صورة وقل ما تريد")).to_be_visible()
    channel, catalogue = page.locator("main").bounding_box(), page.locator("#catalogue").bounding_box()
    assert channel is not None
    assert catalogue is not None
    assert channel["x"] > catalogue["x"]
    page.click("#ask .send")
    expect(page.locator("#ask .complaint")).to_have_text("اختر صورة أو اكتب ما تبحث عنه.")
    reason = "بقعه هي بقع صورتك نفسها."
    place.model.script.append(ranking([2, 1], reason=reason))
    thread = ask(page, "phone case مثل هذا", photo())
    entry = answered(thread)
    expect(entry.locator(".pick .label")).to_have_text("اختياري: رقم 2")
    expect(entry.locator(".why")).to_contain_text(reason)
    assert "Arabic" in place.model.calls[-1].system + place.model.calls[-1].text
    expect(entry.locator(".pick .price")).to_have_text(re.compile(r"^[\d.]+\s€$"))
    titles = entry.locator(".grid .title > *").first
    assert titles.evaluate("title => getComputedStyle(title).direction") == "ltr"
    expect(page.locator("#live")).to_contain_text("9 نتائج. الاختيار هو رقم 2")
    thread.locator(".reply textarea").fill("أرخص من 20")
    thread.locator(".reply textarea").press("Enter")
    second = answered(thread, 2)
    expect(second.locator(".notes")).to_contain_text("20.00 على الأكثر")
    second.locator(".pick .shot").click()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#lightbox .place")).to_have_text(re.compile(r"^2 من \d+$"))
    page.keyboard.press("Escape")
    assert fits(page)


def _darker(sample: Any) -> bytes:
    """The sample in another light, so that it is another picture."""
    file = io.BytesIO()
    sample.image.point(lambda value: value * 0.8).save(file, "JPEG", quality=90)
    return file.getvalue()


def _drop(page: Page, where: str, file: dict[str, Any], kind: str) -> None:
    """Drop or paste a file as a browser does."""
    page.evaluate(
        """([where, kind, name, type, data]) => {
            const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name, { type }));
            const target = document.querySelector(where);
            const options = { bubbles: true, cancelable: true };
            if (kind === 'paste') {
                target.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: transfer }));
                return;
            }
            for (const step of ['dragenter', 'dragover', 'drop']) {
                target.dispatchEvent(new DragEvent(step, { ...options, dataTransfer: transfer }));
            }
        }""",
        [where, kind, file["name"], file["mimeType"], base64.b64encode(file["buffer"]).decode()],
    )


def _tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    """Press Tab until the focus is there."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"{selector} can't be reached by keyboard")


def _luminance(page: Page) -> float:
    """Of the background, 0 to 1."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3]) / 765
