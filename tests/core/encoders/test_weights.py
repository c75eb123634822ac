"""Reading official files safely, converting them, and finding them on disk."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from core.encoders import files, visualized, weights
from core.encoders.base import Prompt
from core.encoders.known import Published
from core.encoders.runtime import Runtime
from core.encoders.visualized_bge import VisualizedBge, build
from core.errors import ConfigurationError, Unavailable
from core.settings import EncoderSettings
from tests.core.encoders import small_visualized as small

OFFICIAL = "Visualized_base_en_v1.5.pth"


@pytest.fixture
def official(tmp_path: Path) -> Path:
    path = tmp_path / "official" / OFFICIAL
    path.parent.mkdir()
    torch.save(small.state("base"), path)
    small.tokenizer("base").save(str(path.parent / "tokenizer.json"))
    return path


def vectors(network: visualized.Visualized) -> np.ndarray:
    runtime = Runtime(torch.device("cpu"), torch.float32, False, 1)
    encoder = VisualizedBge("visualized-bge", network, small.tokenizer("base"), runtime)
    prompts = [Prompt(small.picture(), small.TEXT), Prompt(text=small.TEXT), Prompt(small.picture())]
    return encoder.encode_queries(prompts)


def test_every_format_gives_the_same_vectors(official, tmp_path):
    expected = vectors(weights.read(official))
    old = tmp_path / "old.pth"
    torch.save(small.state("base"), old, _use_new_zipfile_serialization=False)
    half = tmp_path / "half.pth"
    torch.save({name: tensor.half() for name, tensor in small.state("base").items()}, half)
    safe = tmp_path / "same.safetensors"
    save_file(small.state("base"), safe)
    own = tmp_path / "new" / "own.safetensors"
    weights.write(weights.read(official), own)
    assert np.array_equal(vectors(weights.read(old)), expected)
    assert np.array_equal(vectors(weights.read(safe)), expected)
    assert np.array_equal(vectors(weights.read(own)), expected)
    assert (vectors(weights.read(half)) * expected).sum(1).min() > 0.9999
    assert own.stat().st_size < official.stat().st_size
    assert [path.name for path in own.parent.iterdir()] == ["own.safetensors"]


def test_m3_survives_conversion(tmp_path):
    network = visualized.load(small.state("m3"))
    weights.write(network, tmp_path / "m3.safetensors")
    again = weights.read(tmp_path / "m3.safetensors")
    assert again.text.shape == network.text.shape
    assert again.picture.shape == network.picture.shape
    ids = torch.tensor([small.tokenizer("m3").encode(small.TEXT).ids])
    assert torch.equal(again.embed_text(ids), network.embed_text(ids))


class Malice:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


def test_a_file_that_would_run_code_is_refused_and_runs_nothing(tmp_path):
    path = tmp_path / "weights.pth"
    torch.save({"visual_proj.weight": Malice(tmp_path / "harm")}, path)
    with pytest.raises(ConfigurationError, match="more than weights"):
        weights.read(path)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("keep", [0, 10, 4000, 0.5])
def test_a_damaged_file_is_a_sentence(tmp_path, suffix, keep):
    whole = tmp_path / f"whole{suffix}"
    if suffix == ".pth":
        torch.save(small.state("base"), whole)
    else:
        save_file(small.state("base"), whole)
    data = whole.read_bytes()
    cut = tmp_path / f"cut{suffix}"
    cut.write_bytes(data[: int(keep * len(data)) if isinstance(keep, float) else keep])
    with pytest.raises(ConfigurationError) as caught:
        weights.read(cut)
    assert "cut" in caught.value.reason


@pytest.mark.parametrize("content", [[1, 2], {"name": "text"}, torch.zeros(3)])
def test_a_file_of_something_else_is_a_sentence(tmp_path, content):
    torch.save(content, tmp_path / "weights.pth")
    with pytest.raises(ConfigurationError, match="not a plain table"):
        weights.read(tmp_path / "weights.pth")


def absent(published: Published) -> Path:
    raise Unavailable(f"{published.repository} is not here.")


def test_a_file_a_folder_and_a_converted_file_are_found(official, tmp_path):
    cache = tmp_path / "cache"
    tokenizer = official.parent / "tokenizer.json"
    for setting in (str(official), str(official.parent)):
        assert files.locate("visualized-bge", setting, cache, absent) == files.Found(official, tokenizer)
    own = files.converted("visualized-bge", cache)
    weights.write(weights.read(official), own)
    found = files.locate("visualized-bge", "", cache, absent)
    assert found.weights == own
    assert Tokenizer.from_file(str(found.tokenizer)).get_vocab_size() == 30522
    assert files.locate("visualized-bge", str(official), cache, absent).weights == official


def test_what_is_not_on_disk_is_asked_for(tmp_path):
    asked: list[Published] = []

    def get(published: Published) -> Path:
        asked.append(published)
        return tmp_path / published.repository

    found = files.locate("visualized-bge-m3", "", tmp_path, get)
    assert found.weights == tmp_path / "BAAI/bge-visualized/Visualized_m3.pth"
    assert found.tokenizer == tmp_path / "BAAI/bge-m3/tokenizer.json"
    assert files.locate("visualized-bge", "someone/copy", tmp_path, get).weights == tmp_path / "someone/copy" / OFFICIAL
    assert files.locate_folder("bge-vl-base", "", get) == tmp_path / "BAAI/BGE-VL-base"


@pytest.mark.parametrize(
    ("setting", "reason"),
    [("nowhere/at/all.pth", "neither a path"), ("./absent", "neither a path"), ("{empty}", "has neither")],
)
def test_a_wrong_setting_is_a_sentence(tmp_path, setting, reason):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ConfigurationError, match=reason):
        files.locate("visualized-bge", setting.format(empty=empty), tmp_path, absent)


def test_build_takes_the_settings(official, tmp_path):
    settings = EncoderSettings(
        name="visualized-bge", weights=str(official.parent), device="cpu", precision="float32", title_weight=0.5
    )
    encoder = build(settings, tmp_path)
    assert encoder.identity.name == "visualized-bge"
    assert "titles 0.5" in encoder.identity.version
    assert encoder.encode_queries([Prompt(text=small.TEXT)]).shape == (1, 128)
    encoder.close()


def test_weights_and_vocabularies_of_another_encoder_are_refused(official, tmp_path):
    with pytest.raises(ConfigurationError, match="holds the weights of visualized-bge, not of visualized-bge-m3"):
        build(EncoderSettings(name="visualized-bge-m3", weights=str(official)), tmp_path)
    (official.parent / "tokenizer.json").unlink()
    with pytest.raises(ConfigurationError, match="larger than that of the weights"):
        build(EncoderSettings(name="visualized-bge", weights=str(official)), tmp_path)
