"""The network against vectors that upstream's own code gave for the same small weights, and mutations of it.

Expected vectors: FlagEmbedding's ``research/visual_bge`` with transformers 4.57, float32, on the weights,
the picture and the text of :mod:`tests.core.encoders.small_visualized`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from core.encoders import eva, visualized
from core.encoders.pixels import Framing
from core.encoders.visualized import Visualized
from core.errors import ConfigurationError
from tests.core.encoders import small_visualized as small

EXPECTED = json.loads(Path(__file__).with_name("visualized_expected.json").read_text())
KINDS: tuple[small.Kind, ...] = ("base", "m3")
State = dict[str, Tensor]


@torch.inference_mode()
def differences(network: Visualized, kind: small.Kind, framing: Framing) -> dict[str, float]:
    """The largest difference from upstream's vector, for a picture, a text, and both."""
    tokenizer = small.tokenizer(kind)
    ids, empty = (torch.tensor([tokenizer.encode(text).ids]) for text in (small.TEXT, ""))
    tokens = network.picture_tokens(framing.tensor([framing.square(small.picture())], *CPU))
    ours = {
        "picture": network.embed_picture(tokens, empty),
        "text": network.embed_text(ids),
        "both": network.embed_picture(tokens, ids),
    }
    return {name: (vector[0] - torch.tensor(EXPECTED[kind][name])).abs().max().item() for name, vector in ours.items()}


CPU = (torch.device("cpu"), torch.float32)
FRAMING = Framing(side=48, shortest=48)


@pytest.mark.parametrize("kind", KINDS)
def test_equals_upstream(kind):
    found = differences(visualized.load(small.state(kind)), kind, FRAMING)
    assert max(found.values()) < 1e-6, found


@pytest.mark.parametrize("kind", KINDS)
def test_weights_that_are_not_used_need_not_be_there(kind):
    unused = ("bge_pooler.", "model_visual.logit_scale", "model_visual.visual.norm.", "model_visual.visual.head.")
    lean = {name: t for name, t in small.state(kind).items() if not name.startswith(unused) and "freqs_" not in name}
    assert len(lean) == len(small.state(kind)) - 7 - 6
    assert max(differences(visualized.load(lean), kind, FRAMING).values()) < 1e-6


def test_padding_changes_nothing():
    network = visualized.load(small.state("base"))
    tokenizer = small.tokenizer("base")
    long, short = (tokenizer.encode(text).ids for text in (small.TEXT, "red"))
    ids = torch.tensor([long, short + [3] * (len(long) - len(short))])
    mask = torch.tensor([[True] * len(long), [True] * len(short) + [False] * (len(long) - len(short))])
    with torch.inference_mode():
        tokens = network.picture_tokens(FRAMING.tensor([FRAMING.square(small.picture(seed)) for seed in (1, 2)], *CPU))
        both, texts = network.embed_picture(tokens, ids, mask), network.embed_text(ids, mask)
        alone = torch.tensor([short])
        assert (texts[1:] - network.embed_text(alone)).abs().max() < 1e-6
        assert (both[1:] - network.embed_picture(tokens[1:], alone)).abs().max() < 1e-6
        assert (both[:1] - torch.tensor(EXPECTED["base"]["both"])).abs().max() < 1e-6


def each_norm(part: str, eps: float) -> Callable[[Visualized], None]:
    def change(network: Visualized) -> None:
        for module in getattr(network, part).modules():
            if isinstance(module, nn.LayerNorm):
                module.eps = eps

    return change


def add(path: str, what: Callable[[Visualized], Tensor]) -> Callable[[Visualized], None]:
    def change(network: Visualized) -> None:
        parameter = network.get_parameter(path)
        parameter.data = parameter.data + what(network)

    return change


def turn(change_of: Callable[[Tensor], Tensor]) -> Callable[[Visualized], None]:
    """Change the rotations, (1 + 9 tokens, 1, 1, 32)."""

    def change(network: Visualized) -> None:
        network.picture.turns = change_of(network.picture.turns)

    return change


def exchange_axes(turns: Tensor) -> Tensor:
    return torch.cat([turns[..., 16:], turns[..., :16]], dim=-1)


def unstretched(turns: Tensor) -> Tensor:
    """As if the grid had the side on which rotations were trained: a step between patches is 1."""
    rows, columns = torch.arange(3.0).repeat_interleave(3), torch.arange(3.0).repeat(3)
    frequencies = eva.ROPE_BASE ** (-torch.arange(16) / 16)
    angles = torch.cat([rows[:, None] * frequencies, columns[:, None] * frequencies], dim=1)[:, None, None, :]
    return torch.cat([turns[:1], torch.polar(torch.ones_like(angles), angles)])


def first_position(first: int) -> Callable[[Visualized], None]:
    def change(network: Visualized) -> None:
        network.text.shape = replace(network.text.shape, first_position=first)

    return change


def another_activation(network: Visualized) -> None:
    network.text.layers[0].up.after = "swish"


def key_bias(network: Visualized) -> Tensor:
    return torch.cat([torch.zeros(128), torch.full((128,), 0.2), torch.zeros(128)])


def token_type_of_pictures(network: Visualized) -> Tensor:
    return network.text.token_types.weight[0]


def last_norm(network: Visualized) -> None:
    """The tower's final norm, which upstream leaves out, folded into what follows."""
    network.projection.register_forward_pre_hook(lambda _, inputs: (nn.functional.layer_norm(inputs[0], (128,)),))


IN_NETWORK: list[tuple[small.Kind, Callable[[Visualized], None]]] = [
    ("base", each_norm("text", 1e-5)),
    ("m3", each_norm("text", 1e-12)),
    ("base", each_norm("picture", 1e-5)),
    ("base", turn(exchange_axes)),
    ("base", turn(lambda turns: turns.roll(1, 0))),
    ("base", turn(torch.conj)),
    ("base", turn(unstretched)),
    ("base", another_activation),
    ("base", add("picture.blocks.0.qkv.bias", key_bias)),
    ("base", add("projection.bias", token_type_of_pictures)),
    ("base", last_norm),
    ("m3", first_position(0)),
    ("base", first_position(2)),
]


@pytest.mark.parametrize(("kind", "change"), IN_NETWORK)
def test_a_mutated_network_is_noticed(kind, change):
    network = visualized.load(small.state(kind))
    change(network)
    assert max(differences(network, kind, FRAMING).values()) > 1e-5


def exchange(one: str, other: str) -> Callable[[State], State]:
    return lambda state: (
        state
        | {name: state[name.replace(one, other)] for name in state if one in name}
        | {name: state[name.replace(other, one)] for name in state if other in name}
    )


def rolled_positions(state: State) -> State:
    name = "bge_embeddings.position_embeddings.weight"
    return state | {name: state[name].roll(1, 0)}


def pairs_from_halves(state: State) -> State:
    """Query and key as if their rotary pairs were (i, i + 32)."""
    order = torch.arange(128).view(2, 2, 32).transpose(1, 2).reshape(-1)
    return state | {
        name: tensor[order]
        for name, tensor in state.items()
        if name.endswith(("attn.q_proj.weight", "attn.k_proj.weight", "attn.q_bias"))
    }


@pytest.mark.parametrize(
    "change",
    [
        exchange("mlp.w1", "mlp.w2"),
        exchange("attn.q_bias", "attn.v_bias"),
        exchange("norm1", "norm2"),
        exchange("attention.self.query", "attention.self.value"),
        rolled_positions,
        pairs_from_halves,
    ],
)
def test_mistaken_weights_are_noticed(change):
    network = visualized.load(change(small.state("base")))
    assert max(differences(network, "base", FRAMING).values()) > 1e-5


@pytest.mark.parametrize(
    "framing",
    [
        replace(FRAMING, mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225)),
        replace(FRAMING, shortest=0),
        replace(FRAMING, shortest=54),
        replace(FRAMING, resample=2),
    ],
)
def test_another_preprocessing_is_noticed(framing):
    found = differences(visualized.load(small.state("base")), "base", framing)
    assert found["text"] < 1e-6
    assert min(found["picture"], found["both"]) > 1e-4


@pytest.mark.parametrize("name", ["visual_proj.bias", "model_visual.visual.blocks.1.mlp.ffn_ln.weight"])
def test_a_missing_weight_is_named(name):
    state = small.state("base")
    del state[name]
    with pytest.raises(ConfigurationError, match=name.replace(".", r"\.")):
        visualized.load(state)


def test_a_misshapen_weight_is_refused():
    state = small.state("base") | {"visual_proj.weight": torch.zeros(128, 64)}
    with pytest.raises(ConfigurationError, match="shape"):
        visualized.load(state)
