"""OpenVINO in torch's place: the same vectors, converted once, silent about it, and clear where it cannot be."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from core.encoders import registry, visualized, visualized_bge
from core.encoders.base import Document, Prompt
from core.encoders.openvino_backend import OpenVino
from core.encoders.runtime import Runtime, choose
from core.encoders.visualized_bge import VisualizedBge
from core.errors import ConfigurationError
from core.settings import EncoderSettings
from tests.core.encoders import small_visualized as small

INSTALLED = importlib.util.find_spec("openvino") is not None
needs_openvino = pytest.mark.skipif(not INSTALLED, reason="requirements-openvino.txt is not installed")


def make(
    cache_dir=None, kind: small.Kind = "base", backend="openvino", dtype=torch.float32, threads: int = 2
) -> VisualizedBge:
    runtime = Runtime(torch.device("cpu"), dtype, False, threads, backend)
    network = visualized.load(small.state(kind))
    if backend == "openvino":
        OpenVino(runtime, cache_dir).take_over(network)
    name = "visualized-bge" if kind == "base" else "visualized-bge-m3"
    return VisualizedBge(name, network, small.tokenizer(kind), runtime)


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@needs_openvino
@pytest.mark.parametrize("kind", ["base", "m3"])
def test_a_mixed_batch_equals_torch_s_and_the_space_is_the_same(kind, cache_dir):
    ours, torchs = make(cache_dir, kind), make(kind=kind, backend="torch")
    texts = ["", "red", small.TEXT, " ".join(small.WORDS * 5)]
    prompts = [Prompt(image=small.picture(seed), text=text) for seed in range(5) for text in texts]
    prompts += [Prompt(text=text) for text in texts[1:]]
    expected = torchs.encode_queries(prompts)
    assert np.abs(ours.encode_queries(prompts) - expected).max() < 1e-5
    alone = np.concatenate([ours.encode_queries([prompt]) for prompt in prompts])
    assert np.abs(alone - expected).max() < 1e-5
    documents = [Document(small.picture(seed)) for seed in range(11)]
    assert np.abs(ours.encode_images(documents) - torchs.encode_images(documents)).max() < 1e-5
    assert ours.identity == torchs.identity
    ours.close()
    torchs.close()


@needs_openvino
def test_bfloat16_is_near_float32(cache_dir):
    if not torch.cpu._is_avx512_bf16_supported():
        pytest.skip("this processor has no bfloat16")
    half, exact = make(cache_dir, dtype=torch.bfloat16), make(backend="torch")
    prompts = [Prompt(image=small.picture(seed), text=small.TEXT) for seed in range(5)] + [Prompt(text=small.TEXT)]
    cosines = (half.encode_queries(prompts) * exact.encode_queries(prompts)).sum(1)
    assert 0.999 < cosines.min() < 1 - 1e-7
    half.close()
    exact.close()


@needs_openvino
def test_a_refinement_computes_only_the_words(cache_dir):
    encoder = make(cache_dir)
    pictures: list[int] = []
    encoder._network.picture.register_forward_pre_hook(lambda _, inputs: pictures.append(len(inputs[0])))
    first, again = (encoder.encode_queries([Prompt(small.picture(), text)])[0] for text in ("red", "the same mug"))
    assert pictures == [1]
    assert np.abs(first - again).max() > 1e-3
    encoder.close()


@needs_openvino
def test_what_was_converted_is_used_again_and_other_weights_are_not_mistaken_for_it(tmp_path):
    make(tmp_path).close()
    written = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    assert sorted(path.name for path in written) == ["text.bin", "text.xml", "vision.bin", "vision.xml"]
    make(tmp_path).close()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")} == written
    runtime = Runtime(torch.device("cpu"), torch.float32, False, 1, "openvino")
    OpenVino(runtime, tmp_path).take_over(visualized.load(small.state("base", seed=6)))
    assert len(list(tmp_path.rglob("*.xml"))) == 4


@needs_openvino
def test_a_damaged_conversion_is_said_with_its_place(tmp_path):
    make(tmp_path).close()
    for file in tmp_path.rglob("vision.xml"):
        file.write_text("<net")
    with pytest.raises(ConfigurationError) as caught:
        make(tmp_path)
    assert str(tmp_path / "openvino") in caught.value.advice


@needs_openvino
def test_the_settings_are_enough(tmp_path):
    folder = tmp_path / "weights"
    folder.mkdir()
    save_file({name: tensor.contiguous() for name, tensor in small.state("base").items()}, folder / "w.safetensors")
    small.tokenizer("base").save(str(folder / "tokenizer.json"))
    settings = EncoderSettings(
        name="visualized-bge", weights=str(folder / "w.safetensors"), backend="openvino", precision="float32", threads=1
    )
    encoder = registry.build(settings, tmp_path / "cache")
    assert isinstance(encoder, VisualizedBge)
    assert str(encoder.runtime) == "OpenVINO on the processor, float32, 1 threads"
    torchs = make(backend="torch")
    documents = [Document(small.picture())]
    assert np.abs(encoder.encode_images(documents) - torchs.encode_images(documents)).max() < 1e-5
    encoder.close()
    torchs.close()


@needs_openvino
def test_openvino_is_loaded_without_its_telemetry(tmp_path):
    program = (
        "import sys, torch; from pathlib import Path; from core.encoders.openvino_backend import OpenVino\n"
        "from core.encoders.runtime import Runtime\n"
        "OpenVino(Runtime(torch.device('cpu'), torch.float32, False, 1, 'openvino'), Path(sys.argv[1]))\n"
        "print([name for name, module in sys.modules.items() if 'openvino_telemetry' in name and module])\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    command = [sys.executable, "-c", program, str(tmp_path)]
    run = subprocess.run(command, env=os.environ | {"HOME": str(home)}, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    assert not (home / "intel").exists()


def test_without_the_package_the_command_is_named(tmp_path):
    """The package is hidden as Python documents it, in a process of its own."""
    program = (
        "import sys; sys.modules['openvino'] = None\n"
        "from pathlib import Path; from core.encoders import registry; from core.errors import ConfigurationError\n"
        "from core.settings import EncoderSettings\n"
        "try: registry.build(EncoderSettings(name='visualized-bge', backend='openvino'), Path(sys.argv[1]))\n"
        "except ConfigurationError as error: print(error.reason, error.advice)\n"
    )
    run = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "encoder.backend needs the package openvino" in run.stdout
    assert "pip install -r requirements-openvino.txt" in run.stdout


@pytest.mark.parametrize("name", ["starter", "clip", "bge-vl-base"])
def test_other_encoders_say_that_they_are_torch_s(name, tmp_path):
    with pytest.raises(ConfigurationError, match=f"does not compute the encoder {name}"):
        registry.build(EncoderSettings(name=name, backend="openvino"), tmp_path)


def test_it_computes_on_the_processor():
    with pytest.raises(ConfigurationError, match="not on 'cuda'") as caught:
        choose(EncoderSettings(backend="openvino", device="cuda"))
    assert "encoder.backend" in caught.value.advice
    runtime = choose(EncoderSettings(backend="openvino", threads=3))
    assert (runtime.device.type, runtime.packed, runtime.lanes, runtime.shares) == ("cpu", False, 1, 1)
    assert runtime.exchanged == torch.float32


def test_openvino_is_imported_only_where_it_is_asked_for():
    program = f"import sys, {visualized_bge.__name__}; print('openvino' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
