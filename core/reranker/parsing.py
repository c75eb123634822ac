"""A ranking model's answer, whatever its form, as a checked permutation and a reason.

Understood are: the JSON object that was asked for, alone, in a Markdown fence or in the middle of prose;
JSON that was cut off; and the text form of the Milvus tutorial (``Ranked list: [3, 1, 2]`` … ``Reasons:
…``) with the variants that models make of it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

REASON_LENGTH = 600
ANSWER_LENGTH = 20_000
"""Characters of an answer that are looked at; far more than any answer in earnest."""

_RANKING_KEYS = ("ranking", "ranked_list", "rankedlist", "ranked list", "ranked", "order", "indices", "list", "result")
_REASON_KEYS = ("reason", "reasons", "explanation", "rationale", "why")
_SATISFIED_KEYS = ("satisfied", "satisfies", "match", "matches")
_NUMBER_KEYS = ("number", "index", "id", "candidate", "item")

_THOUGHTS = re.compile(r"^.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_EMPHASIS = re.compile(r"\*\*|__|`+(?:json|text)?|^#+\s*", re.MULTILINE)
_LABEL = r"(?:re-?)?(?:ranked|ranking|final|sorted)[\s_-]*(?:list|order|indices|ranking)?"
_NAME = r"(?:items?|candidates?|images?|products?|pictures?|numbers?|no\.?|and)"
_VERTICAL = re.compile(
    rf"(?:(?:^|\n)[ \t]*\d{{1,2}}[.)][ \t]+(?:{_NAME}[ \t]*)?#?\d{{1,3}}\b[^\n]*){{2,}}", re.IGNORECASE
)
_LABELLED = re.compile(
    rf"{_LABEL}[^\n\[\d:=]*[:=]\s*(?:\[(?P<list>[^\]\[]*)(?:\]|$)|(?P<line>(?:{_NAME}|[\s,;>→#&()\d-])*\d)(?=[\s.;)]|$))",
    re.IGNORECASE,
)
_BARE = re.compile(r"\[(?P<list>\s*(?:\D{0,12}?\d{1,3}\D{0,3}?)(?:[,;>]\D{0,12}?\d{1,3}\D{0,3}?)*\s*,?\s*)\]")
_CUT_JSON = re.compile(r'"ranking"\s*:\s*\[(?P<list>[^\]]*)')
_REASON = re.compile(
    r"(?:^|\n|[.\]}]\s*)\W*(?:reasons?|reasoning|explanation|rationale)\b[^:\n]{0,40}[:：]\s*(?P<reason>.+)",
    re.IGNORECASE | re.DOTALL,
)
_SATISFIED = re.compile(r"(?:^|\n)\W*satisfied\W*[:：]\W*(?P<word>\w+)[^\n]*", re.IGNORECASE)
_NO = frozenset({"no", "false", "none", "0", "not"})
_REFUSAL = re.compile(
    r"\b(?:I(?:['’]m| am) (?:sorry|unable|not able)|I (?:can(?:no|['’])t|cannot|won['’]t)|(?:can|could) ?not assist)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an answer says.

    Attributes:
        numbers: the candidates' numbers as they were given, from 1, unchecked.
        reason: plain text, at most :data:`REASON_LENGTH` characters.
        satisfied: False when the model said that nothing satisfies the wish.
        structured: whether it was JSON.
    """

    numbers: tuple[int, ...]
    reason: str = ""
    satisfied: bool = True
    structured: bool = False


def parse(answer: str) -> Parsed | None:
    """Read an answer in any of the known forms; None when there is no ranking in it."""
    text = unicodedata.normalize("NFKC", _THOUGHTS.sub("", answer[:ANSWER_LENGTH])).strip()
    for candidate in _objects(text):
        parsed = _from_object(candidate)
        if parsed is not None:
            return parsed
    return _from_text(text)


def refuses(answer: str) -> bool:
    """Whether an answer without a ranking is a refusal in plain words."""
    return _REFUSAL.search(answer[:300]) is not None


def repair(numbers: Iterable[int], count: int) -> tuple[tuple[int, ...], int]:
    """A permutation of ``range(count)`` from numbers that run from 1, and how many had to be mended.

    Numbers that are out of range or were said before are dropped, and what was never said is appended in
    retrieval order; each of these counts as one. All numbers from 0 to one less than the last are a model that
    counts from 0, as the tutorial's did: each counts as mended.
    """
    said = list(numbers)
    if count and sorted(said) == list(range(count)):
        return tuple(said), count
    order: dict[int, None] = {}
    mended = 0
    for number in said:
        if 1 <= number <= count and number - 1 not in order:
            order[number - 1] = None
        else:
            mended += 1
    missing = [index for index in range(count) if index not in order]
    return (*order, *missing), mended + len(missing)


def _objects(text: str) -> Iterator[Any]:
    """Every JSON object that begins somewhere in the text, from the left."""
    decoder = json.JSONDecoder()
    position = 0
    while (position := text.find("{", position)) >= 0:
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            position += 1
        else:
            yield value


def _from_object(value: Any) -> Parsed | None:
    if not isinstance(value, dict):
        return None
    fields = {str(key).strip().lower(): content for key, content in value.items()}
    ranking = _first(fields, _RANKING_KEYS)
    numbers = _numbers_in(ranking)
    satisfied = _truth(_first(fields, _SATISFIED_KEYS))
    if numbers is None and not satisfied:
        numbers = []
    if numbers is None or (not numbers and satisfied):
        nested = next((inner for inner in fields.values() if isinstance(inner, dict)), None)
        return _from_object(nested)
    reason = _first(fields, _REASON_KEYS)
    if isinstance(reason, list):
        reason = " ".join(str(part) for part in reason)
    return Parsed(tuple(numbers), _plain(str(reason or "")), satisfied, structured=True)


def _from_text(text: str) -> Parsed | None:
    plain = _EMPHASIS.sub("", text)
    found = _VERTICAL.search(plain) or _LABELLED.search(plain) or _CUT_JSON.search(plain) or _BARE.search(plain)
    if found is None:
        return None
    if found.re is _VERTICAL:
        numbers = [_integers(line)[1] for line in found[0].strip().splitlines()]
    else:
        groups = found.groupdict()
        numbers = _integers(groups.get("list") or groups.get("line") or "")
    verdict = _SATISFIED.search(plain)
    satisfied = verdict is None or verdict["word"].lower() not in _NO
    if not numbers and satisfied:
        return None
    rest = _SATISFIED.sub("", plain[found.end() :])
    reason = _REASON.search("\n" + rest) or _REASON.search(_SATISFIED.sub("", plain[: found.start()]))
    return Parsed(tuple(numbers), _plain(reason["reason"] if reason else rest), satisfied)


def _numbers_in(value: Any) -> list[int] | None:
    """The numbers of a list in any of the shapes that models make: 3, "3", "#3", {"number": 3}; None if no list."""
    if isinstance(value, str):
        return _integers(value)
    if not isinstance(value, list):
        return None
    numbers: list[int] = []
    for entry in value:
        inner = _first({str(key).lower(): item for key, item in entry.items()}, _NUMBER_KEYS) if isinstance(
            entry, dict
        ) else entry  # fmt: skip
        if isinstance(inner, bool) or not isinstance(inner, int | float | str):
            continue
        numbers.extend(_integers(str(inner))[:1])
    return numbers


def _integers(text: str) -> list[int]:
    """Whole numbers in the text's order; ``2.0`` is 2."""
    return [int(whole) for whole in re.findall(r"(?<![\d.])(-?\d{1,18})(?:\.0+)?(?![\d.]*\d)", text)]


def _first(fields: dict[str, Any], names: Iterable[str]) -> Any:
    return next((fields[name] for name in names if name in fields), None)


def _truth(value: Any) -> bool:
    return str(value).strip().lower() not in _NO if value is not None else True


def _plain(text: str) -> str:
    """One paragraph without Markdown emphasis, control characters or surrounding quotes, cut with an ellipsis."""
    printable = "".join(character if character.isprintable() else " " for character in _EMPHASIS.sub("", text))
    line = " ".join(printable.split()).strip("\"' ").rstrip("}{[]")
    return line if len(line) <= REASON_LENGTH else line[: REASON_LENGTH - 1].rstrip() + "…"
