"""The catalogue without its encoder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.engine import Engine
from core.errors import DataDirLocked, UserError
from core.inventory import Inventory
from core.models import LOCAL
from core.settings import EncoderSettings, RerankerSettings, Settings
from tests.core.shop import product
from tests.fakes.encoder import TinyEncoder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Three products in a folder, and an encoder that could not be loaded."""
    settings = Settings(
        data_dir=tmp_path / "data",
        encoder=EncoderSettings(name="nonsense"),
        reranker=RerankerSettings(enabled=False),
    )
    with Engine(settings, TinyEncoder()) as engine:
        engine.catalog.put([product(number) for number in range(3)])
    return settings


def test_it_is_looked_at_without_the_encoder(settings: Settings) -> None:
    with Inventory(settings) as inventory:
        assert inventory.listing.count(LOCAL) == 3
        assert {item.id for item in inventory.listing.list(LOCAL)} == {product(number).id for number in range(3)}
        assert inventory.listing.stats(LOCAL).encoder.startswith("tiny 1")


def test_what_is_removed_is_gone_from_all_three_stores(settings: Settings) -> None:
    with Inventory(settings) as inventory:
        assert inventory.remove(LOCAL, [product(1).id]) == 1
        assert inventory.remove(LOCAL, [product(1).id]) == 0
        assert inventory.remove(LOCAL, []) == 0
        with pytest.raises(UserError):
            inventory.listing.find_id(LOCAL, product(1).id)
    with Engine(settings, TinyEncoder()) as engine:
        assert engine.index.ids(LOCAL.key) == {product(0).id, product(2).id}
        assert set(engine.blobs.hashes()) == {product(0).id, product(2).id}


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    with Inventory(Settings(data_dir=tmp_path)) as inventory:
        assert inventory.listing.stats(LOCAL).encoder == ""
        assert inventory.remove(LOCAL, [product(1).id]) == 0


def test_one_program_at_a_time(settings: Settings) -> None:
    with Inventory(settings), pytest.raises(DataDirLocked):
        Inventory(settings)


def test_neither_the_encoders_libraries_nor_milvus_are_loaded_for_a_look(settings: Settings) -> None:
    look = (
        "import sys; from pathlib import Path; from core.inventory import Inventory\n"
        "from core.models import LOCAL; from core.settings import Settings\n"
        "with Inventory(Settings(data_dir=Path(sys.argv[1]))) as inventory: print(inventory.listing.count(LOCAL))\n"
        "print({'torch', 'pymilvus', 'faiss'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", look, str(settings.data_dir)], capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout.splitlines() == ["3", "set()"]
