"""The grammar of wishes: first messages and follow-ups, as people write them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.models import LOCAL, Filters, Query
from core.refine import EXAMPLES, compose, more_like, next_page, refine, reword
from core.refine.edits import without_colours
from core.refine.prices import amount
from core.refine.text import normalise

CATEGORIES = ("Mugs", "hat", "phone case", "T-shirts", "Bodies", "scarf", "Tassen", "チェア")


def under(value: float) -> float:
    return math.nextafter(value, -math.inf)


def over(value: float) -> float:
    return math.nextafter(value, math.inf)


@dataclass(frozen=True)
class Candidate:
    id: str
    price: float | None = None


SHOWN = tuple(Candidate(f"item{number}", 10.0 * number if number < 9 else None) for number in range(1, 10))
LAST = Query(LOCAL, text="mug like this", shown=("old",), locale="de", limit=9)


def first(text: str) -> Query:
    return compose(text, LOCAL, categories=CATEGORIES)


def follow(text: str, last: Query = LAST, pick: int = 2, *, addressed: bool = True) -> Query | None:
    return refine(text, last, SHOWN, pick=pick, categories=CATEGORIES, addressed=addressed)


def followed(text: str, last: Query = LAST, pick: int = 2) -> Query:
    query = follow(text, last, pick)
    assert query is not None, f"{text!r} was not understood"
    return query


# First messages


@pytest.mark.parametrize(
    ("text", "words", "filters"),
    [
        ("a red mug under 20", "a red mug", Filters(max_price=under(20))),
        ("a red mug, cheaper than $20", "a red mug", Filters(max_price=under(20))),
        ("red mug below 20.50 euros please", "red mug", Filters(max_price=under(20.5))),
        ("mugs less than 1,000 yen", "mugs", Filters(max_price=under(1000))),
        ("bag up to 30 €", "bag", Filters(max_price=30)),
        ("bag for at most USD 30", "bag", Filters(max_price=30)),
        ("a bag for $30", "a bag", Filters(max_price=30)),
        ("a bag, max 30 bucks", "a bag", Filters(max_price=30)),
        ("bag no more than 30", "bag", Filters(max_price=30)),
        ("bag 30 dollars or less", "bag", Filters(max_price=30)),
        ("a bag over 15", "a bag", Filters(min_price=over(15))),
        ("a bag for more than 15 pounds", "a bag", Filters(min_price=over(15))),
        ("a bag, at least £15", "a bag", Filters(min_price=15)),
        ("shoes from 40€", "shoes", Filters(min_price=40)),
        ("shoes between 10 and 20", "shoes", Filters(min_price=10, max_price=20)),
        ("shoes between $20 and $10", "shoes", Filters(min_price=10, max_price=20)),
        ("shoes from 10 to 20 dollars", "shoes", Filters(min_price=10, max_price=20)),
        ("shoes 10-20 €", "shoes", Filters(min_price=10, max_price=20)),
        ("shoes $10–$20", "shoes", Filters(min_price=10, max_price=20)),
        ("shoes around $50", "shoes", Filters(min_price=40, max_price=60)),
        ("shoes over 10 but under 20", "shoes", Filters(min_price=over(10), max_price=under(20))),
        ("a mug for less than ten dollars", "a mug", Filters(max_price=under(10))),
        ("a bag that costs less than 30", "a bag", Filters(max_price=under(30))),
        ("a mug, my budget is $40", "a mug", Filters(max_price=40)),
        ("something red in the $15 range", "something red", Filters(min_price=12, max_price=18)),
        ("laptop bag under 2k", "laptop bag", Filters(max_price=under(2000))),
        ("only mugs", "", Filters(categories=("Mugs",))),
        ("leopard pattern, only phone cases", "leopard pattern", Filters(categories=("phone case",))),
        ("leopard in category hats under 20", "leopard", Filters(("hat",), max_price=under(20))),
        ("category: mug red", "red", Filters(categories=("Mugs",))),
        ("only mugs and hats with dots", "with dots", Filters(categories=("Mugs", "hat"))),
        ("mugs only", "", Filters(categories=("Mugs",))),
        ("just t-shirts like this", "", Filters(categories=("T-shirts",))),
        ("only scarves", "", Filters(categories=("scarf",))),
        ("only body", "", Filters(categories=("Bodies",))),
        # German, Spanish, French, Arabic, Japanese
        ("rote Tasse unter 20 Euro", "rote Tasse", Filters(max_price=under(20))),
        ("Tasse zwischen 10 und 20,50", "Tasse", Filters(min_price=10, max_price=20.5)),
        ("nur Tassen bis zu 15 €", "", Filters(("Tassen",), max_price=15)),
        ("una taza por menos de 20 euros", "una taza", Filters(max_price=under(20))),
        ("zapatos entre 10 y 20", "zapatos", Filters(min_price=10, max_price=20)),
        ("une tasse à moins de 20 €", "une tasse", Filters(max_price=under(20))),
        ("des chaussures entre 10 et 20", "des chaussures", Filters(min_price=10, max_price=20)),
        ("كوب أحمر أقل من ٢٠", "كوب أحمر", Filters(max_price=under(20))),
        ("حذاء بين ١٠ و ٢٠", "حذاء", Filters(min_price=10, max_price=20)),
        ("2000円以下の赤いマグカップ", "赤いマグカップ", Filters(max_price=2000)),
        ("赤いマグカップ ２０００円未満", "赤いマグカップ", Filters(max_price=under(2000))),
        ("حقيبة بين ١٠ و٢٠", "حقيبة", Filters(min_price=10, max_price=20)),
        ("マグカップ 10円から20円まで", "マグカップ", Filters(min_price=10, max_price=20)),
        ("10から20円までのマグカップ", "マグカップ", Filters(min_price=10, max_price=20)),
        ("10\u301c20円のマグカップ", "マグカップ", Filters(min_price=10, max_price=20)),
        ("10\uff5e20円のマグカップ", "マグカップ", Filters(min_price=10, max_price=20)),
        ("赤いマグカップ1,000円\u301c2,000円", "赤いマグカップ", Filters(min_price=1000, max_price=2000)),
        ("10円以上20円以下のマグカップ", "マグカップ", Filters(min_price=10, max_price=20)),
        ("10円以上、20円未満のマグカップ", "マグカップ", Filters(min_price=10, max_price=under(20))),
        ("赤いマグカップで2000円以下", "赤いマグカップ", Filters(max_price=2000)),
        ("チェアだけ", "", Filters(categories=("チェア",))),
    ],
)
def test_limits_in_a_first_message(text: str, words: str, filters: Filters) -> None:
    query = first(text)
    assert query.filters == filters
    assert query.text == words


@pytest.mark.parametrize(
    "text",
    [
        "case for iPhone 15",
        "nike air max 90",
        "shoes from 36 to 40",
        "サイズ23から25まで",
        "サイズ23以下",
        "dress from 1950",
        "a rug under 50 cm",
        "bottle over 2 liters",
        "screen under 15 inch",
        "toys for under 3 years",
        "posters under 40%",
        "over the shoulder bag",
        "a mug like number 4",
        "number 7 football shirt",
        "more of the same kind",
        "a mug cheaper looking than this",
        "only the best mugs",
        "mug 1-2 colours",
        "a hat in blue and red",
        "pack of 20",
        "20x30 frame",
        "between the lines",
        "next generation console",
        "hats for kids over 5",
        "bag with more than ten pockets",
        "shirt with the last one",
    ],
)
def test_what_is_no_limit_stays_in_the_words(text: str) -> None:
    query = first(text)
    assert query.filters == Filters()
    assert query.text == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("find me a mug like this please", "a mug like this"),
        ("Hey, can you find me a mug like this?", "a mug like this"),
        ("<@U0123ABC> show me phone cases with this image theme", "phone cases with this image theme"),
        ("<@!123456> find a hat", "a hat"),
        ("@lookalike a hat, thanks!", "a hat"),
        ("hey @lookalike find me a hat", "a hat"),
        ("can I get this in red?", "this in red"),
        ("where can I buy this?", ""),
        ("what is this?", ""),
        ("how much is this?", ""),
        ("I'm looking for a red bag", "a red bag"),
        ("do you have shoes like these", "shoes like these"),
        ("find this please", ""),
        ("something like this", ""),
        ("find similar", ""),
        ("similar products", ""),
        ("zeig mir bitte so etwas ähnliches", ""),
        ("ich suche eine Tasse, bitte", "eine Tasse"),
        ("busco una taza por favor", "una taza"),
        ("je cherche une tasse, s'il vous plaît", "une tasse"),
        ("ابحث عن كوب من فضلك", "كوب"),
        ("赤いマグカップを探してください", "赤いマグカップ"),
        ("", ""),
        ("???", ""),
        ("a\x00mug\n\nlike   this", "a mug like this"),
        ("findings of a showman", "findings of a showman"),
    ],
)
def test_words_that_only_address_the_bot_are_left_out(text: str, words: str) -> None:
    assert first(text).text == words


def test_limits_of_a_command_win_over_the_words() -> None:
    outside = Filters(categories=("hat",), max_price=9, tags=("new",))
    query = compose("a mug under 20, over 5", LOCAL, filters=outside, categories=CATEGORIES, limit=3, locale="fr")
    assert query.filters == Filters(("hat",), min_price=over(5), max_price=9, tags=("new",))
    assert (query.limit, query.locale) == (3, "fr")


# Follow-ups


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the same in blue", "mug like this in blue"),
        ("the same but in blue please", "mug like this in blue"),
        ("same but with dots", "mug like this with dots"),
        ("I want the same in dark blue", "mug like this in dark blue"),
        ("in blue", "mug like this in blue"),
        ("but in blue", "mug like this in blue"),
        ("blue", "mug like this, blue"),
        ("leopard", "mug like this, leopard"),
        ("bigger and darker", "mug like this, bigger and darker"),
        ("the blue one", "mug like this, blue"),
        ("a blue one", "mug like this, blue"),
        ("the striped ones please", "mug like this, striped"),
        ("make it blue", "mug like this, blue"),
        ("can I see it in black", "mug like this in black"),
        ("is there one in black?", "mug like this in black"),
        ("like this but in red", "mug like this in red"),
        ("size 38", "mug like this, size 38"),
        ("in another colour", "mug like this"),
        ("mugs", "mugs"),
        ("a hat instead", "a hat"),
        ("with a handle", "mug like this with a handle"),
        ("without text on it", "mug like this without text on it"),
        ("made of wood", "mug like this made of wood"),
        ("more elegant", "mug like this more elegant"),
        ("a green bag", "a green bag"),
        ("find me a hat like this", "a hat like this"),
        ("how about shoes", "shoes"),
        ("show me hats in blue", "hats in blue"),
        ("das gleiche in blau", "mug like this in blau"),
        ("dasselbe mit Punkten bitte", "mug like this mit Punkten"),
        ("lo mismo en azul", "mug like this en azul"),
        ("le même en bleu", "mug like this en bleu"),
        ("نفس الشيء باللون الأزرق", "mug like this باللون الأزرق"),
        ("同じもので青", "mug like this, 青"),
        ("the same", "mug like this"),
    ],
)
def test_words_of_a_follow_up(text: str, words: str) -> None:
    query = followed(text)
    assert query.text == words
    assert query.like == ()


def test_a_follow_up_keeps_everything_else() -> None:
    last = replace(LAST, filters=Filters(("hat",), 5, 50, ("new",)), like=("a",), include_self=True)
    query = followed("the same in blue", last)
    assert query == replace(last, text="mug like this in blue", shown=())


@pytest.mark.parametrize(
    ("last", "text", "words"),
    [
        ("red mug", "the same in blue", "mug in blue"),
        ("mug in red", "in blue", "mug in blue"),
        ("mug in the colour red", "in blue", "mug in blue"),
        ("mug like this in dark red and light green", "in blue", "mug like this in blue"),
        ("mug, red", "blue", "mug, blue"),
        ("red", "blue", "blue"),
        ("red mug", "with a handle", "red mug with a handle"),
        ("rote Tasse", "das gleiche in blau", "Tasse in blau"),
        ("taza roja", "lo mismo en azul", "taza en azul"),
        ("mug in blue", "the same in red", "mug in red"),
        ("", "in blue", "in blue"),
        ("", "a hat", "a hat"),
        ("a hat", "something like this", "a hat"),
    ],
)
def test_a_new_colour_takes_the_old_ones_place(last: str, text: str, words: str) -> None:
    assert followed(text, replace(LAST, text=last)).text == words


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("cheaper than 20", Filters(max_price=under(20))),
        ("under $30", Filters(max_price=under(30))),
        ("less than 12,50 €", Filters(max_price=under(12.5))),
        ("between 10 and 20", Filters(min_price=10, max_price=20)),
        ("from 10 to 20", Filters(min_price=10, max_price=20)),
        ("10 to 20", Filters(min_price=10, max_price=20)),
        ("more than 15", Filters(min_price=over(15))),
        ("more expensive than 15", Filters(min_price=over(15))),
        ("max 20", Filters(max_price=20)),
        ("for 20", Filters(max_price=20)),
        ("around 50", Filters(min_price=40, max_price=60)),
        ("only ones under 20 please", Filters(max_price=under(20))),
        ("show me cheaper ones", Filters(max_price=under(30))),
        ("cheaper", Filters(max_price=under(30))),
        ("a bit cheaper please", Filters(max_price=under(30))),
        ("cheaper than number 5", Filters(max_price=under(50))),
        ("cheaper than the second one", Filters(max_price=under(20))),
        ("something cheaper than 20", Filters(max_price=under(20))),
        ("anything under twenty?", Filters(max_price=under(20))),
        ("20 dollars", Filters(max_price=20)),
        ("I only have 20 dollars", Filters(max_price=20)),
        ("budget 30", Filters(max_price=30)),
        ("too expensive", Filters(max_price=under(30))),
        ("that's way too expensive", Filters(max_price=under(30))),
        ("the cheapest one", Filters(max_price=under(30))),
        ("zu teuer", Filters(max_price=under(30))),
        ("demasiado caro", Filters(max_price=under(30))),
        ("c'est trop cher", Filters(max_price=under(30))),
        ("more expensive", Filters(min_price=over(30))),
        ("only mugs", Filters(categories=("Mugs",))),
        ("show me only hats", Filters(categories=("hat",))),
        ("in category hats", Filters(categories=("hat",))),
        ("only mugs or hats under 20", Filters(("Mugs", "hat"), max_price=under(20))),
        ("billiger als 20", Filters(max_price=under(20))),
        ("günstiger", Filters(max_price=under(30))),
        ("nur Tassen", Filters(categories=("Tassen",))),
        ("über 15", Filters(min_price=over(15))),
        ("más barato que 20", Filters(max_price=under(20))),
        ("más barato", Filters(max_price=under(30))),
        ("más de 15", Filters(min_price=over(15))),
        ("moins cher que 20", Filters(max_price=under(20))),
        ("moins cher", Filters(max_price=under(30))),
        ("plus de 15", Filters(min_price=over(15))),
        ("أرخص من ٢٠", Filters(max_price=under(20))),
        ("أرخص", Filters(max_price=under(30))),
        ("2000円以下", Filters(max_price=2000)),
        ("予算は20円以下", Filters(max_price=20)),
        ("10円から20円まで", Filters(min_price=10, max_price=20)),
        ("10\u301c20円", Filters(min_price=10, max_price=20)),
        ("10円以上20円以下", Filters(min_price=10, max_price=20)),
        ("بين 10 و20", Filters(min_price=10, max_price=20)),
        ("もっと安いもの", Filters(max_price=under(30))),
    ],
)
def test_limits_of_a_follow_up(text: str, filters: Filters) -> None:
    query = followed(text)
    assert query.filters == filters
    assert query.text == "mug like this"
    assert query.shown == (), "what fits may be shown again"


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        (Filters(max_price=20), "under 10", Filters(max_price=under(10))),
        (Filters(min_price=15), "under 10", Filters(max_price=under(10))),
        (Filters(min_price=5), "under 10", Filters(min_price=5, max_price=under(10))),
        (Filters(max_price=20), "over 30", Filters(min_price=over(30))),
        (Filters(min_price=1, max_price=2), "between 3 and 4", Filters(min_price=3, max_price=4)),
        (Filters(("hat",), max_price=20), "only mugs", Filters(("Mugs",), max_price=20)),
        (Filters(("hat",), 5, 20, ("new",)), "without filters", Filters()),
        (Filters(("hat",), 5, 20, ("new",)), "any price", Filters(("hat",), tags=("new",))),
        (Filters(("hat",), 5, 20, ("new",)), "all categories", Filters((), 5, 20, ("new",))),
        (Filters(("hat",), 5, 20), "any price but only mugs", Filters(("Mugs",))),
        (Filters(("hat",)), "ohne Filter", Filters()),
        (Filters(("hat",)), "sin filtros", Filters()),
        (Filters(("hat",)), "sans filtres", Filters()),
        (Filters(("hat",)), "بدون فلاتر", Filters()),
        (Filters(("hat",)), "フィルターなし", Filters()),
    ],
)
def test_limits_replace_limits(before: Filters, text: str, after: Filters) -> None:
    assert followed(text, replace(LAST, filters=before)).filters == after


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("like number 4", (4,)),
        ("like #4", (4,)),
        ("like no. 4", (4,)),
        ("like 4", (4,)),
        ("more like 4", (4,)),
        ("more like 2 and 5", (2, 5)),
        ("more like 2, 5 and 7", (2, 5, 7)),
        ("something similar to number 3 please", (3,)),
        ("similar to 3 & 4", (3, 4)),
        ("show me more like number 4", (4,)),
        ("number 4", (4,)),
        ("#4", (4,)),
        ("4", (4,)),
        ("2 and 5", (2, 5)),
        ("I like number 4", (4,)),
        ("like number four", (4,)),
        ("the second one", (2,)),
        ("like the second and the third one", (2, 3)),
        ("more like the 3rd", (3,)),
        ("more like this", (3,)),
        ("more like the pick", (3,)),
        ("wie Nummer 4", (4,)),
        ("mehr wie 2 und 5", (2, 5)),
        ("wie das zweite", (2,)),
        ("como el número 4", (4,)),
        ("más como el 4", (4,)),
        ("comme le numéro 4", (4,)),
        ("plus comme le 4", (4,)),
        ("مثل رقم ٤", (4,)),
        ("4番みたいなもの", (4,)),
        ("２番と５番に似たもの", (2, 5)),
        ("like 4 and 4", (4,)),
        ("the last one", (9,)),
        ("like the first two", (1, 2)),
        ("I prefer the second", (2,)),
        ("I like number 3 best", (3,)),
        ("I'll take number 2", (2,)),
        ("how much is number 2?", (2,)),
        ("what's the price of 4", (4,)),
        ("compare 2 and 3", (2, 3)),
        ("same colour as 4", (4,)),
        ("3rd one", (3,)),
    ],
)
def test_examples_by_number(text: str, numbers: tuple[int, ...]) -> None:
    query = followed(text)
    assert query.like == tuple(f"item{number}" for number in numbers)
    assert query.text == "mug like this", "the words stay"
    assert query.filters == Filters()
    assert query.shown == ()


@pytest.mark.parametrize(
    ("text", "numbers", "words"),
    [
        ("not number 4", (4,), "mug like this"),
        ("anything but 4", (4,), "mug like this"),
        ("less like 2", (2,), "mug like this"),
        ("I don't like number 2 and number 3", (2, 3), "mug like this"),
        ("not the second one, but in blue", (2,), "mug like this in blue"),
        ("nicht wie Nummer 4", (4,), "mug like this"),
        ("no como el número 4", (4,), "mug like this"),
        ("pas comme le numéro 4", (4,), "mug like this"),
        ("4番以外", (4,), "mug like this"),
    ],
)
def test_what_is_rejected_does_not_come_back(text: str, numbers: tuple[int, ...], words: str) -> None:
    query = followed(text, replace(LAST, like=("item4", "a")))
    assert query.shown == tuple(f"item{number}" for number in numbers)
    assert query.like == (("a",) if 4 in numbers else ("item4", "a"))
    assert query.text == words


@pytest.mark.parametrize(
    "text", ["not 3 but 4 buttons", "without 2 pockets", "i want 3 mugs", "two handles", "with no. 5 printed on it"]
)
def test_numbers_that_count_things_are_no_examples_to_leave_out(text: str) -> None:
    assert followed(text).shown == ()


@pytest.mark.parametrize(
    ("text", "like", "words", "filters"),
    [
        ("like number 4 but in red, cheaper than 20", ("item4",), "mug like this in red", Filters(max_price=under(20))),
        ("like 4, under $30", ("item4",), "mug like this", Filters(max_price=under(30))),
        ("like number 4 but cheaper", ("item4",), "mug like this", Filters(max_price=under(40))),
        ("number 2 in blue", ("item2",), "mug like this in blue", Filters()),
        ("4 but with dots", ("item4",), "mug like this with dots", Filters()),
        (
            "more like 2 and 5, only hats, between 10 and 20",
            ("item2", "item5"),
            "mug like this",
            Filters(("hat",), 10, 20),
        ),
        ("the same in blue under 20", (), "mug like this in blue", Filters(max_price=under(20))),
        ("in blue, only mugs", (), "mug like this in blue", Filters(("Mugs",))),
        ("wie Nummer 4 aber in rot, unter 20", ("item4",), "mug like this in rot", Filters(max_price=under(20))),
        ("como el 4 pero en rojo", ("item4",), "mug like this en rojo", Filters()),
        ("comme le 4 mais en rouge, moins de 20 €", ("item4",), "mug like this en rouge", Filters(max_price=under(20))),
    ],
)
def test_combinations(text: str, like: tuple[str, ...], words: str, filters: Filters) -> None:
    query = followed(text)
    assert (query.like, query.text, query.filters) == (like, words, filters)


def test_examples_add_up_to_a_few() -> None:
    query = followed("like number 4", replace(LAST, like=("a", "item4", "b", "c", "d", "e")))
    assert query.like == ("b", "c", "d", "e", "item4")
    assert len(query.like) == EXAMPLES


@pytest.mark.parametrize(
    "text",
    [
        "next", "Next!", "next page", "next 9", "more", "more please", "show more", "show me more", "more results",
        "others", "other ones", "show me other ones", "something else", "weiter", "mehr", "zeig mir mehr", "nächste",
        "más", "siguiente", "ver más", "plus", "encore", "voir plus", "المزيد", "التالي", "次", "もっと見る",
        "next please", "5 more", "none of these", "I don't like any of them", "something different", "nichts davon",
    ],
)  # fmt: skip
def test_the_next_page_never_repeats(text: str) -> None:
    query = followed(text)
    assert query == replace(LAST, shown=("old", *(candidate.id for candidate in SHOWN)))
    assert followed(text, query).shown == query.shown


@pytest.mark.parametrize(
    "text", ["start over", "reset", "New search!", "von vorne", "empezar de nuevo", "recommencer", "最初から"]
)
def test_starting_over(text: str) -> None:
    changed = replace(LAST, filters=Filters(("hat",)), like=("a",))
    assert followed(text, changed) == replace(LAST, shown=())
    begin = Query(LOCAL, text="red mug", filters=Filters(max_price=5))
    assert refine(text, changed, SHOWN, first=begin) == begin


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("like number 12", "There is no number 12"),
        ("like 0", "There is no number 0"),
        ("more like 2 and 10", "There is no number 10"),
        ("cheaper than number 99", "There is no number 99"),
        ("like number 9 but cheaper", "The price of number 9 is not known"),
        ("in category spoons", "There is no category “spoons”"),
        ("over 30 and under 20", "The lowest price is above the highest"),
    ],
)
def test_what_can_not_be_says_what_can(text: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason) as caught:
        follow(text, replace(LAST, locale="en"))
    assert caught.value.advice


def test_a_wrong_number_tells_the_range() -> None:
    last = replace(LAST, locale="en")
    with pytest.raises(UserError) as caught:
        refine("like 12", last, SHOWN)
    assert caught.value.advice == "Its numbers go from 1 to 9."
    with pytest.raises(UserError) as caught:
        refine("like 2", last, SHOWN[:1])
    assert caught.value.advice == "It has number 1 alone."
    with pytest.raises(UserError, match="no answer yet"):
        refine("like 2", last, ())


def test_what_can_not_be_is_said_in_the_askers_language() -> None:
    with pytest.raises(UserError, match="keine Nummer 12"):
        follow("like number 12", replace(LAST, locale="de"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "thanks!",
        "Thank you so much",
        "ok",
        "lol",
        "👍",
        "🎉🎉",
        "nice one",
        "danke schön",
        "gracias",
        "merci",
        "ありがとう",
        "please",
    ],
)
@pytest.mark.parametrize("addressed", [True, False])
def test_small_talk_is_no_wish(text: str, addressed: bool) -> None:
    assert follow(text, addressed=addressed) is None


@pytest.mark.parametrize(
    "text",
    [
        "I showed it to Bob yesterday",
        "in my opinion it is too expensive",
        "what do you think, Anna?",
        "I bought it for 20 last week",
        "with all due respect, that is the ugliest mug",
        "we should meet at 4",
        "Bob likes number 4 and I like 5 better",
        "this is the one I told you about",
        "no",
        "too expensive",
        "I'll take number 2",
        "how much is number 2?",
        "I don't like number 4",
    ],
)
def test_words_between_people_are_left_alone(text: str) -> None:
    assert follow(text, addressed=False) is None


@pytest.mark.parametrize(
    "text",
    ["cheaper than 20", "the same in blue", "in blue", "like number 4", "next", "with dots", "only mugs",
     "find me a hat", "more like 2 and 5",
     "I want the same in dark blue", "I'd like it in green", "I like number 4", "the last one", "not number 4",
     "start over", "cheaper", "blue", "4", "billiger", "in dunkelblau", "like 4 but in red"],
)  # fmt: skip
def test_clear_follow_ups_need_no_mention(text: str) -> None:
    assert follow(text, addressed=False) == follow(text)


# Buttons


def test_buttons() -> None:
    assert next_page(LAST, SHOWN[:2]).shown == ("old", "item1", "item2")
    assert more_like(LAST, "item4") == replace(LAST, like=("item4",), shown=())
    filtered = replace(LAST, filters=Filters(("hat",), 5, 50, ("new",)))
    query = reword(filtered, "please find a bag under 20", CATEGORIES)
    assert query == replace(filtered, text="a bag", filters=Filters(("hat",), None, under(20), ("new",)), shown=())
    assert reword(filtered, "a bag").filters == filtered.filters


# Parts


@pytest.mark.parametrize(
    ("text", "value"),
    [("20", 20), ("20.5", 20.5), ("20,50", 20.5), ("1,000", 1000), ("1.000", 1000), ("1.000,50", 1000.5),
     ("1,234,567.89", 1234567.89), ("2k", 2000), ("1.5k", 1500), ("1'000", 1000), ("0", 0)],
)  # fmt: skip
def test_amounts(text: str, value: float) -> None:
    assert amount(text) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＬＩＫＥ　４", "LIKE 4"),
        ("٤ و ۵", "4 و 5"),
        ("<@U1> <#C1|general> hi", "hi"),
        ("“x” ‘y’", "\"x\" 'y'"),
        ("4²", "42"),
    ],
)
def test_normalised(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_colours_go_with_what_leads_to_them() -> None:
    assert without_colours("a red mug with dots") == "a mug with dots"
    assert without_colours("coloured mug, in light blue or dark-green") == "coloured mug"
    assert without_colours("bored redwood") == "bored redwood"


@given(st.text(max_size=80), st.booleans())
def test_any_text_is_read(text: str, addressed: bool) -> None:
    assert compose(text, LOCAL).tenant == LOCAL
    try:
        query = follow(text, addressed=addressed)
    except UserError:
        return
    assert query is None or len(query.like) <= EXAMPLES


WORDS = [
    *(
        "like",
        "number",
        "4",
        "12",
        "cheaper",
        "than",
        "under",
        "20",
        "€",
        "$",
        "and",
        "only",
        "mugs",
        "hats",
        "in",
        "blue",
    ),
    *("same", "next", ",", "between", "red", "more", "以下", "#", "the", "second"),
]


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_words_of_the_grammar_are_read(parts: list[str]) -> None:
    try:
        query = follow(" ".join(parts))
    except UserError:
        return
    if query is not None and query.filters.min_price is not None and query.filters.max_price is not None:
        assert query.filters.min_price <= query.filters.max_price
