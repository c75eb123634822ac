"""Answers of ranking models in all their forms, and the repair of what they rank."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.reranker.parsing import REASON_LENGTH, parse, refuses, repair

TUTORIAL = """Ranked list: [3, 0, 2, 1]

Reasons: The most suitable item is 3 because the phone case shows the leopard's pattern."""


@pytest.mark.parametrize(
    ("answer", "numbers", "reason"),
    [
        (TUTORIAL, (3, 0, 2, 1), "The most suitable item is 3 because the phone case shows the leopard's pattern."),
        ('{"ranking": [2, 1, 3], "reason": "Same theme.", "satisfied": true}', (2, 1, 3), "Same theme."),
        ('```json\n{"ranking": [2, 1], "reason": "Same theme."}\n```', (2, 1), "Same theme."),
        ('Sure! Here it is:\n{"ranking": [2, 1], "reason": "Fits."}\nTell me if {this} helps.', (2, 1), "Fits."),
        ('{"result": {"ranking": [2, 1], "reason": "Nested."}}', (2, 1), "Nested."),
        ('{"ranked_list": ["2", "#1"], "reasons": ["A.", "B."]}', (2, 1), "A. B."),
        ('{"Ranking": [{"number": 2}, {"number": 1.0}], "Explanation": "Objects."}', (2, 1), "Objects."),
        ('{"ranking": "2, 1, 3", "reason": "A string."}', (2, 1, 3), "A string."),
        ('{"ranking": [4, 2, 1, 3], "reason": "It was cut', (4, 2, 1, 3), "It was cut"),
        ("{broken} Ranked list: [2, 1]\nReasons: after junk", (2, 1), "after junk"),
        ("**Ranked list:** [5, 1]\n\n**Reasons:** It is *soft*.", (5, 1), "It is *soft*."),
        ("Ranked List: 5, 1, 2\nReason: soft", (5, 1, 2), "soft"),
        ("Ranked list: [Item 5, Item 1]\nExplanation: soft", (5, 1), "soft"),
        ("Ranking: 5 > 1 > 2\nReasons: soft", (5, 1, 2), "soft"),
        ("### Ranked list\n[5, 1, 2]\n\n### Reasons:\nsoft", (5, 1, 2), "soft"),
        ("Ranked list:\n1. Item 5\n2. Item 1\n3. Item 2\n\nReasons: soft", (5, 1, 2), "soft"),
        ("Reasons: soft\nRanked list: [5, 1]", (5, 1), "soft"),
        ("[5, 1, 2]\nIt is soft.", (5, 1, 2), "It is soft."),
        ("Ranked list: [5, 1] The first has the same stripes.", (5, 1), "The first has the same stripes."),
        ("<think>Ranked list: [9, 8]? No.</think>Ranked list: [5, 1]\nReasons: soft", (5, 1), "soft"),
        ("Ranked list：［５，１］\nReasons：柔らかい", (5, 1), "柔らかい"),
        ("Ranked list: [-1, 99999999, 2]\nReasons: odd", (-1, 99999999, 2), "odd"),
        ("Ranked list: [2, 1", (2, 1), ""),
    ],
)
def test_reads_every_form(answer: str, numbers: tuple[int, ...], reason: str) -> None:
    parsed = parse(answer)
    assert parsed is not None
    assert parsed.numbers == numbers
    assert parsed.reason == reason
    assert parsed.satisfied


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "   ",
        "The second one is nice.",
        "I'm sorry, I can't assist with that.",
        '{"error": "no pictures were given"}',
        '{"ranking": [], "reason": "none"}',
        '{"ranking": null, "reason": "none"}',
        '{"number": 1, "title": "a mug"}',
        "Ranked list: []\nReasons: none",
        "[the first]",
        "{" * 3_000,
        "[" * 50_000,
    ],
)
def test_finds_no_ranking_where_there_is_none(answer: str) -> None:
    assert parse(answer) is None


@pytest.mark.parametrize(
    "answer",
    [
        '{"ranking": [2, 1], "reason": "Only hats.", "satisfied": false}',
        '{"ranking": [], "reason": "Only hats.", "satisfied": "no"}',
        '{"satisfied": false, "reason": "Only hats."}',
        "Ranked list: [2, 1]\nReasons: Only hats.\nSatisfied: no",
        "Ranked list: [2, 1]\n**Satisfied:** No, there are none.\nReasons: Only hats.",
    ],
)
def test_hears_that_nothing_satisfies(answer: str) -> None:
    parsed = parse(answer)
    assert parsed is not None
    assert not parsed.satisfied
    assert parsed.reason == "Only hats."


def test_reasons_are_one_short_printable_paragraph() -> None:
    answer = json.dumps({"ranking": [1], "reason": "**Bold**\n\nand\x00 \u202elong" + " x" * 2_000})
    parsed = parse(answer)
    assert parsed is not None
    assert parsed.reason.startswith("Bold and long x")
    assert len(parsed.reason) <= REASON_LENGTH
    assert parsed.reason.isprintable()
    assert parsed.reason.endswith("…")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("I'm sorry, I can't assist with that.", True),
        ("I cannot help with ranking these.", True),
        ("Sorry for the delay, the list follows.", False),
        ("banana", False),
    ],
)
def test_knows_a_refusal(answer: str, expected: bool) -> None:
    assert refuses(answer) is expected


@pytest.mark.parametrize(
    ("numbers", "count", "order", "repaired"),
    [
        ((2, 1, 3), 3, (1, 0, 2), 0),
        ((3,), 3, (2, 0, 1), 2),
        ((3, 3, 1), 3, (2, 0, 1), 2),
        ((0, 9, 2, 1, 3), 3, (1, 0, 2), 2),
        ((0, 2, 1), 3, (0, 2, 1), 3),
        ((2, 0, 1), 3, (2, 0, 1), 3),
        ((0, 2, 1), 4, (1, 0, 2, 3), 3),
        ((), 2, (0, 1), 2),
        ((), 0, (), 0),
    ],
)
def test_repairs(numbers: tuple[int, ...], count: int, order: tuple[int, ...], repaired: int) -> None:
    assert repair(numbers, count) == (order, repaired)


@given(st.lists(st.integers(-3, 30), max_size=60), st.integers(0, 25))
def test_repair_gives_a_permutation_that_keeps_the_said_order(numbers: list[int], count: int) -> None:
    order, repaired = repair(numbers, count)
    assert sorted(order) == list(range(count))
    first = 0 if sorted(numbers) == list(range(count)) else 1
    said = list(dict.fromkeys(number - first for number in numbers if first <= number < count + first))
    assert list(order[: len(said)]) == said
    assert list(order[len(said) :]) == sorted(order[len(said) :])
    assert (repaired == 0) == (sorted(numbers) == list(range(1, count + 1)))
    assert repair([index + 1 for index in order], count) == (order, 0)


@given(st.permutations(range(1, 10)), st.text(max_size=80), st.booleans())
def test_what_was_asked_for_is_read_back(numbers: list[int], reason: str, satisfied: bool) -> None:
    answer = json.dumps({"ranking": numbers, "reason": reason, "satisfied": satisfied})
    parsed = parse(answer)
    assert parsed is not None
    assert list(parsed.numbers) == numbers
    assert parsed.satisfied is satisfied


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(answer: str) -> None:
    parsed = parse(answer)
    assert parsed is None or all(isinstance(number, int) for number in parsed.numbers)


@given(st.text(alphabet='[]{}",:0123456789 \nRankedlistReasonsSatisfied#*`-.', max_size=300))
def test_texts_of_the_grammars_own_letters_are_read_without_an_error(answer: str) -> None:
    parsed = parse(answer)
    if parsed is not None:
        order, _ = repair(parsed.numbers, 9)
        assert sorted(order) == list(range(9))
