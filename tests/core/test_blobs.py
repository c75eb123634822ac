"""Picture bytes: content-addressed, whole or absent, the same behaviour on every store."""

import hashlib
import os
import time
from pathlib import Path
from uuid import uuid4

import pytest

from core.blobs import BlobStore, PictureLost
from core.errors import ConfigurationError, Unavailable

DATA = b"a picture, as far as this store can tell"
HASH = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["path", "file-url", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """One store of each kind."""
    if request.param == "path":
        return BlobStore(tmp_path / "deep" / "blobs")
    if request.param == "file-url":
        return BlobStore(f"file://{tmp_path}/blobs")
    return BlobStore(f"memory://{uuid4()}")


def test_what_is_put_is_got(store: BlobStore) -> None:
    assert not store.exists(HASH)
    store.put(HASH, DATA)
    assert store.exists(HASH)
    assert store.get(HASH) == DATA
    assert list(store.hashes()) == [HASH]


def test_putting_again_and_deleting_again_are_harmless(store: BlobStore) -> None:
    for _ in range(2):
        store.put(HASH, DATA)
    assert list(store.hashes()) == [HASH]
    for _ in range(2):
        store.delete(HASH)
    assert not store.exists(HASH)
    assert list(store.hashes()) == []


def test_many_at_once(store: BlobStore) -> None:
    blobs = {hashlib.sha256(data).hexdigest(): data for data in (os.urandom(1000) for _ in range(50))}
    store.put_many(blobs)
    store.put_many({})
    assert set(store.hashes()) == set(blobs)
    assert {digest: store.get(digest) for digest in blobs} == blobs


def test_a_missing_picture_has_a_reason(store: BlobStore) -> None:
    with pytest.raises(PictureLost, match="missing") as caught:
        store.get(HASH)
    assert "repair" in caught.value.advice


@pytest.mark.parametrize("name", ["", "../../etc/passwd", HASH.upper(), HASH + "/x", HASH[:-1], HASH + "\n"])
def test_only_hashes_are_names(store: BlobStore, name: str) -> None:
    for use in (store.get, store.exists, store.delete):
        with pytest.raises(ValueError, match="SHA-256"):
            use(name)
    with pytest.raises(ValueError, match="hash"):
        store.put(name, DATA)


def test_data_under_a_wrong_hash_is_refused(store: BlobStore) -> None:
    with pytest.raises(ValueError, match="not the data's"):
        store.put(HASH, DATA + b"!")
    assert not store.exists(HASH)


def test_check_leaves_nothing_behind(store: BlobStore) -> None:
    store.check()
    assert list(store.hashes()) == []


def test_damage_is_found_and_mended_by_putting_again(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    store.put(HASH, DATA)
    (tmp_path / HASH[:2] / HASH).write_bytes(DATA[:-5])
    with pytest.raises(PictureLost, match="damaged"):
        store.get(HASH)
    store.put(HASH, DATA)
    assert store.get(HASH) == DATA


def test_half_written_files_are_no_blobs_and_are_swept_when_old(tmp_path: Path) -> None:
    BlobStore(tmp_path)
    old, fresh = tmp_path / ".incoming" / "old", tmp_path / ".incoming" / HASH
    for path in (old, fresh):
        path.write_bytes(DATA[:3])
    os.utime(old, (time.time() - 7200,) * 2)
    store = BlobStore(tmp_path)
    assert not old.exists()
    assert fresh.exists()
    assert not store.exists(HASH)
    assert list(store.hashes()) == []


def test_a_store_that_fails_is_told_in_words(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    (tmp_path / HASH[:2]).write_text("a file where a folder should be")
    with pytest.raises(Unavailable, match="picture store can't be used: not a directory") as caught:
        store.put(HASH, DATA)
    assert caught.value.advice
    assert list((tmp_path / ".incoming").iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable):
        BlobStore(tmp_path / "file" / "blobs")


@pytest.mark.parametrize(
    ("url", "advice"), [("nosuchstore://x", "fsspec URL"), ("abfs://container/x", "pip install adlfs")]
)
def test_unknown_stores_and_missing_drivers_are_configuration_errors(url: str, advice: str) -> None:
    with pytest.raises(ConfigurationError, match=r"blobs\.url") as caught:
        BlobStore(url)
    assert advice in caught.value.advice
