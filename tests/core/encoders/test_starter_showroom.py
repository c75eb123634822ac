"""The tutorial's own question on the drawn catalogue, with the encoder that comes with pip."""

from __future__ import annotations

import numpy as np
import pytest

from core.encoders.base import Document, Embeddings, Prompt
from core.encoders.starter import StarterEncoder, build
from core.settings import EncoderSettings
from core.showroom import Sample, Wish, products, queries

pytestmark = pytest.mark.timeout(400)
Shop = tuple[StarterEncoder, list[Sample], Embeddings]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """All phone cases and mugs, and all else in leopard and in plain colours: what competes for the top."""
    encoder = build(EncoderSettings(precision="float32"), tmp_path_factory.mktemp("cache"))
    whole, prints = {"phone case", "mug"}, {"leopard", "plain"}
    samples = [sample for sample in products() if sample.category in whole or sample.tags[0] in prints]
    documents = [Document(sample.image, sample.title) for sample in samples]
    parts = [encoder.encode_images(documents[start : start + 32]) for start in range(0, len(documents), 32)]
    return encoder, samples, np.concatenate(parts)


@pytest.fixture(scope="module")
def wishes() -> dict[str, Wish]:
    return {wish.name: wish for wish in queries()}


def nine(shop: Shop, wish: Wish, text: str) -> list[Sample]:
    encoder, samples, vectors = shop
    scores = vectors @ encoder.encode_queries([Prompt(wish.image, text)])[0]
    return [samples[index] for index in np.argsort(-scores)[:9]]


@pytest.mark.parametrize("picture", ["query-leopard.jpg", "query-leopard-swatch.jpg"])
def test_phone_case_with_this_image_theme(shop: Shop, wishes: dict[str, Wish], picture: str) -> None:
    found = nine(shop, wishes[picture], "phone case with this image theme")
    assert sum(sample.category == "phone case" for sample in found) >= 8
    assert all(sample.tags[0] == "leopard" for sample in found[:3])
    assert sum(sample.tags[0] == "leopard" for sample in found) >= 4


@pytest.mark.parametrize("picture", ["query-leopard.jpg", "query-leopard-swatch.jpg"])
def test_mug_like_this(shop: Shop, wishes: dict[str, Wish], picture: str) -> None:
    found = nine(shop, wishes[picture], "mug like this")
    assert all(sample.category == "mug" for sample in found)
    assert found[0].tags[0] == "leopard"
    assert sum(sample.tags[0] == "leopard" for sample in found[:3]) == 2


@pytest.mark.parametrize("noun", ["backpack", "cushion", "water bottle", "sneakers"])
def test_other_things_with_this_pattern(shop: Shop, wishes: dict[str, Wish], noun: str) -> None:
    found = nine(shop, wishes["query-leopard.jpg"], f"{noun} like this")
    assert any(sample.category == noun and sample.tags[0] == "leopard" for sample in found[:4])


def test_words_alone(shop: Shop) -> None:
    encoder, samples, vectors = shop
    texts = [sample.title for sample in samples[::8]]
    scores = vectors @ encoder.encode_queries([Prompt(text=text) for text in texts]).T
    first = [samples[index].title for index in scores.argmax(axis=0)]
    assert sum(a == b for a, b in zip(first, texts, strict=True)) >= 0.7 * len(texts)
