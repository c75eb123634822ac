"""The program goes down while a page is open: nothing that was asked or is being written is lost."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.bot.program import Program, ranking_model
from tests.bot.web.test_page import CHROMIUM, FLAGS, WAIT, answered, ask, photo
from tests.fakes.openai_server import hangs, ranking

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine (Debian: apt install chromium)"),
    pytest.mark.timeout(600),
]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_question_in_work_and_a_half_written_one_outlive_a_restart(tmp_path: Path, how: signal.Signals) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    folder = tmp_path / "data"
    folder.mkdir()
    with ranking_model() as model, sync_playwright() as playwright:
        environment = {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": model.url, "LOOKALIKE_WEB__PORT": port}
        first = Program(folder, **environment)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page()
        second = None
        try:
            page.goto(first.ready())
            assert first.wait_for("showroom.loaded")
            model.script.append(ranking([1], reason="The first answer."))
            earlier = ask(page, "mug like this", photo())
            answered(earlier)
            model.script.append(hangs(60))
            asked = ask(page, "bag like this", photo("zebra"))
            expect(asked.locator(".progress .status")).to_contain_text("Comparing", timeout=WAIT)
            page.set_input_files("#ask .files", [photo("meadow")])
            page.fill("#ask-text", "half a question")
            earlier.locator(".reply textarea").fill("half a reply")
            model.script.append(ranking([2, 1], reason="Found after the restart."))
            if how is signal.SIGTERM:
                # The ranking model takes longer than the program waits for it.
                assert first.stop(how, 60) == 0
            else:
                first.stop(how)
            expect(page.locator("#offline")).to_be_visible(timeout=WAIT)
            second = Program(folder, **environment)
            second.ready()
            expect(asked.locator(".why")).to_contain_text("Found after the restart.", timeout=WAIT)
            expect(asked.locator(".photos img")).to_have_count(1)
            expect(page.locator("#offline")).to_be_hidden()
            expect(page.locator(".thread")).to_have_count(2)
            expect(page.locator("#ask-text")).to_have_value("half a question")
            expect(page.locator("#ask .chosen li")).to_have_count(1)
            expect(earlier.locator(".reply textarea")).to_have_value("half a reply")
            model.script.append(ranking([1], reason="And on."))
            page.press("#ask-text", "Enter")
            answered(page.locator(".thread").nth(2))
        finally:
            browser.close()
            for each in (first, second):
                if each is not None:
                    each.stop()
