"""The encoder: kinds of prompts, batches, truncation, the memory of pictures, titles, precision."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.encoders import prepack, visualized
from core.encoders.base import Document, Encoder, Prompt
from core.encoders.runtime import Runtime
from core.encoders.visualized_bge import VisualizedBge
from core.images import decode
from core.settings import ImageSettings
from tests.core.encoders import small_visualized as small

EXPECTED = json.loads(Path(__file__).with_name("visualized_expected.json").read_text())


def make(
    kind: small.Kind = "base", dtype: torch.dtype = torch.float32, packed: bool = False, threads: int = 2, **options
) -> VisualizedBge:
    runtime = Runtime(torch.device("cpu"), dtype, packed, threads)
    name = "visualized-bge" if kind == "base" else "visualized-bge-m3"
    return VisualizedBge(name, visualized.load(small.state(kind)), small.tokenizer(kind), runtime, **options)


@pytest.fixture(scope="module")
def encoder():
    encoder = make()
    yield encoder
    encoder.close()


def test_is_an_encoder(encoder):
    port: Encoder = encoder
    assert port.identity.dimension == 128
    assert port.encode_images([]).shape == (0, 128)
    assert port.encode_queries([]).shape == (0, 128)


@pytest.mark.parametrize("kind", ["base", "m3"])
def test_every_kind_of_prompt_equals_upstream(kind):
    encoder = make(kind)
    expected = EXPECTED[kind]
    found = encoder.encode_queries(
        [Prompt(text=small.TEXT), Prompt(image=small.picture(), text=small.TEXT), Prompt(image=small.picture())]
    )
    assert np.abs(found - np.array([expected["text"], expected["both"], expected["picture"]])).max() < 1e-6
    assert np.abs(encoder.encode_images([Document(small.picture())]) - expected["picture"]).max() < 1e-6
    assert found.dtype == np.float32
    encoder.close()


def test_a_mixed_batch_gives_what_each_gives_alone(encoder):
    texts = ["", "red", small.TEXT, " ".join(small.WORDS * 2)]
    prompts = [Prompt(image=small.picture(seed), text=text) for seed in range(6) for text in texts]
    prompts += [Prompt(text=text) for text in texts[1:]]
    order = np.random.RandomState(3).permutation(len(prompts))
    together = encoder.encode_queries([prompts[index] for index in order])
    fresh = make(threads=1)
    alone = np.concatenate([fresh.encode_queries([prompts[index]]) for index in order])
    assert np.abs(together - alone).max() < 1e-6
    assert np.abs(np.linalg.norm(together, axis=1) - 1).max() < 1e-6
    fresh.close()


def test_documents_in_a_batch_give_what_each_gives_alone(encoder):
    documents = [Document(small.picture(seed, (30 + 9 * seed, 70))) for seed in range(37)]
    together = encoder.encode_images(documents)
    alone = np.concatenate([encoder.encode_images([document]) for document in documents])
    assert np.abs(together - alone).max() < 1e-6


def test_pictures_are_understood_as_people_see_them(encoder):
    """Turned, flattened on white and converted before scaling; upstream does none of it, on purpose not followed."""
    upright = small.picture(1, (90, 60))
    expected = encoder.encode_images([Document(upright)])[0]
    clear = Image.new("RGBA", (120, 60), (200, 0, 0, 0))
    clear.paste(upright, (0, 0))
    on_white = Image.new("RGB", (120, 60), "white")
    on_white.paste(upright, (0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6
    variants = {
        "turned": (saved(upright.transpose(Image.Transpose.ROTATE_90), exif=exif), expected),
        "clear": (saved(clear), encoder.encode_images([Document(on_white)])[0]),
        "palette": (
            saved(upright.quantize(64)),
            encoder.encode_images([Document(upright.quantize(64).convert("RGB"))])[0],
        ),
        "grey": (
            saved(upright.convert("L")),
            encoder.encode_images([Document(upright.convert("L").convert("RGB"))])[0],
        ),
    }
    for name, (data, wanted) in variants.items():
        found = encoder.encode_images([Document(decode(data, ImageSettings()).image)])[0]
        assert np.abs(found - wanted).max() < 1e-6, name


def saved(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def test_a_very_long_picture_costs_no_more_than_any(encoder):
    line = Image.new("RGB", (1, 60_000), "red")
    assert (
        np.abs(encoder.encode_images([Document(line)]) - encoder.encode_images([Document(line.resize((9, 9)))])).max()
        < 1e-6
    )


def test_white_space_beside_a_picture_is_no_words(encoder):
    alone, spaces = encoder.encode_queries([Prompt(image=small.picture()), Prompt(image=small.picture(), text=" \n ")])
    assert np.array_equal(alone, spaces)


@pytest.mark.parametrize(("kind", "alone", "beside"), [("base", 40, 31), ("m3", 40, 33)])
def test_too_many_words_are_cut_to_what_has_a_position(kind, alone, beside):
    """Positions: 40 (m3: 42, of which the first two are never used by texts), 9 of them taken by a picture."""
    encoder = make(kind)
    fits, longer = ("red " * (alone - 2)), ("red " * (alone - 2)) + "mug " * 5000
    a, b = encoder.encode_queries([Prompt(text=fits), Prompt(text=longer)])
    assert np.abs(a - b).max() < 1e-6
    fits, longer = ("red " * (beside - 2)), ("red " * (beside - 2)) + "mug " * 5000
    image = small.picture()
    a, b, less = encoder.encode_queries(
        [Prompt(image, fits), Prompt(image, longer), Prompt(image, fits.removesuffix("red "))]
    )
    assert np.abs(a - b).max() < 1e-6
    assert np.abs(a - less).max() > 1e-5
    encoder.close()


def test_a_query_s_picture_is_remembered_and_another_is_not_mistaken_for_it():
    encoder = make()
    seen: list[int] = []
    encoder._network.picture.register_forward_pre_hook(
        lambda _, inputs: seen.append(len(inputs[0]) * (inputs[1].index == 0))
    )
    first = encoder.encode_queries([Prompt(image=small.picture(1), text="red")])
    again = encoder.encode_queries([Prompt(image=small.picture(1).copy(), text="red"), Prompt(image=small.picture(2))])
    assert sum(seen) == 2
    assert np.abs(first[0] - again[0]).max() < 1e-6
    assert np.abs(first[0] - again[1]).max() > 1e-3
    same_twice = encoder.encode_queries([Prompt(image=small.picture(3), text="red"), Prompt(image=small.picture(3))])
    assert sum(seen) == 3
    assert np.abs(same_twice[0] - same_twice[1]).max() > 1e-3
    encoder.close()


def test_more_pictures_in_one_batch_than_are_remembered():
    encoder = make(remembered=3 * 9 * 128 * 4)
    prompts = [Prompt(image=small.picture(seed)) for seed in range(9)]
    documents = encoder.encode_images([Document(small.picture(seed)) for seed in range(9)])
    assert np.abs(encoder.encode_queries(prompts) - documents).max() < 1e-6
    assert len(encoder._memory) == 3
    encoder.close()


def test_titles_count_as_much_as_they_are_told_to():
    plain, titled = make(), make(title_weight=0.25)
    documents = [Document(small.picture(), "red mug"), Document(small.picture())]
    picture, text = plain.encode_queries([Prompt(image=small.picture()), Prompt(text="red mug")])
    expected = 0.75 * picture + 0.25 * text
    found = titled.encode_images(documents)
    assert np.abs(found[0] - expected / np.linalg.norm(expected)).max() < 1e-6
    assert np.abs(found[1] - picture).max() < 1e-6
    assert np.abs(plain.encode_images(documents) - picture).max() < 1e-6
    assert plain.identity.fingerprint != titled.identity.fingerprint
    plain.close()
    titled.close()


def test_identity_follows_the_weights_and_not_the_precision():
    identities = {make().identity, make(dtype=torch.bfloat16).identity}
    assert len(identities) == 1
    other = VisualizedBge(
        "visualized-bge",
        visualized.load(small.state("base", seed=6)),
        small.tokenizer("base"),
        Runtime(torch.device("cpu"), torch.float32, False, 1),
    )
    assert other.identity not in identities
    assert "middle 48" in other.identity.preprocessing


@pytest.mark.parametrize("packed", [False, True])
def test_bfloat16_is_near_float32(packed, encoder):
    if packed and not prepack.available():
        pytest.skip("this processor has no AMX")
    half = make(dtype=torch.bfloat16, packed=packed)
    prompts = [Prompt(image=small.picture(seed), text=small.TEXT) for seed in range(9)] + [Prompt(text=small.TEXT)]
    cosines = (half.encode_queries(prompts) * encoder.encode_queries(prompts)).sum(1)
    assert cosines.min() > 0.999
    half.close()
