"""Whatever titles, reasons and numbers hold: within Slack's limits, and nothing in them is markup."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.asked import Asked
from bot.failures import Failure
from bot.results import Found, Imported, Listing
from bot.slack import blocks, forms, markup, render, render_catalogue
from bot.slack.render import Pictures
from core.errors import Unavailable
from core.models import LOCAL, Answer, Fallback, Hit, IngestReport, Item, Query, Ranking, Skipped
from core.words import Sentence, Words
from tests.fakes.slack_blocks import Checker

WORDS = Words()
NASTY = st.text(
    st.one_of(st.sampled_from("<>&*_~`:!@#|\n \u202e"), st.characters(exclude_categories=["Cs"])), max_size=400
)
LONG = st.one_of(NASTY, st.sampled_from(["&" * 1000, "W" * 1000, "<!channel> " * 90, "é" * 999, ""]))
URLS = st.sampled_from(
    ["", "https://shop.example/1", "https://x.example/" + "a" * 1900, "javascript:alert(1)", "https://x/|>"]
)


def item(number: int, title: str, category: str = "", url: str = "") -> Item:
    return Item(LOCAL, f"{number:064x}", title=title, price=number * 1.5, currency="EUR", category=category, url=url)


@st.composite
def results(draw: st.DrawFn) -> Found:
    count = draw(st.integers(0, 25))
    hits = tuple(Hit(item(number, draw(LONG), draw(NASTY)[:60], draw(URLS)), 0.5) for number in range(count))
    fallback = draw(st.sampled_from([None, *Fallback]))
    ranking = Ranking(
        tuple(draw(st.permutations(range(count)))), reason="" if fallback else draw(LONG), fallback=fallback
    )
    query = Query(LOCAL, text=draw(LONG), limit=25)
    own = tuple(item(90 + number, draw(LONG), url=draw(URLS)) for number in range(draw(st.integers(0, 5))))
    skipped = tuple(Skipped(draw(NASTY), draw(LONG), "Send it again.") for _ in range(draw(st.integers(0, 12))))
    answer = Answer(query, hits, ranking, b"jpeg" if hits else b"", more=True, itself=own)
    return Found("0123456789abcdef", answer, skipped)


def check(message: blocks.Message) -> None:
    arguments = message.arguments()
    assert Checker(lambda _: True).message(arguments["blocks"]) == []
    assert 0 < len(arguments["text"]) <= 4_000


def mrkdwn(tree: Any) -> list[str]:
    if isinstance(tree, (list, tuple)):
        return [text for each in tree for text in mrkdwn(each)]
    if not isinstance(tree, dict):
        return []
    own = [tree["text"]] if tree.get("type") == "mrkdwn" else []
    return own + mrkdwn(list(tree.values()))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(results(), LONG)
def test_an_answer_is_within_the_limits_and_links_only_to_shops(result: Found, missing: str) -> None:
    message = render.found(result, WORDS, Pictures("F1", "F2"), Asked("U0ANN00001", result.answer.query.text), missing)
    check(message)
    for text in [message.text, *mrkdwn(message.blocks)]:
        for target in re.findall(r"<([^<>]*)>", text):
            assert target == "@U0ANN00001" or target.startswith(("https://shop.example/", "https://x.example/"))


@pytest.mark.parametrize("count", [1, 9, 25])
@pytest.mark.parametrize("letter", ["x", "<", '"', "&"])
def test_the_longest_answer_is_within_the_limits(count: int, letter: str) -> None:
    long = letter * 3_000
    url = "https://shop.example/" + "a" * 179
    hits = tuple(Hit(item(number, long, long, url), 0.5) for number in range(count))
    ranking = Ranking(tuple(range(count)), reason=long)
    skipped = tuple(Skipped(long, long, long) for _ in range(12))
    own = tuple(item(90 + number, long, long, url) for number in range(5))
    answer = Answer(Query(LOCAL, text=long[:1_000], limit=25), hits, ranking, b"jpeg", more=True, itself=own)
    result = Found("0123456789abcdef", answer, skipped)
    message = render.found(result, WORDS, Pictures("F1", "F2"), Asked("U0ANN00001", long), long)
    check(message)
    assert all(f"*{number}.*" in str(message.blocks) for number in range(1, count + 1)) or count == 1


@pytest.mark.parametrize("count", [0, 2])
def test_the_product_itself_is_told_above_the_matches(count: int) -> None:
    hits = tuple(Hit(item(number, "Mug"), 0.5) for number in range(count))
    own = (item(7, "<Leopard> *Case*", url="https://shop.example/7"), item(8, "Bag", url="javascript:alert(1)"))
    answer = Answer(Query(LOCAL, text="mug"), hits, Ranking(tuple(range(count)), "Fits."), itself=own)
    message = render.found(Found("0123456789abcdef", answer), WORDS, Pictures(), Asked())
    check(message)
    above, *_ = mrkdwn(message.blocks)
    linked = "*<https://shop.example/7|&lt;Leopard&gt; \u2217Case\u2217>* (€10.50)"
    assert above == f"Your photo is in the catalogue: {linked}, *Bag* (€12.00)."
    assert message.text.startswith("Your photo is in the catalogue: &lt;Leopard&gt; \u2217Case\u2217, Bag. ")
    assert ("Nothing else in the catalogue fits." in message.text) == (count == 0)


@given(LONG, LONG)
def test_a_failure_is_within_the_limits(reason: str, advice: str) -> None:
    check(render.failure(Failure(reason or "x", advice, "abc234"), WORDS))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LONG, max_size=20), st.lists(LONG, max_size=9))
def test_lists_and_reports_are_within_the_limits(titles: list[str], names: list[str]) -> None:
    items = tuple(item(number, title) for number, title in enumerate(titles))
    check(render_catalogue.listing(Listing(items, True, 900, 20, 20, "mug"), WORDS))
    skipped = tuple(Skipped(name, name, name) for name in names)
    check(render_catalogue.imported(Imported(IngestReport(added=1, skipped=skipped), 9), WORDS, table=len(names) > 5))


def test_a_report_says_why_it_ended_early() -> None:
    report = IngestReport(added=1, stopped=Unavailable(Sentence("outage.index_full"), "Make room."))
    message = render_catalogue.imported(Imported(report, 9), Words("fr"), table=False)
    assert "est plein. Make room." in str(message.blocks)


@given(LONG)
def test_the_refine_form_is_within_the_limits(text: str) -> None:
    assert Checker(lambda _: True).view(forms.refine("ask", text, "C1", "1.1", WORDS)) == []
    assert Checker(lambda _: True).view(forms.find("C1", WORDS)) == []
    assert Checker(lambda _: True).view(forms.add("C1", WORDS)) == []


@given(LONG, st.integers(1, 500))
def test_escaped_text_is_cut_between_characters_never_within_an_entity(text: str, limit: int) -> None:
    escaped = markup.escape_within(text, limit)
    assert len(escaped) <= max(limit, 1)
    assert re.sub(r"&(amp|lt|gt);", "", escaped).count("&") == 0
    assert not re.search(r"[<>]", escaped)


def test_what_is_escaped_looks_the_same() -> None:
    assert markup.escape("M&M's <3") == "M&amp;M's &lt;3"
    assert markup.escape("snake_case 3*4 10:30") == "snake_case 3*4 10:30"


def test_posts_read_back_as_they_were_written() -> None:
    said = markup.parse(
        "a &lt;b&gt; &amp;amp; <https://x.example/a|x.example/a> <#C1|shop> <!here> <mailto:a@b.example|mail>"
    )
    assert said.words == "a <b> &amp; shop mail"
    assert said.urls == ("https://x.example/a",)
