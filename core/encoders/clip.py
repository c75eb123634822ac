"""BGE-VL, and any CLIP or SigLIP checkpoint, through transformers' own models.

BGE-VL (Zhou et al. 2024, MegaPairs, https://arxiv.org/abs/2412.14475) is a CLIP that was trained on composed
queries: a picture changed by words is the normalised sum of the two towers' features, before either is
normalised. Its repository's own modelling file gives exactly what the stock model and that sum give, so
no code from the hub runs. Other checkpoints are fused alike, for which they were not trained.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from core.bounded_cache import BoundedCache
from core.encoders import files
from core.encoders.base import Document, Embeddings, EncoderIdentity, Prompt
from core.encoders.pixels import Framing, Square
from core.encoders.runtime import Lanes, Runtime, choose
from core.encoders.titles import blend
from core.errors import ConfigurationError
from core.settings import EncoderSettings

REMEMBERED = 4_000_000
"""Bytes of queries' pictures that are kept as features, so that a refinement costs only its words."""


def build(settings: EncoderSettings, cache_dir: Path) -> Clip:  # noqa: ARG001 (nothing of it can be cached)
    """Load ``bge-vl-base``, ``bge-vl-large`` or ``clip``, fetching what is not on disk."""
    runtime = choose(settings)
    folder = files.locate_folder(settings.name, settings.weights)
    return Clip(settings.name, folder, runtime, title_weight=settings.title_weight or 0.0)


class Clip:
    """The encoder port over a checkpoint in transformers' layout.

    Args:
        folder: with ``config.json``, ``model.safetensors``, ``preprocessor_config.json`` and a tokenizer.
        title_weight: see :func:`core.encoders.titles.blend`.

    Raises:
        ConfigurationError: the folder holds something else.
    """

    def __init__(self, name: str, folder: Path, runtime: Runtime, title_weight: float = 0.0) -> None:
        self.runtime = runtime
        self._title_weight = title_weight
        config = _json(folder / "config.json")
        self._framing = framing(_json(folder / "preprocessor_config.json"))
        self._model, self._tokenizer = _load(config.get("model_type", ""), folder)
        text = config.get("text_config") or {}
        self._longest: int = text.get("max_position_embeddings", 77 if config["model_type"] == "clip" else 64)
        # SigLIP saw texts padded to their full length and no mask; CLIP reads up to the last token only.
        self._padding = "max_length" if config["model_type"] == "siglip" else "longest"
        version = _fingerprint(self._model) + (f", titles {title_weight:g}" if title_weight else "")
        runtime.place(self._model)
        with torch.inference_mode():
            dimension = self._text_features(["a"]).shape[1]
        self._identity = EncoderIdentity(name, version, dimension, f"RGB on white, {self._framing}")
        self._lanes = Lanes(runtime.threads)
        self._memory: BoundedCache[bytes, Tensor] = BoundedCache(REMEMBERED, lambda features: features.nbytes)

    @property
    def identity(self) -> EncoderIdentity:
        """What made this encoder's vectors; not device and precision, which change the fourth digit."""
        return self._identity

    def encode_images(self, batch: Sequence[Document]) -> Embeddings:
        """Encode catalogue entries. Shape (len(batch), dimension); an empty batch gives (0, dimension)."""
        features = self._pictures(self._squares([document.image for document in batch]))
        pictures = self._normalised(features)
        return blend(pictures, [document.title for document in batch], self._title_weight, self._encode_texts)

    def encode_queries(self, batch: Sequence[Prompt]) -> Embeddings:
        """Encode queries of mixed kinds. Shape (len(batch), dimension), rows in the batch's order."""
        pictures = iter(self._remembered([prompt.image for prompt in batch if prompt.image is not None]))
        texts = iter(self._texts([prompt.text.strip() for prompt in batch if prompt.text.strip()]))
        rows = []
        for prompt in batch:
            parts = [next(pictures)] if prompt.image is not None else []
            parts += [next(texts)] if prompt.text.strip() else []
            rows.append(torch.stack(parts).sum(0))
        return self._normalised(rows)

    def close(self) -> None:
        """End the encoder's threads."""
        self._lanes.close()

    def _encode_texts(self, texts: Sequence[str]) -> Embeddings:
        return self._normalised(self._texts(texts))

    def _squares(self, images: Sequence[Image.Image]) -> list[Square]:
        square = self._framing.square
        parts = self._lanes.spread(lambda part: [square(image) for image in part], images, self.runtime.chunk)
        return [row for part in parts for row in part]

    def _pictures(self, squares: Sequence[Square]) -> list[Tensor]:
        parts = self._lanes.spread(self._picture_features, squares, self.runtime.chunk, self.runtime.lanes)
        return [row for part in parts for row in part]

    def _texts(self, texts: Sequence[str]) -> list[Tensor]:
        parts = self._lanes.spread(self._text_features, texts, self.runtime.chunk, self.runtime.lanes)
        return [row for part in parts for row in part]

    def _remembered(self, images: Sequence[Image.Image]) -> list[Tensor]:
        """Pictures' features, from memory where they were asked about before."""
        squares = self._squares(images)
        digests = [hashlib.blake2b(square.tobytes(), digest_size=16).digest() for square in squares]
        known = {digest: features for digest in digests if (features := self._memory.get(digest)) is not None}
        missing = {digest: square for digest, square in zip(digests, squares, strict=True) if digest not in known}
        for digest, features in zip(missing, self._pictures(list(missing.values())), strict=True):
            known[digest] = features.clone()
            self._memory.put(digest, known[digest])
        return [known[digest] for digest in digests]

    def _picture_features(self, squares: Sequence[Square]) -> Tensor:
        pixels = self._framing.tensor(squares, self.runtime.device, self.runtime.dtype)
        return self._pooled(self._model.get_image_features(pixel_values=pixels))

    def _text_features(self, texts: Sequence[str]) -> Tensor:
        tokens = self._tokenizer(
            list(texts), padding=self._padding, truncation=True, max_length=self._longest, return_tensors="pt"
        )
        ids = tokens["input_ids"].to(self.runtime.device)
        mask = tokens["attention_mask"].to(self.runtime.device) if self._padding == "longest" else None
        return self._pooled(self._model.get_text_features(input_ids=ids, attention_mask=mask))

    @staticmethod
    def _pooled(output: Any) -> Tensor:
        """The projected features, float32, not normalised."""
        features: Tensor = output.pooler_output
        return features.float()

    def _normalised(self, rows: Sequence[Tensor]) -> Embeddings:
        if not rows:
            return np.empty((0, self._identity.dimension), np.float32)
        result: Embeddings = functional.normalize(torch.stack(list(rows)), dim=-1).cpu().numpy()
        return result


def framing(config: Mapping[str, Any]) -> Framing:
    """How a ``preprocessor_config.json`` makes a picture a model's input.

    Raises:
        ConfigurationError: it asks for something else than a square.
    """
    size = config.get("size", 224)
    crop = config.get("crop_size", size)
    cut = config.get("do_center_crop", False)
    height, width = (_edges(crop) if cut else _edges(size)) or (0, 1)
    if height != width:
        raise ConfigurationError(
            "The checkpoint's preprocessor_config.json asks for pictures that are no squares.",
            "Choose another checkpoint.",
        )
    return Framing(
        side=height,
        shortest=_shortest(size) if cut else 0,
        mean=tuple(config["image_mean"]),
        deviation=tuple(config["image_std"]),
        resample=Image.Resampling(config.get("resample", Image.Resampling.BICUBIC)),
        rounding="down",
    )


def _edges(size: Any) -> tuple[int, int] | None:
    """Height and width, from a number or {"height": …, "width": …}; None for {"shortest_edge": …} alone."""
    if isinstance(size, int):
        return size, size
    return (size["height"], size["width"]) if "height" in size else None


def _shortest(size: Any) -> int:
    edge: int = size if isinstance(size, int) else size.get("shortest_edge") or size["height"]
    return edge


def _load(kind: str, folder: Path) -> tuple[Any, Any]:
    if kind not in ("clip", "siglip"):
        raise ConfigurationError(
            f"The checkpoint in {folder.name} is of the kind {kind or 'unknown'}; only CLIP and SigLIP are understood.",
            "Choose another checkpoint in encoder.weights.",
        )
    from transformers import AutoTokenizer, CLIPModel, SiglipModel

    family = CLIPModel if kind == "clip" else SiglipModel
    try:
        model = family.from_pretrained(folder, local_files_only=True, use_safetensors=True, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"The checkpoint in {folder} can't be loaded: files are missing or damaged.", "Fetch it again."
        ) from error
    return model.eval().requires_grad_(False), tokenizer


def _fingerprint(model: nn.Module) -> str:
    """Of all layer norms: trained in every checkpoint, small, and there under any name."""
    digest = hashlib.blake2b(digest_size=6)
    for module in model.modules():
        if isinstance(module, nn.LayerNorm):
            digest.update(module.weight.detach().to(torch.bfloat16).view(torch.int16).numpy().tobytes())
    return digest.hexdigest()


def _json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} is missing or damaged.", "Fetch the checkpoint again.") from error
    return content
