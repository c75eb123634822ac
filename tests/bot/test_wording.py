"""Results in plain sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import wording
from bot.results import Found, Help
from core import images
from core.catalog import CatalogStats
from core.errors import Unavailable
from core.models import LOCAL, Answer, Fallback, Filters, Hit, IngestReport, Item, Query, Ranking, Skipped
from core.settings import ImageSettings
from core.words import Sentence, Words
from tests.bot.house import png

SAY = Words()


def found(query: Query | None = None, ranking: Ranking | None = None, hits: int = 2, **values: object) -> Found:
    items = tuple(Hit(Item(LOCAL, str(number) * 64), 0.5) for number in range(hits))
    ranked = ranking or Ranking(tuple(range(hits)), "It fits.")
    return Found("ask", Answer(query or Query(LOCAL, text="mug"), items, ranked), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        (12.9, "USD", "en", "$12.90"),
        (1234.5, "eur", "en", "€1,234.50"),
        (1200.0, "JPY", "ja", "¥1,200"),
        (12.0, "CHF", "en", "12.00\u00a0CHF"),
        (12.0, "€", "en", "€12.00"),
        (12.0, "", "en", "12.00"),
        (1234.5, "EUR", "de", "1.234,50\u00a0€"),
        (1234.5, "EUR", "fr", "1\u202f234,50\u00a0€"),
        (1234.5, "CHF", "es", "1.234,50\u00a0CHF"),
        (12.5, "", "de", "12,50"),
        (12.5, "EUR", "ar", "12.50\u00a0€"),
    ],
)
def test_money_as_the_language_writes_it(amount: float, currency: str, locale: str, text: str) -> None:
    assert wording.money(amount, currency, Words(locale)) == text


def test_a_product_without_a_title_goes_by_its_file() -> None:
    assert wording.title(Item(LOCAL, "a", title=" Mug ", source="x/y.jpg"), SAY) == "Mug"
    assert wording.title(Item(LOCAL, "a", source="x/y.jpg"), SAY) == "y.jpg"
    assert wording.title(Item(LOCAL, "a"), SAY) == "Untitled product"


def test_the_reason_or_why_there_is_none() -> None:
    assert wording.why(found(), SAY) == "It fits."
    for fallback in Fallback:
        assert "similarity" in wording.why(found(ranking=Ranking((0, 1), fallback=fallback)), SAY)


def test_nothing_found_says_what_kept_it() -> None:
    def said(query: Query, **values: object) -> str:
        return wording.nothing(found(query, Ranking(()), 0, **values), SAY)

    assert "empty" in said(Query(LOCAL, text="mug"), empty=True)
    assert "no more" in said(Query(LOCAL, text="mug", shown=("a",)))
    limited = said(Query(LOCAL, text="mug", filters=Filters(("mug",), 5, 20, ("new",))))
    assert all(part in limited for part in ("mug", "new", "at least 5.00", "at most 20.00"))
    assert said(Query(LOCAL, text="mug")) == "Nothing in the catalogue fits."


def test_nothing_else_fits_where_the_product_itself_does() -> None:
    def said(query: Query) -> str:
        result = found(query, Ranking(()), 0)
        answer = replace(result.answer, itself=(Item(LOCAL, "a", title="Mug"),))
        return wording.nothing(replace(result, answer=answer), SAY)

    assert said(Query(LOCAL, text="mug")) == "Nothing else in the catalogue fits."
    assert said(Query(LOCAL, text="mug", filters=Filters(("mug",)))).startswith(
        "Nothing else in the catalogue fits with"
    )


def test_several_views_are_told_once() -> None:
    picture = images.decode(png("red"), ImageSettings())
    query = Query(LOCAL, (picture, picture))
    assert wording.notes(found(query), SAY) == ("I took your 2 pictures as views of one wish.",)
    assert wording.notes(found(replace(query, continued=True)), SAY) == ()


def test_nothing_is_dropped_in_silence() -> None:
    ranking = Ranking((1, 0), "Hm.", repaired=2, satisfied=False)
    notes = wording.notes(found(ranking=ranking, skipped=(Skipped("a.txt", "This is text.", "Send a photo."),)), SAY)
    assert any("really is what you asked for" in note for note in notes)
    assert any(note.startswith("The ranking model misnumbered 2") for note in notes)
    assert any("a.txt" in note and "This is text." in note and "Send a photo." in note for note in notes)


def test_reports_count_what_there_is() -> None:
    said = wording.report(IngestReport(added=3, unchanged=1, skipped=(Skipped("a", "b"),)), SAY)
    assert said == ("3 products added", "1 was there already", "1 file skipped")
    assert wording.report(IngestReport(), SAY) == ("There was nothing to add.",)
    stopped = IngestReport(added=3, stopped=Unavailable(Sentence("outage.index_full"), Sentence("failure.later")))
    assert wording.stopped(IngestReport(added=3), SAY) == ()
    assert wording.stopped(stopped, Words("es")) == (
        "El disco del índice vectorial (Milvus) está lleno. Inténtalo otra vez dentro de un minuto.",
    )


def test_figures_and_help() -> None:
    lines = wording.figures(CatalogStats(2, {"mug": 2}, (5.0, 9.5), "tiny 1", 10), SAY)
    assert lines == ("2 products", "Categories: mug (2)", "Prices: 5.00 to 9.50", "Encoder: tiny 1")
    guest, manager = (" ".join(wording.help_lines(Help(who, ("mug",)), SAY)) for who in (False, True))
    assert "add to catalogue" not in guest
    assert "add to catalogue" in manager
