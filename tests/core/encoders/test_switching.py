"""From one encoder to another: a setting, ``reindex``, and nothing else."""

from __future__ import annotations

import torch

from core.engine import Engine
from tests.core.cli.conftest import program  # noqa: F401 (a fixture)
from tests.core.encoders import small_visualized as small


def test_another_encoder_takes_a_setting_and_a_reindex(program, tmp_path, monkeypatch):  # noqa: F811
    weights, photos = tmp_path / "weights", tmp_path / "photos"
    for folder in (weights, photos):
        folder.mkdir()
    torch.save(small.state("base"), weights / "Visualized_base_en_v1.5.pth")
    small.tokenizer("base").save(str(weights / "tokenizer.json"))
    for seed in range(6):
        small.picture(seed, (120, 90)).save(photos / f"{seed}.png")
    program.done("ingest", photos)

    monkeypatch.setenv("LOOKALIKE_ENCODER__NAME", "visualized-bge")
    monkeypatch.setenv("LOOKALIKE_ENCODER__WEIGHTS", str(weights))
    question = ("search", "--image", photos / "3.png", "--text", "the same mug", "--json")
    refused = program(*question, engine=Engine)
    assert refused.code == 1
    assert "reindex" in refused.err
    reindexed = program("reindex", engine=Engine)
    assert reindexed.code == 0, reindexed.err
    assert "6 encoded" in reindexed.out
    found = program(*question, engine=Engine)
    assert found.code == 0, found.err
    assert len(found.json["hits"]) == 5
    stats = program("stats", engine=Engine)
    assert "visualized-bge" in stats.out
