"""Sentences are English to programs and the reader's own language to people; the table has all that the code names."""

from __future__ import annotations

import ast
import copy
import json
import pickle
import string
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from core.words import Sentence, Words, locales

SOURCES = [path for folder in ("core", "bot") for path in sorted((Path(__file__).parents[2] / folder).rglob("*.py"))]
GROUPS = ("picture", "format", "download", "filter", "product", "outage", "entry", "field", "platform", "doing")
"""Groups of the table that are only ever said as sentences."""


def calls() -> Iterator[tuple[str, str, set[str]]]:
    """Where each sentence of the code stands, its key, and its placeholders."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sentence":
                (key,) = node.args
                if isinstance(key, ast.Constant):
                    assert isinstance(key.value, str)
                    yield f"{path.name}:{node.lineno}", key.value, {str(each.arg) for each in node.keywords}


def constants() -> set[str]:
    """All texts that stand in the code."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES)
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def placeholders(key: str) -> set[str]:
    text = Words().text(key)
    return {name for form in ([text] if isinstance(text, str) else text.values()) for name in names(form)}


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_of_the_code_is_in_the_table_with_its_placeholders() -> None:
    found = list(calls())
    assert len(found) > 50
    for where, key, given in found:
        assert given == placeholders(key) | (given & {"count"}), where


def test_every_key_of_the_sentences_is_named_in_the_code_and_the_other_way_round() -> None:
    table = tomllib.loads((resources.files("core.words") / "en.toml").read_text(encoding="utf-8"))
    keys = {f"{group}.{key}" for group in GROUPS for key in table[group]}
    named = {text for text in constants() if text.partition(".")[0] in GROUPS and text.count(".") == 1}
    named = {text for text in named if text.replace(".", "_").isidentifier()}
    assert keys == named


def test_a_sentence_is_its_english_text() -> None:
    sentence = Sentence("download.error", status=502)
    assert sentence == "The address answers with error 502."
    assert hash(sentence) == hash(str(sentence))
    assert json.dumps([sentence]) == '["The address answers with error 502."]'
    assert type(f"{sentence} Really.") is str


@pytest.mark.parametrize("same", [copy.copy, copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))])
def test_a_copy_can_still_be_translated(same: object) -> None:
    assert callable(same)
    assert Words("de").of(same(Sentence("download.error", status=502))).endswith("mit dem Fehler 502.")


@pytest.mark.parametrize("locale", locales())
def test_sentences_and_numbers_within_a_sentence_are_translated_along(locale: str) -> None:
    words = Words(locale)
    inner = Sentence("picture.named", name="{a}.pdf")
    said = words.of(Sentence("picture.too_many_bytes", file=inner, size=1234.5, most=25.0))
    assert words("picture.named", name="{a}.pdf") in said
    assert words.number(1234.5) in said
    assert "25.0" not in said
    assert words.of("{a} plain text") == "{a} plain text"


@pytest.mark.parametrize(
    ("value", "english", "german"), [(1234.56, "1,234.6", "1.234,6"), (25.0, "25", "25"), (0.001, "0.001", "0,001")]
)
def test_numbers(value: float, english: str, german: str) -> None:
    assert (Words().number(value), Words("de").number(value)) == (english, german)


def test_a_key_or_a_placeholder_that_is_missing_is_a_bug() -> None:
    with pytest.raises(KeyError):
        Sentence("download.no_such_key")
    with pytest.raises(KeyError):
        Sentence("download.error", code=502)


def test_what_a_platform_refuses_is_said_in_the_readers_language() -> None:
    refusal = Sentence("platform.discord_lacks", doing=Sentence("doing.answer"), permission="Send Messages")
    assert refusal == "I may not answer here: I lack the permission Send Messages."
    assert Words("de").of(refusal) == "Hier darf ich nicht antworten: Mir fehlt die Berechtigung Send Messages."
    assert Words("ja").of(Sentence("platform.not_allowed", doing=Sentence("doing.read_thread"))) == (
        "スレッドを読むことができません。"
    )
