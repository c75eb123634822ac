"""A sequence divided among threads: the same numbers, and an error instead of an endless wait."""

from __future__ import annotations

import pytest
import torch

from core.encoders import visualized
from core.encoders.pixels import Framing
from core.encoders.runtime import Lanes
from core.encoders.shares import WHOLE, Share
from tests.core.encoders import small_visualized as small

CPU = torch.device("cpu")


@pytest.fixture
def lanes():
    lanes = Lanes(3)
    yield lanes
    lanes.close()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_parts_of_a_sequence_are_the_whole(count):
    shares = [Share(index, [[]] * count) for index in range(count)]
    tokens = list(range(10))
    assert [token for share in shares for token in tokens[share.rows(10)]] == tokens


def test_every_part_gets_all_values_in_order_however_often_it_asks(lanes):
    values = torch.arange(20.0).view(2, 10)

    def ask(share: Share) -> list[torch.Tensor]:
        return [share.whole(values[:, share.rows(10)] + turn) for turn in range(50)]

    assert all(torch.equal(found, values + turn) for turn, found in enumerate(lanes.divide(ask, 3)))


@pytest.mark.parametrize("kind", ["base", "m3"])
@pytest.mark.parametrize("count", [2, 3])
def test_a_divided_picture_has_the_embedding_of_the_whole_one(lanes, kind, count):
    network = visualized.load(small.state(kind))
    side = network.picture.shape.side
    framing = Framing(side=side, shortest=side)
    pixels = framing.tensor([framing.square(small.picture())], CPU, torch.float32)
    ids = torch.tensor([small.tokenizer(kind).encode(small.TEXT).ids])
    with torch.inference_mode():
        tokens = network.picture_tokens(pixels, WHOLE)
        whole = network.embed_picture(tokens, ids)
    divided = lanes.divide(lambda share: network.picture_tokens(pixels, share), count)
    assert (divided - tokens).abs().max() < 1e-5
    embedding = lanes.divide(lambda share: network.embed_picture(divided, ids, share=share), count)
    assert (embedding - whole).abs().max() < 1e-6


@pytest.mark.parametrize("culprit", [0, 1, 2])
def test_the_error_of_one_part_ends_the_others_waiting(lanes, culprit):
    def fail(share: Share) -> None:
        share.whole(torch.zeros(1, 1))
        if share.index == culprit:
            raise MemoryError("this part")
        share.whole(torch.zeros(1, 1))

    with pytest.raises(MemoryError, match="this part"):
        lanes.divide(fail, 3)
    assert lanes.divide(lambda share: share.whole(torch.ones(1, 1)).sum().item(), 3) == 3
