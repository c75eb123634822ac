"""Visualized BGE as an encoder: the tutorial's model, base (English, 768-d) and m3 (multilingual, 1024-d)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from core.bounded_cache import BoundedCache
from core.encoders import files, weights
from core.encoders.base import Document, Embeddings, EncoderIdentity, Prompt
from core.encoders.openvino_backend import OpenVino
from core.encoders.pixels import Framing, Square
from core.encoders.runtime import Lanes, Runtime, choose
from core.encoders.shares import WHOLE, Share
from core.encoders.titles import blend
from core.encoders.visualized import Visualized
from core.errors import ConfigurationError
from core.settings import EncoderSettings

LONGEST = 512
"""Tokens of a text that are read. A chat message is shorter; m3 could read 8,192, at half a minute each."""
REMEMBERED = 32_000_000
"""Bytes of queries' pictures that are kept as tokens (300 KB each for base), so that a refinement costs its words."""


def build(settings: EncoderSettings, cache_dir: Path) -> VisualizedBge:
    """Load ``visualized-bge`` or ``visualized-bge-m3``, fetching what is not on disk.

    Raises:
        ConfigurationError: the weights, or the vocabulary beside them, belong to another encoder, or the setting
            ``encoder.backend`` asks for a package that is not installed.
        Unavailable: something could not be fetched.
    """
    runtime = choose(settings)
    openvino = OpenVino(runtime, cache_dir) if runtime.backend == "openvino" else None
    found = files.locate(settings.name, settings.weights, cache_dir)
    # The fingerprint in the identity is that of bfloat16, which float16 has lost digits of.
    network = weights.read(found.weights, torch.float32 if runtime.dtype == torch.float16 else runtime.exchanged)
    tokenizer = Tokenizer.from_file(str(found.tokenizer))
    multilingual = network.text.shape.token_types == 1
    if multilingual != (settings.name == "visualized-bge-m3"):
        other = "visualized-bge-m3" if multilingual else "visualized-bge"
        raise ConfigurationError(
            f"{found.weights.name} holds the weights of {other}, not of {settings.name}.",
            f"Set encoder.name to {other}, or correct encoder.weights.",
        )
    if tokenizer.get_vocab_size() > network.text.shape.vocabulary:
        raise ConfigurationError(
            f"The vocabulary {found.tokenizer} is larger than that of the weights, so it is not theirs.",
            "Put the right tokenizer.json beside the weights.",
        )
    if openvino is not None:
        openvino.take_over(network)
    return VisualizedBge(settings.name, network, tokenizer, runtime, title_weight=settings.title_weight or 0.0)


class _Wish(NamedTuple):
    """A prompt on its way: its row in the result, its picture's tokens (tokens, dimension), and its words' ids."""

    row: int
    tokens: Tensor | None
    ids: list[int]


class VisualizedBge:
    """The encoder port over :class:`core.encoders.visualized.Visualized`.

    Args:
        network: it is brought to the runtime's device and precision.
        tokenizer: of the network's text model; its own padding and truncation are switched off.
        title_weight: see :func:`core.encoders.titles.blend`. The tutorial indexes pictures alone, which is 0.
        remembered: bytes of queries' pictures that are kept as tokens.
    """

    def __init__(
        self,
        name: str,
        network: Visualized,
        tokenizer: Tokenizer,
        runtime: Runtime,
        *,
        title_weight: float = 0.0,
        remembered: int = REMEMBERED,
    ) -> None:
        self.runtime = runtime
        side = network.picture.shape.side
        self._framing = Framing(side=side, shortest=side)
        self._identity = EncoderIdentity(
            name, _version(network, title_weight), network.dimension, f"RGB on white, {self._framing}"
        )
        self._title_weight = title_weight
        runtime.place(network)
        self._network = network
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._lanes = Lanes(runtime.threads)
        self._memory: BoundedCache[bytes, Tensor] = BoundedCache(remembered, lambda tokens: tokens.nbytes)

    @property
    def identity(self) -> EncoderIdentity:
        """What made this encoder's vectors; not device and precision, which change the fourth digit."""
        return self._identity

    def encode_images(self, batch: Sequence[Document]) -> Embeddings:
        """Encode catalogue entries. Shape (len(batch), dimension); an empty batch gives (0, dimension)."""
        alone = self._ids("", beside_picture=True)
        tokens = self._tokens(self._squares([document.image for document in batch]))
        pictures = self._embed([_Wish(row, picture, alone) for row, picture in enumerate(tokens)])
        return blend(pictures, [document.title for document in batch], self._title_weight, self._texts)

    def encode_queries(self, batch: Sequence[Prompt]) -> Embeddings:
        """Encode queries of mixed kinds. Shape (len(batch), dimension), rows in the batch's order."""
        squares = self._squares([prompt.image for prompt in batch if prompt.image is not None])
        tokens = iter(self._remembered_tokens(squares))
        wishes = []
        for row, prompt in enumerate(batch):
            picture = None if prompt.image is None else next(tokens)
            wishes.append(_Wish(row, picture, self._ids(prompt.text, beside_picture=picture is not None)))
        return self._embed(wishes)

    def _texts(self, texts: Sequence[str]) -> Embeddings:
        return self._embed([_Wish(row, None, self._ids(text)) for row, text in enumerate(texts)])

    def close(self) -> None:
        """End the encoder's threads."""
        self._lanes.close()

    def _ids(self, text: str, beside_picture: bool = False) -> list[int]:
        """Token ids from first to last token, cut in the middle of the words where there are too many."""
        network = self._network
        longest = min(LONGEST, network.longest_beside_picture if beside_picture else network.longest_text)
        ids: list[int] = self._tokenizer.encode(text.strip()).ids
        return ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]]

    def _squares(self, images: Sequence[Image.Image]) -> list[Square]:
        square = self._framing.square
        parts = self._lanes.spread(lambda part: [square(image) for image in part], images, self.runtime.chunk)
        return [row for part in parts for row in part]

    def _tokens(self, squares: Sequence[Square]) -> list[Tensor]:
        runtime = self.runtime

        def tokens(part: Sequence[Square], share: Share = WHOLE) -> Tensor:
            return self._network.picture_tokens(self._framing.tensor(part, runtime.device, runtime.exchanged), share)

        if len(squares) == 1:
            return [self._lanes.divide(partial(tokens, squares), runtime.shares)[0]]
        parts = self._lanes.spread(tokens, squares, runtime.chunk, runtime.lanes)
        return [row for part in parts for row in part]

    def _remembered_tokens(self, squares: Sequence[Square]) -> list[Tensor]:
        """The same from memory, for pictures that were asked about before."""
        digests = [hashlib.blake2b(square.tobytes(), digest_size=16).digest() for square in squares]
        known = {digest: tokens for digest in digests if (tokens := self._memory.get(digest)) is not None}
        missing = {digest: square for digest, square in zip(digests, squares, strict=True) if digest not in known}
        for digest, tokens in zip(missing, self._tokens(list(missing.values())), strict=True):
            known[digest] = tokens.clone()
            self._memory.put(digest, known[digest])
        return [known[digest] for digest in digests]

    def _embed(self, wishes: Sequence[_Wish]) -> Embeddings:
        """Shape (len(wishes), dimension), by row. Wishes of one kind and of like lengths run together."""
        result = np.empty((len(wishes), self._identity.dimension), np.float32)
        by_length = sorted(wishes, key=lambda wish: len(wish.ids))
        words = [wish for wish in by_length if wish.tokens is None]
        pictures = [wish for wish in by_length if wish.tokens is not None]
        if len(pictures) == 1:
            result[pictures[0].row] = self._lanes.divide(partial(self._forward, pictures), self.runtime.shares)[0]
            pictures = []
        for kind in (words, pictures):
            parts = self._lanes.spread(self._forward, kind, self.runtime.chunk, self.runtime.lanes)
            for wish, embedding in zip(kind, (row for part in parts for row in part), strict=True):
                result[wish.row] = embedding
        return result

    def _forward(self, wishes: Sequence[_Wish], share: Share = WHOLE) -> Embeddings:
        device = self.runtime.device
        ids = pad_sequence([torch.tensor(wish.ids) for wish in wishes], batch_first=True).to(device)
        lengths = torch.tensor([len(wish.ids) for wish in wishes], device=device)
        padded = len({len(wish.ids) for wish in wishes}) > 1
        mask = torch.arange(ids.shape[1], device=device) < lengths[:, None] if padded else None
        pictures = [wish.tokens for wish in wishes if wish.tokens is not None]
        if pictures:
            embeddings = self._network.embed_picture(torch.stack(pictures), ids, mask, share)
        else:
            embeddings = self._network.embed_text(ids, mask)
        result: Embeddings = embeddings.cpu().numpy()
        return result


def _version(network: Visualized, title_weight: float) -> str:
    """A fingerprint of the weights, whatever file they came from and whatever their precision here.

    It is taken from the one matrix that every training of this model changes.
    """
    matrix = network.projection.weight.detach().to(torch.bfloat16).contiguous().view(torch.int16).numpy()
    digest = hashlib.blake2b(matrix.tobytes(), digest_size=6).hexdigest()
    return f"{digest}, titles {title_weight:g}" if title_weight else digest
