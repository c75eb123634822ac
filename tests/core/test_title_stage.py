"""The second look at titles: fusion, pages, and FlagEmbedding's reranker on tiny random weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from core import title_stage
from core.candidates import Page
from core.errors import ConfigurationError
from core.models import LOCAL, Hit, Item, Query
from core.thumbnails import Thumbnail
from core.title_stage import TitleStage


def page(*titles: str, more: bool = False) -> Page:
    hits = [Hit(Item(LOCAL, str(index), title=title), 1 - index / 100) for index, title in enumerate(titles)]
    return Page(hits, [Thumbnail.of(Image.new("RGB", (8, 8))) for _ in titles], duplicates=1, more=more)


def ids(found: Page) -> list[str]:
    return [hit.item.id for hit in found.hits]


def score_red(wish: str, titles: Sequence[str]) -> list[float]:
    assert wish == "red"
    return [float(title.count("red")) for title in titles]


def test_a_title_that_fits_comes_forward_and_the_picture_still_counts():
    found = TitleStage(score_red).order(Query(LOCAL, text=" red "), page("blue", "green", "red red", "red"))
    assert ids(found) == ["2", "0", "3", "1"]
    assert found.duplicates == 1
    assert not found.more


def test_a_wider_page_is_cut_to_what_was_asked_for():
    stage, query = TitleStage(score_red), Query(LOCAL, text="red", limit=2)
    assert stage.widened(query).limit == 6
    found = stage.order(query, page("a", "b", "c", "d", "e", "red"))
    assert ids(found) == ["0", "5"]
    assert found.more
    assert len(found.thumbnails) == 2
    assert stage.order(query, page("a", "b", more=True)).more


def test_without_titles_or_words_nothing_changes():
    stage = TitleStage(score_red)
    assert ids(stage.order(Query(LOCAL, text="red"), page("", "", ""))) == ["0", "1", "2"]
    wordless = Query(LOCAL, limit=2)
    assert stage.widened(wordless) is wordless
    assert ids(stage.order(wordless, page("blue", "red"))) == ["0", "1"]
    assert ids(stage.order(Query(LOCAL, text="red"), page())) == []


def test_candidates_without_a_title_keep_their_place():
    found = TitleStage(score_red).order(Query(LOCAL, text="red"), page("", "blue", "", "red"))
    assert ids(found)[0] == "0"
    assert ids(found).index("3") < ids(found).index("1") + 2


def test_off_is_off():
    assert title_stage.build("") is None


def test_a_missing_package_is_a_sentence():
    try:
        import FlagEmbedding  # noqa: F401
    except ImportError:
        with pytest.raises(ConfigurationError, match=r"requires?|needs the package FlagEmbedding") as caught:
            title_stage.build("BAAI/bge-reranker-v2-m3")
        assert "requirements-flag.txt" in caught.value.advice
    else:
        pytest.skip("FlagEmbedding is installed here")


def reranker(folder: Path) -> Path:
    """The real architecture, XLM-RoBERTa with one output, tiny and random."""
    import torch
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    words = ["<s>", "<pad>", "</s>", "<unk>", "ready", "red", "mug", "blue", "hat"]
    tokenizer = Tokenizer(models.WordLevel({word: index for index, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"pad_token": "<pad>", "unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
    special |= {"cls_token": "<s>", "sep_token": "</s>", "tokenizer_class": "PreTrainedTokenizerFast"}
    (folder / "tokenizer_config.json").write_text(json.dumps(special | {"model_max_length": 64}))
    torch.manual_seed(3)
    config = transformers.XLMRobertaConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=66, type_vocab_size=1, num_labels=1, pad_token_id=1, bos_token_id=0, eos_token_id=2,
    )  # fmt: skip
    model = transformers.XLMRobertaForSequenceClassification(config).eval()
    for parameter in model.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    model.save_pretrained(folder)
    return folder


def test_flag_embedding_s_reranker_orders_by_its_scores(tmp_path):
    flag = pytest.importorskip("FlagEmbedding", reason="requirements-flag.txt is not installed")
    folder = reranker(tmp_path)
    titles = ["blue hat", "red mug", "mug", "hat"]
    direct = flag.FlagReranker(str(folder), use_fp16=False).compute_score([("red mug", title) for title in titles])
    assert len(set(direct)) == len(titles)
    stage = title_stage.build(str(folder))
    assert stage is not None
    found = stage.order(Query(LOCAL, text="red mug"), page(*titles))
    rank = {index: place for place, index in enumerate(sorted(range(4), key=lambda index: -direct[index]))}
    fused = sorted(range(4), key=lambda index: (-1 / (2 + index) - 1 / (2 + rank[index]), rank[index]))
    assert ids(found) == [str(index) for index in fused]
    assert ids(stage.order(Query(LOCAL, text="red mug"), page("hat"))) == ["0"]


def test_a_wrong_model_is_a_sentence(tmp_path):
    pytest.importorskip("FlagEmbedding", reason="requirements-flag.txt is not installed")
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        title_stage.build(str(tmp_path))
