"""The core as a whole, opened from settings."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.encoders.base import Prompt
from core.engine import Engine
from core.errors import ConfigurationError, DataDirLocked, EncoderMismatch, Unavailable
from core.models import LOCAL, Outcome
from core.settings import EncoderSettings, IndexSettings, RerankerSettings, Settings
from core.tables import AskPictureRow, AskRow
from tests.core.shop import picture, product
from tests.fakes.encoder import TinyEncoder


def _settings(folder: Path, **values: object) -> Settings:
    return Settings(data_dir=folder, reranker=RerankerSettings(enabled=False), **values)  # type: ignore[arg-type]


def test_opened_used_closed_and_opened_again(tmp_path: Path) -> None:
    with Engine.open(_settings(tmp_path / "data"), TinyEncoder()) as engine:
        assert list(engine.catalog.put([product(n) for n in range(3)])) == [Outcome.ADDED] * 3
        with pytest.raises(DataDirLocked):
            Engine(_settings(tmp_path / "data"), TinyEncoder())
    with Engine(_settings(tmp_path / "data"), TinyEncoder()) as engine:
        vector = engine.encoder.submit_query(Prompt(picture(1).image)).result()
        assert engine.catalog.search(LOCAL, vector, 1)[0].item.id == product(1).id
        assert engine.catalog.mismatch is None


@pytest.mark.parametrize("name", ["a b", "größer", "100%41", "q?x=1", "h#x", "a'b\"c;", "[x]*"])
def test_folders_of_any_name(tmp_path: Path, name: str) -> None:
    for outcome in (Outcome.ADDED, Outcome.UNCHANGED):
        with Engine(_settings(tmp_path / name), TinyEncoder()) as engine:
            assert list(engine.catalog.put([product(1)])) == [outcome]
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_another_encoders_catalogue_opens_so_that_it_can_be_reindexed(tmp_path: Path) -> None:
    with Engine(_settings(tmp_path), TinyEncoder()) as engine:
        engine.catalog.put([product(n) for n in range(3)])
    with Engine(_settings(tmp_path), TinyEncoder("2")) as engine:
        assert isinstance(engine.catalog.mismatch, EncoderMismatch)
        engine.catalog.reindex()
        assert engine.catalog.mismatch is None


def test_old_asks_are_forgotten_with_pictures_that_nothing_else_needs(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    long_ago = datetime.now(UTC) - timedelta(days=settings.history.days + 1)
    with Engine(settings, TinyEncoder()) as engine:
        engine.catalog.put([product(1)])
        engine.blobs.put(picture(2).hash, picture(2).data)
        with engine.database.session() as session:
            session.add(
                AskRow(
                    id="old",
                    tenant=LOCAL.key,
                    platform="",
                    conversation="c",
                    message="",
                    user="",
                    query={},
                    answer={},
                    created_at=long_ago,
                )
            )
            session.flush()
            session.add_all(AskPictureRow(ask="old", hash=picture(number).hash) for number in (1, 2))
    with Engine(settings, TinyEncoder()) as engine:
        assert set(engine.blobs.hashes()) == {picture(1).hash}
        with engine.database.reading() as session:
            assert session.scalars(select(AskRow)).all() == []


def test_a_stopped_machine_is_made_up_for_once(tmp_path: Path) -> None:
    with Engine(_settings(tmp_path), TinyEncoder()) as engine:
        engine.catalog.put([product(1)])
    (tmp_path / "lookalike.pid").write_text("1\n00000000-0000-0000-0000-000000000000\n")
    with pytest.raises(ConfigurationError):
        Engine(_settings(tmp_path, encoder=EncoderSettings(name="nonsense")))
    assert (tmp_path / "lookalike.pid").exists()
    Engine(_settings(tmp_path), TinyEncoder()).close()
    assert not (tmp_path / "lookalike.pid").exists()


async def test_closing_from_an_event_loop_and_twice(tmp_path: Path) -> None:
    engine = Engine(_settings(tmp_path), TinyEncoder())
    await engine.aclose()
    engine.close()


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"encoder": EncoderSettings(name="nonsense")}, ConfigurationError),
        ({"index": IndexSettings(uri="http://127.0.0.1:1", timeout=1)}, Unavailable),
        ({"database": {"url": "nonsense"}}, ConfigurationError),
        ({"blobs": {"url": "nosuchstore://x"}}, ConfigurationError),
    ],
)
def test_what_fails_in_opening_leaves_the_folder_free(
    tmp_path: Path, values: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        Engine(_settings(tmp_path, **values), None if "encoder" in values else TinyEncoder())
    Engine(_settings(tmp_path), TinyEncoder()).close()
