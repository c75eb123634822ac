"""A small Visualized BGE in the official files' layout: seeded weights, a vocabulary, a picture.

Everything is drawn from numpy's RandomState, whose numbers are frozen by numpy's own promise, so that the
expected vectors in ``visualized_expected.json`` stay true on every machine. Embeddings are as small as
trained ones are, since only then does a layer norm's eps show.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor

Kind = Literal["base", "m3"]
WIDTH, INNER, TOWER_INNER, LAYERS, PATCH, GRID = 128, 256, 192, 2, 16, 3
WORDS = ["find", "a", "phone", "case", "like", "this", "in", "red", "the", "same", "mug", "with", "dots"]
TEXT = "the same mug with dots in red"


def state(kind: Kind, seed: int = 5) -> dict[str, Tensor]:
    """All that an official file of this size would hold, what is not used included."""
    numbers = np.random.RandomState(seed)

    def draw(*shape: int, scale: float = 0.1, around: float = 0.0) -> Tensor:
        return torch.from_numpy((around + scale * numbers.standard_normal(shape)).astype(np.float32))

    def norm(name: str, width: int) -> dict[str, Tensor]:
        return {f"{name}.weight": draw(width, around=1.0), f"{name}.bias": draw(width)}

    def linear(name: str, inputs: int, outputs: int) -> dict[str, Tensor]:
        return {f"{name}.weight": draw(outputs, inputs, scale=1.5 * inputs**-0.5), f"{name}.bias": draw(outputs)}

    tokens = GRID * GRID
    tables = {
        "word_embeddings": len(vocabulary(kind)),
        "position_embeddings": 40 if kind == "base" else 42,
        "token_type_embeddings": 2 if kind == "base" else 1,
    }
    result = {f"bge_embeddings.{name}.weight": draw(rows, WIDTH, scale=0.02) for name, rows in tables.items()}
    result |= norm("bge_embeddings.LayerNorm", WIDTH) | linear("bge_pooler.dense", WIDTH, WIDTH)
    for index in range(LAYERS):
        layer = f"bge_encoder.layer.{index}."
        for name in ("query", "key", "value"):
            result |= linear(f"{layer}attention.self.{name}", WIDTH, WIDTH)
        result |= linear(f"{layer}attention.output.dense", WIDTH, WIDTH)
        result |= norm(f"{layer}attention.output.LayerNorm", WIDTH)
        result |= linear(f"{layer}intermediate.dense", WIDTH, INNER) | linear(f"{layer}output.dense", INNER, WIDTH)
        result |= norm(f"{layer}output.LayerNorm", WIDTH)
    tower = "model_visual.visual."
    result |= {
        "model_visual.logit_scale": draw(1).reshape(()),
        f"{tower}cls_token": draw(1, 1, WIDTH, scale=0.02),
        f"{tower}pos_embed": draw(1, 1 + tokens, WIDTH, scale=0.02),
        f"{tower}patch_embed.proj.weight": draw(WIDTH, 3, PATCH, PATCH, scale=0.002),
        f"{tower}patch_embed.proj.bias": draw(WIDTH, scale=0.02),
        f"{tower}rope.freqs_cos": draw(tokens, 64),
        f"{tower}rope.freqs_sin": draw(tokens, 64),
    }
    for index in range(LAYERS):
        block = f"{tower}blocks.{index}."
        for name in ("q_proj", "k_proj", "v_proj"):
            result[f"{block}attn.{name}.weight"] = draw(WIDTH, WIDTH, scale=1.5 * WIDTH**-0.5)
        result |= {f"{block}attn.{name}": draw(WIDTH) for name in ("q_bias", "v_bias")}
        result |= linear(f"{block}attn.proj", WIDTH, WIDTH)
        result |= linear(f"{block}mlp.w1", WIDTH, TOWER_INNER) | linear(f"{block}mlp.w2", WIDTH, TOWER_INNER)
        result |= linear(f"{block}mlp.w3", TOWER_INNER, WIDTH)
        for name, width in (("norm1", WIDTH), ("norm2", WIDTH), ("attn.inner_attn_ln", WIDTH)):
            result |= norm(block + name, width)
        result |= norm(f"{block}mlp.ffn_ln", TOWER_INNER)
        result |= {f"{block}attn.rope.freqs_{wave}": draw(tokens, 64) for wave in ("cos", "sin")}
    result |= norm(f"{tower}norm", WIDTH) | linear(f"{tower}head", WIDTH, 64)
    return result | linear("visual_proj", WIDTH, WIDTH)


def vocabulary(kind: Kind) -> dict[str, int]:
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] if kind == "base" else ["<s>", "<pad>", "</s>", "<unk>"]
    return {word: index for index, word in enumerate([*special, *WORDS])}


def tokenizer(kind: Kind) -> Tokenizer:
    """Whole words between a first and a last token, as in the real vocabularies."""
    first, last, unknown = ("[CLS]", "[SEP]", "[UNK]") if kind == "base" else ("<s>", "</s>", "<unk>")
    words = vocabulary(kind)
    result = Tokenizer(models.WordLevel(words, unk_token=unknown))
    result.normalizer = normalizers.Lowercase()
    result.pre_tokenizer = pre_tokenizers.Whitespace()
    result.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}", special_tokens=[(first, words[first]), (last, words[last])]
    )
    return result


def picture(seed: int = 1, size: tuple[int, int] = (80, 60)) -> Image.Image:
    """Smooth colours, so that scaling matters as in a photo."""
    coarse = np.random.RandomState(seed).randint(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
