"""CLIP and SigLIP checkpoints (small, random) against transformers' own models and image processors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from core.encoders import prepack
from core.encoders.base import Document, Prompt
from core.encoders.clip import Clip, build, framing
from core.encoders.runtime import Runtime
from core.errors import ConfigurationError
from core.settings import EncoderSettings
from tests.core.encoders.small_visualized import TEXT, WORDS, picture

transformers = pytest.importorskip("transformers")

TOWER = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 128}
VOCABULARY = {word: index for index, word in enumerate(["<pad>", "<unk>", *WORDS, "<start>", "<end>"])}
END = VOCABULARY["<end>"]
SINGLE = Runtime(torch.device("cpu"), torch.float32, False, 1)
TWO = Runtime(torch.device("cpu"), torch.float32, False, 2)


def tokenizer() -> Tokenizer:
    result = Tokenizer(models.WordLevel(VOCABULARY, unk_token="<unk>"))
    result.normalizer = normalizers.Lowercase()
    result.pre_tokenizer = pre_tokenizers.Whitespace()
    ends = [("<start>", VOCABULARY["<start>"]), ("<end>", END)]
    result.post_processor = processors.TemplateProcessing(single="<start> $A <end>", special_tokens=ends)
    return result


def checkpoint(folder: Path, kind: str) -> Path:
    """A small checkpoint as the hub would hold it."""
    torch.manual_seed(11)
    text = TOWER | {
        "vocab_size": len(VOCABULARY), "max_position_embeddings": 20, "pad_token_id": 0,
        "bos_token_id": VOCABULARY["<start>"], "eos_token_id": END,
    }  # fmt: skip
    vision = TOWER | {"image_size": 48, "patch_size": 16}
    if kind == "clip":
        config = transformers.CLIPConfig(text_config=text, vision_config=vision, projection_dim=32)
        model = transformers.CLIPModel(config)
        processor = {"size": {"shortest_edge": 48}, "crop_size": {"height": 48, "width": 48}, "do_center_crop": True}
        processor |= {"image_mean": [0.48, 0.46, 0.41], "image_std": [0.27, 0.26, 0.28]}
    else:
        model = transformers.SiglipModel(transformers.SiglipConfig(text_config=text, vision_config=vision))
        processor = {"size": {"height": 48, "width": 48}, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    for parameter in model.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    model.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(processor | {"resample": 3, "do_resize": True}))
    tokenizer().save(str(folder / "tokenizer.json"))
    special = {"pad_token": "<pad>", "unk_token": "<unk>", "bos_token": "<start>", "eos_token": "<end>"}
    (folder / "tokenizer_config.json").write_text(
        json.dumps(special | {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 20})
    )
    return folder


@pytest.fixture(scope="module", params=["clip", "siglip"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoint(tmp_path_factory.mktemp(request.param), request.param)


def theirs(folder: Path, images: list[Image.Image], texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Features of transformers' own classes."""
    siglip = folder.name.startswith("siglip")
    family = transformers.SiglipModel if siglip else transformers.CLIPModel
    processor = transformers.SiglipImageProcessorPil if siglip else transformers.CLIPImageProcessorPil
    model = family.from_pretrained(folder).eval()
    pixels = processor.from_pretrained(folder)(images=images, return_tensors="pt")["pixel_values"]
    with torch.inference_mode():
        pictures = model.get_image_features(pixel_values=pixels).pooler_output
        rows = []
        for text in texts:
            ids = tokenizer().encode(text).ids
            ids = ids if len(ids) <= 20 else [*ids[:19], END]
            ids += [0] * (20 - len(ids)) if siglip else []
            rows.append(model.get_text_features(input_ids=torch.tensor([ids])).pooler_output[0])
    return pictures, torch.stack(rows)


def normal(rows: torch.Tensor) -> np.ndarray:
    return torch.nn.functional.normalize(rows, dim=-1).numpy()


def test_pictures_words_and_both_equal_transformers(folder):
    images = [picture(1), picture(2, (60, 83)), picture(3, (48, 48))]
    texts = ["red", TEXT, "a mug " * 30]
    pictures, words = theirs(folder, images, texts)
    encoder = Clip("clip", folder, TWO)
    assert encoder.identity.dimension == pictures.shape[1]
    prompts = [Prompt(image, text) for image, text in zip(images, texts, strict=True)]
    prompts += [Prompt(text=text) for text in texts] + [Prompt(image) for image in images]
    expected = np.concatenate([normal(pictures + words), normal(words), normal(pictures)])
    order = np.random.RandomState(1).permutation(9)
    found = encoder.encode_queries([prompts[index] for index in order])
    assert np.abs(found - expected[order]).max() < 1e-5
    assert np.abs(encoder.encode_images([Document(image) for image in images]) - normal(pictures)).max() < 1e-5
    again = encoder.encode_queries([Prompt(images[0], texts[1])])
    assert np.abs(again - normal(pictures[:1] + words[1:2])).max() < 1e-5
    assert encoder.encode_images([]).shape == encoder.encode_queries([]).shape == (0, encoder.identity.dimension)
    encoder.close()


def test_the_sum_is_of_features_that_are_not_normalised(folder):
    pictures, words = theirs(folder, [picture(1)], [TEXT])
    encoder = Clip("clip", folder, SINGLE)
    found = encoder.encode_queries([Prompt(picture(1), TEXT)])
    assert np.abs(found - normal(torch.tensor(normal(pictures) + normal(words)))).max() > 1e-3
    encoder.close()


def test_another_checkpoint_is_another_identity_and_precision_is_not(folder, tmp_path):
    encoder = Clip("clip", folder, SINGLE)
    packed = prepack.available()
    half = Clip("clip", folder, Runtime(torch.device("cpu"), torch.bfloat16, packed, 1))
    assert encoder.identity == half.identity
    prompts = [Prompt(picture(seed), TEXT) for seed in range(5)]
    assert (encoder.encode_queries(prompts) * half.encode_queries(prompts)).sum(1).min() > 0.999
    kind = "clip" if folder.name.startswith("clip") else "siglip"
    other = transformers.AutoModel.from_pretrained(checkpoint(tmp_path, kind))
    for parameter in other.parameters():
        parameter.data *= 1.1
    other.save_pretrained(tmp_path)
    assert Clip("clip", tmp_path, SINGLE).identity != encoder.identity


@pytest.mark.parametrize("size", [(80, 61), (61, 80), (49, 48), (51, 48), (48, 500)])
def test_framing_equals_the_image_processor(folder, size):
    kind = folder.name.split("0")[0]
    processor = getattr(transformers, f"{'CLIP' if kind == 'clip' else 'Siglip'}ImageProcessorPil")
    image = picture(4, size)
    theirs = processor.from_pretrained(folder)(images=[image], return_tensors="pt")["pixel_values"]
    ours = framing(json.loads((folder / "preprocessor_config.json").read_text()))
    found = ours.tensor([ours.square(image)], torch.device("cpu"), torch.float32)
    tolerance = 1e-5 if max(size) < 200 else 0.03
    assert (found - theirs).abs().max() < tolerance


def test_older_preprocessor_files_are_understood():
    numbers = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    assert framing({"size": 224, "crop_size": 200, "do_center_crop": True, **numbers}).shortest == 224
    assert framing({"size": 224, "crop_size": 200, "do_center_crop": True, **numbers}).side == 200
    assert framing({"size": 224, **numbers}).shortest == 0
    with pytest.raises(ConfigurationError, match="no squares"):
        framing({"size": {"height": 100, "width": 200}, **numbers})
    with pytest.raises(ConfigurationError, match="no squares"):
        framing({"size": {"shortest_edge": 200}, **numbers})


def test_wrong_checkpoints_are_sentences(folder, tmp_path):
    with pytest.raises(ConfigurationError, match=r"config\.json is missing"):
        Clip("clip", tmp_path, SINGLE)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "preprocessor_config.json").write_text((folder / "preprocessor_config.json").read_text())
    with pytest.raises(ConfigurationError, match="only CLIP and SigLIP"):
        Clip("clip", tmp_path, SINGLE)
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    with pytest.raises(ConfigurationError, match="missing or damaged"):
        Clip("clip", tmp_path, SINGLE)


def test_build_takes_a_folder_from_the_settings(folder, tmp_path):
    settings = EncoderSettings(name="bge-vl-base", weights=str(folder), device="cpu", precision="float32")
    encoder = build(settings, tmp_path)
    assert encoder.identity.name == "bge-vl-base"
    encoder.close()
