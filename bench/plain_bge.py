"""Visualized BGE the way the tutorial's package computes it, as the reference that speed is measured against.

One picture at a time, float32, separate query, key and value, attention and rotary positions written out,
transformers' BERT behind it. On the same weights it gives the same vectors; beside upstream's own code (which
needs packages that this project does without) it takes the same time to a few per cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

TOWER = "model_visual.visual."
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(3, 1, 1)
DEVIATION = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(3, 1, 1)


class PlainBge:
    """Base size only.

    Args:
        state: weights by their official names.
    """

    def __init__(self, state: Mapping[str, Tensor], tokenizer: Any) -> None:
        from transformers import BertConfig, BertModel

        self._state = state
        self._tokenizer = tokenizer
        config = BertConfig(vocab_size=30522, hidden_size=768, num_hidden_layers=12, attn_implementation="sdpa")
        self._bert = BertModel(config, add_pooling_layer=False).eval()
        own = {name.removeprefix("bge_"): tensor for name, tensor in state.items() if name.startswith("bge_e")}
        self._bert.load_state_dict(own, strict=False)
        self._cos, self._sin = _rotary()

    @torch.inference_mode()
    def encode(self, path: Path | None = None, text: str | None = None) -> np.ndarray:
        """A picture's file, a text, or both → (1, 768), as ``Visualized_BGE.encode``."""
        ids = torch.tensor([self._tokenizer.encode(text or "").ids])
        embeddings = self._bert.embeddings
        if path is None:
            hidden = embeddings(input_ids=ids)
        else:
            tokens = functional.linear(self._tower(_pixels(path))[:, 1:], *self._pair("visual_proj"))
            count = tokens.shape[1]
            tokens = embeddings.LayerNorm(tokens + embeddings.position_embeddings(torch.arange(1, 1 + count)))
            positions = torch.cat([torch.tensor([0]), torch.arange(1 + count, count + ids.shape[1])])
            words = embeddings(input_ids=ids, position_ids=positions[None])
            hidden = torch.cat([words[:, :1], tokens, words[:, 1:]], dim=1)
        mask = torch.zeros(1, 1, 1, hidden.shape[1])
        last = self._bert.encoder(hidden, attention_mask=mask).last_hidden_state
        return functional.normalize(last[:, 0], dim=-1).numpy()

    def _pair(self, name: str) -> tuple[Tensor, Tensor]:
        return self._state[f"{name}.weight"], self._state[f"{name}.bias"]

    def _tower(self, pixels: Tensor) -> Tensor:
        weight, bias = self._pair(f"{TOWER}patch_embed.proj")
        hidden = functional.conv2d(pixels, weight, bias, stride=16).flatten(2).transpose(1, 2)
        hidden = torch.cat([self._state[f"{TOWER}cls_token"], hidden], dim=1) + self._state[f"{TOWER}pos_embed"]
        for index in range(12):
            hidden = self._block(hidden, f"{TOWER}blocks.{index}.")
        return hidden

    def _block(self, hidden: Tensor, name: str) -> Tensor:
        normed = self._norm(hidden, f"{name}norm1")
        weights = [self._state[f"{name}attn.{part}_proj.weight"] for part in "qkv"]
        biases = [self._state[f"{name}attn.q_bias"], None, self._state[f"{name}attn.v_bias"]]
        query, key, value = (
            functional.linear(normed, weight, bias).reshape(1, -1, 12, 64).permute(0, 2, 1, 3)
            for weight, bias in zip(weights, biases, strict=True)
        )
        query, key = self._turn(query), self._turn(key)
        weights_of = (query * 64**-0.5 @ key.transpose(-2, -1)).softmax(-1)
        attended = (weights_of @ value).transpose(1, 2).reshape(1, -1, 768)
        attended = self._norm(attended, f"{name}attn.inner_attn_ln")
        hidden = hidden + functional.linear(attended, *self._pair(f"{name}attn.proj"))
        normed = self._norm(hidden, f"{name}norm2")
        gate = functional.silu(functional.linear(normed, *self._pair(f"{name}mlp.w1")))
        inner = self._norm(gate * functional.linear(normed, *self._pair(f"{name}mlp.w2")), f"{name}mlp.ffn_ln")
        return hidden + functional.linear(inner, *self._pair(f"{name}mlp.w3"))

    def _turn(self, heads: Tensor) -> Tensor:
        first, rest = heads[:, :, :1], heads[:, :, 1:]
        pairs = rest.unflatten(-1, (32, 2))
        turned = torch.stack((-pairs[..., 1], pairs[..., 0]), dim=-1).flatten(-2)
        return torch.cat((first, rest * self._cos + turned * self._sin), dim=-2)

    def _norm(self, hidden: Tensor, name: str) -> Tensor:
        return functional.layer_norm(hidden, hidden.shape[-1:], *self._pair(name), eps=1e-6)


def _pixels(path: Path) -> Tensor:
    image = Image.open(path)
    width, height = image.size
    short = min(width, height)
    image = image.resize((int(224 * width / short), int(224 * height / short)), Image.Resampling.BICUBIC)
    left, top = round((image.width - 224) / 2), round((image.height - 224) / 2)
    image = image.crop((left, top, left + 224, top + 224)).convert("RGB")
    values = torch.from_numpy(np.array(image)).permute(2, 0, 1).contiguous().float().div(255)
    return values.sub(MEAN).div(DEVIATION)[None]


def _rotary() -> tuple[Tensor, Tensor]:
    frequencies = 10_000.0 ** (-torch.arange(0, 32, 2) / 32)
    angles = (torch.arange(14) / 14 * 16)[:, None] * frequencies
    angles = angles.repeat_interleave(2, dim=1)
    both = torch.cat([angles[:, None, :].expand(14, 14, 32), angles[None, :, :].expand(14, 14, 32)], dim=-1)
    return both.flatten(0, 1).cos(), both.flatten(0, 1).sin()


def random_state(seed: int = 0) -> dict[str, Tensor]:
    """Weights of the official file's names and shapes, without those that are not used; biases and norms perturbed."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int, scale: float, around: float = 0.0) -> Tensor:
        return torch.empty(shape).normal_(around, scale, generator=generator)

    def pair(name: str, inputs: int, outputs: int) -> dict[str, Tensor]:
        return {f"{name}.weight": draw(outputs, inputs, scale=0.03), f"{name}.bias": draw(outputs, scale=0.1)}

    def norm(name: str, width: int = 768) -> dict[str, Tensor]:
        return {f"{name}.weight": draw(width, scale=0.1, around=1.0), f"{name}.bias": draw(width, scale=0.1)}

    state = {
        f"bge_embeddings.{name}_embeddings.weight": draw(rows, 768, scale=0.02)
        for name, rows in (("word", 30522), ("position", 512), ("token_type", 2))
    }
    state |= norm("bge_embeddings.LayerNorm") | pair("visual_proj", 768, 768)
    state |= {
        f"{TOWER}cls_token": draw(1, 1, 768, scale=0.1),
        f"{TOWER}pos_embed": draw(1, 197, 768, scale=0.1),
        f"{TOWER}patch_embed.proj.weight": draw(768, 3, 16, 16, scale=0.03),
        f"{TOWER}patch_embed.proj.bias": draw(768, scale=0.1),
    }
    for index in range(12):
        layer, block = f"bge_encoder.layer.{index}.", f"{TOWER}blocks.{index}."
        for name in ("query", "key", "value"):
            state |= pair(f"{layer}attention.self.{name}", 768, 768)
        state |= pair(f"{layer}attention.output.dense", 768, 768) | norm(f"{layer}attention.output.LayerNorm")
        state |= pair(f"{layer}intermediate.dense", 768, 3072) | pair(f"{layer}output.dense", 3072, 768)
        state |= norm(f"{layer}output.LayerNorm")
        state |= {f"{block}attn.{part}_proj.weight": draw(768, 768, scale=0.03) for part in "qkv"}
        state |= {f"{block}attn.{part}_bias": draw(768, scale=0.1) for part in "qv"}
        state |= pair(f"{block}attn.proj", 768, 768) | pair(f"{block}mlp.w3", 2048, 768)
        state |= pair(f"{block}mlp.w1", 768, 2048) | pair(f"{block}mlp.w2", 768, 2048)
        state |= norm(f"{block}norm1") | norm(f"{block}norm2") | norm(f"{block}attn.inner_attn_ln")
        state |= norm(f"{block}mlp.ffn_ln", 2048)
    return state
