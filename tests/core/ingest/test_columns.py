"""Which column means what, and cells made into details."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import UserError
from core.ingest.cells import MAX_METADATA, MAX_TAGS
from core.ingest.columns import detect
from core.ingest.entries import Details


def read(**cells: Any) -> tuple[Details, tuple[str, ...]]:
    row = {"image": "a.jpg", **cells}
    return detect(tuple(row)).details(row)


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        (("image", "title", "category", "price", "url"), {"image": "image", "title": "title", "url": "url"}),
        (("Image Path", "Product_Title"), {"image": "Image Path", "title": "Product_Title"}),
        (("name", "file"), {"image": "file", "title": "name"}),
        (("path", "image"), {"image": "image"}),
        (("IMAGE-URL", "Link"), {"image": "IMAGE-URL", "url": "Link"}),
        (("photo", "label"), {"image": "photo", "category": "label"}),
        (("picture", "tags", "keywords"), {"image": "picture", "tags": "tags"}),
    ],
)
def test_detection(header: tuple[str, ...], roles: dict[str, str]) -> None:
    found = detect(header).roles
    assert {role: found[role] for role in roles} == roles


def test_a_person_can_name_columns() -> None:
    found = detect(("datei", "image", "name"), {"image": "datei", "title": "image"})
    assert found.image == "datei"
    assert found.roles["title"] == "image"


@pytest.mark.parametrize(
    ("header", "named", "words"),
    [
        (("title", "price"), {}, "'title', 'price'"),
        (("image",), {"picture": "image"}, "no role"),
        (("image",), {"title": "heading"}, "no column 'heading'"),
        ((), {}, "no columns"),
    ],
)
def test_refusals_name_what_is_there(header: tuple[str, ...], named: dict[str, str], words: str) -> None:
    with pytest.raises(UserError) as caught:
        detect(header, named)
    assert words in str(caught.value)
    assert caught.value.advice


def test_details_and_the_rest() -> None:
    details, remarks = read(
        title=" Red \n  hat\x00 ",
        price="19,99 €",
        category="hat",
        url="https://shop.example/1",
        tags="new, sale;new",
        sku="0012",
        empty="",
    )
    assert details == Details(
        "Red hat", 19.99, "EUR", "hat", "https://shop.example/1", ("new", "sale"), {"sku": "0012"}
    )
    assert remarks == ()


def test_json_values_keep_their_kinds() -> None:
    details, remarks = read(
        title=1984, price=12, tags=["a", "b"], category=["Clothing", "Hats"], sizes=[38, 40], stock={"n": float("inf")}
    )
    assert details.title == "1984"
    assert details.price == 12.0
    assert details.category == "Clothing"
    assert details.tags == ("a", "b")
    assert details.metadata == {
        "category as written": ["Clothing", "Hats"],
        "sizes": [38, 40],
        "stock": {"n": None},
    }
    assert remarks == ()


@pytest.mark.parametrize(
    ("role", "written"),
    [
        ("price", "on request"),
        ("price", {"amount": 3}),
        ("url", "javascript:alert(1)"),
        ("url", "//shop.example/1"),
        ("url", "https://"),
        ("url", "https://[half"),
        ("url", "https://shop.example/a b"),
        ("tags", {"a": 1}),
        ("title", {"en": "hat"}),
    ],
)
def test_what_is_not_understood_is_kept_and_told(role: str, written: Any) -> None:
    details, remarks = read(**{role: written})
    assert getattr(details, role) in (None, "", ())
    assert details.metadata[f"{role} as written"] == written
    assert len(remarks) == 1
    assert role in remarks[0]


def test_an_explicit_currency_wins() -> None:
    assert read(price="$5", currency="cad")[0].currency == "CAD"


def test_what_is_too_long_is_cut_and_told() -> None:
    details, remarks = read(title="x" * 501, tags=[str(number) for number in range(MAX_TAGS + 1)])
    assert len(details.title) == 500
    assert details.metadata["title as written"] == "x" * 501
    assert len(details.tags) == MAX_TAGS
    assert len(remarks) == 2


def test_lone_surrogates_and_controls_never_reach_a_database() -> None:
    details, _ = read(title="a\ud800b", note={"k\x00": ["\udfff\x07ok"]})
    assert details.title == "ab"
    assert details.metadata["note"] == {"k": ["ok"]}


def test_too_much_metadata() -> None:
    with pytest.raises(UserError, match="32 kB"):
        read(note="x" * MAX_METADATA)
