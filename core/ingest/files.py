"""Files on disk and folders of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from core.ingest import names
from core.ingest.entries import Entry, Found
from core.models import Skipped
from core.words import Sentence

AS_CSV = Sentence("entry.spreadsheet_advice")


def read_file(path: Path, limit: int) -> bytes:
    """The file's bytes, at most ``limit + 1``. Raises :class:`OSError`."""
    with path.open("rb") as file:
        return file.read(limit + 1)


def is_file(path: Path) -> bool:
    """Whether there is such a file to read. Where nobody may look, or no name can be so long, there is none."""
    try:
        return path.is_file()
    except OSError:
        return False


class FolderSource:
    """All pictures under a folder, in the order of their names, sub-folders included.

    Hidden folders are named and left out, and so is the program's own data folder, which holds the pictures that
    people asked with. Links are not followed, so that a folder holds what lies in it and nothing twice. A manifest or
    an archive in it is named: it is a source of its own.
    """

    def __init__(self, folder: Path, limit: int, data_dir: Path) -> None:
        self.name = folder.resolve().name
        self._folder = folder
        self._limit = limit
        self._data_dir = data_dir
        self._found: list[Found] | None = None

    def count(self) -> int:
        """How many files there are, system files left out."""
        return len(self._walked())

    def __iter__(self) -> Iterator[Found]:
        """The files in order; their bytes are read one by one."""
        return iter(self._walked())

    def close(self) -> None:
        """Nothing is open."""

    def _walked(self) -> list[Found]:
        if self._found is None:
            self._found = list(self._walk())
        return self._found

    def _walk(self) -> Iterator[Found]:
        unreadable: list[OSError] = []
        for folder, folders, files in os.walk(self._folder, onerror=unreadable.append):
            here = Path(folder).relative_to(self._folder)
            left_out = {name: self._left_out(Path(folder) / name) for name in sorted(folders)}
            for name, reason in left_out.items():
                if reason and not names.is_junk(f"{name}/x"):
                    yield Skipped(f"{(here / name).as_posix()}/", reason, "Ingest it on its own if it is meant.")
            folders[:] = [name for name, reason in left_out.items() if not reason and not names.is_junk(f"{name}/x")]
            for name in sorted(files):
                path = (here / name).as_posix()
                if not names.is_junk(path):
                    yield self._file(path)
            yield from (_unreadable(error, self._folder) for error in unreadable)
            unreadable.clear()

    def _left_out(self, folder: Path) -> str:
        """Why a folder is not looked into; empty: it is."""
        if folder.name.startswith("."):
            return "It is a hidden folder."
        if folder.is_symlink():
            return "It is a link to a folder."
        return "It is the program's own data folder." if folder.resolve() == self._data_dir else ""

    def _file(self, path: str) -> Found:
        file = self._folder / path
        if file.is_symlink():
            return Skipped(path, "It is a link.", "Copy the picture into the folder.")
        if not file.is_file():
            return Skipped(path, "It is not a regular file.")
        special = not_a_picture(path)
        return special or Entry(path, partial(read_file, file, self._limit))


class PictureSource:
    """One picture on disk."""

    def __init__(self, path: Path, limit: int) -> None:
        self.name = path.name
        self._entry = Entry(path.name, partial(read_file, path, limit))

    def count(self) -> int:
        """One."""
        return 1

    def __iter__(self) -> Iterator[Found]:
        """The picture."""
        yield self._entry

    def close(self) -> None:
        """Nothing is open."""


def not_a_picture(name: str) -> Skipped | None:
    """The reason for a file that is a source of its own, told by its name; None for all others.

    Whether any other file is a picture is told by its bytes.
    """
    suffix = names.suffix(name)
    if suffix in names.ARCHIVES:
        return Skipped(name, Sentence("entry.archive"), Sentence("entry.archive_advice"))
    if suffix in names.MANIFESTS:
        return Skipped(name, Sentence("entry.table"), Sentence("entry.table_advice"))
    if suffix in names.SPREADSHEETS:
        return Skipped(name, Sentence("entry.spreadsheet"), AS_CSV)
    return None


def _unreadable(error: OSError, root: Path) -> Skipped:
    name = Path(error.filename).relative_to(root).as_posix() if error.filename else root.name
    return Skipped(f"{name}/", f"The folder can't be read ({error.strerror}).", "Check its permissions.")
