"""The starter encoder with its real weights: geometry, composition, known pictures, and a floor for quality."""

from __future__ import annotations

import csv
import os
from itertools import islice, takewhile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core import showroom
from core.encoders import registry
from core.encoders.base import Document, Prompt
from core.encoders.starter import StarterEncoder, build
from core.errors import ConfigurationError
from core.settings import EncoderSettings

PHOTOS = Path(os.environ.get("LOOKALIKE_PHOTOS", Path(__file__).parents[4] / "shared" / "photos"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def encoder(cache: Path) -> StarterEncoder:
    return build(EncoderSettings(precision="float32"), cache)


def drawing(colour: str, shape: str = "ellipse", size: tuple[int, int] = (300, 300)) -> Image.Image:
    image = Image.new("RGB", size, "white")
    box = (size[0] // 4, size[1] // 4, 3 * size[0] // 4, 3 * size[1] // 4)
    getattr(ImageDraw.Draw(image), shape)(box, fill=colour)
    return image


def test_the_registry_builds_it_from_the_cache_and_it_is_the_same(cache: Path, encoder: StarterEncoder) -> None:
    again = registry.build(EncoderSettings(name="starter"), cache)
    assert again.identity == encoder.identity
    documents = [Document(drawing("red"), "Red ball"), Document(drawing("navy", "rectangle"))]
    cosines = (again.encode_images(documents) * encoder.encode_images(documents)).sum(1)
    assert cosines.min() > 0.999  # in the precision that is fast here, which may be bfloat16


def test_title_weight_is_part_of_the_identity_and_can_switch_titles_off(cache: Path, encoder: StarterEncoder) -> None:
    deaf = build(EncoderSettings(precision="float32", title_weight=0), cache)
    assert deaf.identity.fingerprint != encoder.identity.fingerprint
    plain, titled = deaf.encode_images([Document(drawing("red")), Document(drawing("red"), "Leopard phone case")])
    np.testing.assert_allclose(plain, titled, atol=1e-6)


def test_rows_are_unit_vectors_with_and_without_titles(encoder: StarterEncoder) -> None:
    rows = encoder.encode_images(
        [Document(drawing("red")), Document(drawing("red"), "Red ball"), Document(drawing("blue", size=(40, 900)), "x")]
    )
    assert rows.shape == (3, encoder.identity.dimension)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_queries_of_mixed_kinds_equal_single_ones(encoder: StarterEncoder) -> None:
    red, blue = drawing("red"), drawing("blue", "rectangle")
    prompts = [
        Prompt(red),
        Prompt(text="a blue mug"),
        Prompt(blue, "find a hat like this"),
        Prompt(red, "same but in green"),
        Prompt(blue, "like this"),
    ]
    together = encoder.encode_queries(prompts)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for prompt, row in zip(prompts, together, strict=True):
        np.testing.assert_allclose(encoder.encode_queries([prompt])[0], row, atol=1e-4)


def test_empty_batches_have_the_right_width(encoder: StarterEncoder) -> None:
    assert encoder.encode_images([]).shape == (0, encoder.identity.dimension)
    assert encoder.encode_queries([]).shape == (0, encoder.identity.dimension)


def test_a_title_changes_no_score_of_a_search_by_picture(encoder: StarterEncoder) -> None:
    query = encoder.encode_queries([Prompt(drawing("orange"))])[0]
    plain, titled = encoder.encode_images([Document(drawing("red")), Document(drawing("red"), "IMG_2041.jpg")])
    assert query @ plain == pytest.approx(query @ titled, abs=1e-6)


def test_words_find_the_title_that_says_so(encoder: StarterEncoder) -> None:
    rows = encoder.encode_images(
        [Document(drawing("red"), title) for title in ("Leopard phone case", "Striped mug", "IMG_2041.jpg", "")]
    )
    scores = rows @ encoder.encode_queries([Prompt(text="a phone case")])[0]
    assert scores.argmax() == 0


def test_a_colour_edit_prefers_that_colour(encoder: StarterEncoder) -> None:
    colours = ["red", "green", "blue", "yellow", "black"]
    rows = encoder.encode_images([Document(drawing(colour)) for colour in colours])
    for index, colour in enumerate(colours):
        scores = rows @ encoder.encode_queries([Prompt(drawing("orange"), f"the same but in {colour}")])[0]
        assert scores.argmax() == index, colour


def test_other_weights_are_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        build(EncoderSettings(weights="some/where.pth"), tmp_path)
    assert raised.value.advice


def test_the_picture_decides_among_titles_that_fit(encoder: StarterEncoder) -> None:
    """The tutorial's question: words name the product, the picture its print."""
    goods = list(takewhile(lambda each: each.category in ("phone case", "mug"), showroom.products()))
    assert {each.category for each in goods} == {"phone case", "mug"}
    rows = encoder.encode_images([Document(each.image, each.title) for each in goods])
    asked = {wish.name: wish.image for wish in islice(showroom.queries(), 2)}
    assert set(asked) == {"query-leopard.jpg", "query-leopard-swatch.jpg"}
    for image in asked.values():
        for text, category in (("phone case with this image theme", "phone case"), ("mug like this", "mug")):
            order = np.argsort(-(rows @ encoder.encode_queries([Prompt(image, text)])[0]))
            assert [goods[index].tags[0] for index in order[:2]] == ["leopard", "leopard"]
            assert {goods[index].category for index in order[:5]} == {category}


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="the product photos are not on this machine")
def test_real_photos_find_their_category(encoder: StarterEncoder) -> None:
    with (PHOTOS / "catalog.csv").open() as file:
        entries = list(csv.DictReader(file))[::5]
    with (PHOTOS / "queries.csv").open() as file:
        queries = list(csv.DictReader(file))[::3]
    rows = encoder.encode_images([Document(_open("catalog", entry["image"])) for entry in entries])
    categories = np.array([entry["category"] for entry in entries])
    asked = encoder.encode_queries([Prompt(_open("queries", query["image"])) for query in queries])
    top = np.argsort(-(asked @ rows.T), axis=1)[:, :5]
    right = categories[top] == np.array([query["category"] for query in queries])[:, None]
    assert right.mean() > 0.5  # 0.1 by chance


def _open(folder: str, name: str) -> Image.Image:
    return Image.open(PHOTOS / folder / name).convert("RGB")
