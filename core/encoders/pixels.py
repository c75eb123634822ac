"""A picture as a model's input: the middle square, scaled as torchvision and transformers scale it.

Upright RGB pictures come in (:mod:`core.images` has turned, flattened and converted them). Upstream's code
differs there on purpose not followed: it scales palette pictures without converting them, drops alpha, and
ignores the EXIF orientation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

_LONG = 4
"""From this ratio of the scaled picture's longer edge to the square on, the square is cut out while scaling."""

Square = NDArray[np.uint8]
"""Shape (side, side, 3), RGB."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How a picture becomes a square and its values numbers.

    Attributes:
        side: of the square that the model sees, in pixels.
        shortest: length of the picture's shorter edge after scaling, at least ``side``: the square is cut from
            the middle. 0: the picture is squeezed into the square, whatever its shape.
        rounding: how half a pixel is rounded where the cut begins: torchvision's way or transformers'.
        mean, deviation: per channel, of values between 0 and 1.
        resample: PIL's filter.
    """

    side: int = 224
    shortest: int = 224
    mean: tuple[float, float, float] = (0.48145466, 0.4578275, 0.40821073)
    deviation: tuple[float, float, float] = (0.26862954, 0.26130258, 0.27577711)
    resample: Image.Resampling = Image.Resampling.BICUBIC
    rounding: Literal["nearest", "down"] = "nearest"

    def __str__(self) -> str:
        shape = f"shortest edge {self.shortest}, middle {self.side}" if self.shortest else f"squeezed to {self.side}"
        return f"{shape}, {self.resample.name.lower()}, mean {self.mean[0]:.4g}"

    def square(self, image: Image.Image) -> Square:
        """Scale and cut: in this order, which is torchvision's to the bit, or in one step for a very long picture.

        Such a one would be large at the model's scale (a line of 30 by 2,000 pixels becomes 224 by 14,933);
        in one step only the square is ever made, and a value differs by 1 of 255 here and there.
        """
        image = image if image.mode == "RGB" else image.convert("RGB")
        side, size = self.side, self._scaled(*image.size)
        left, top = (self._half(length - side) for length in size)
        if max(size) <= _LONG * side:
            scaled = image.resize(size, self.resample)
            return np.asarray(scaled.crop((left, top, left + side, top + side)))
        across, down = image.width / size[0], image.height / size[1]
        right, bottom = min((left + side) * across, image.width), min((top + side) * down, image.height)
        return np.asarray(image.resize((side, side), self.resample, box=(left * across, top * down, right, bottom)))

    def tensor(self, squares: Sequence[Square], device: torch.device, dtype: torch.dtype) -> Tensor:
        """(len(squares), 3, side, side), normalised."""
        stacked = torch.from_numpy(np.stack(squares))
        if device.type == "cuda":
            stacked = stacked.pin_memory().to(device, non_blocking=True)
        values = stacked.permute(0, 3, 1, 2).to(torch.float32, memory_format=torch.contiguous_format).div_(255)
        mean = torch.tensor(self.mean, device=device).view(3, 1, 1)
        deviation = torch.tensor(self.deviation, device=device).view(3, 1, 1)
        return values.sub_(mean).div_(deviation).to(dtype)

    def _half(self, rest: int) -> int:
        return round(rest / 2) if self.rounding == "nearest" else rest // 2

    def _scaled(self, width: int, height: int) -> tuple[int, int]:
        """The whole picture's size after scaling; the longer edge is rounded down, as torchvision does."""
        if not self.shortest:
            return self.side, self.side
        short = min(width, height)
        return int(self.shortest * width / short), int(self.shortest * height / short)
