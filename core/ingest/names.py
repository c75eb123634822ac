"""Names of files, from folders, archives and manifests: none of them is trusted."""

from __future__ import annotations

import posixpath
import re

from core.errors import UserError
from core.words import Sentence

MANIFESTS = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".json"})
ARCHIVES = frozenset({".zip", ".tar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".zst"})
SPREADSHEETS = frozenset({".xlsx", ".xls", ".xlsm", ".ods", ".numbers"})
_JUNK = frozenset({".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", ".localized"})
_JUNK_FOLDERS = frozenset({"__macosx", "@eadir", "$recycle.bin", "system volume information"})
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|data:", re.IGNORECASE)
_DRIVE = re.compile(r"[a-zA-Z]:[\\/]")


def suffix(name: str) -> str:
    """The lower-case ending with its dot; empty where there is none."""
    return posixpath.splitext(name)[1].lower()


def is_junk(name: str) -> bool:
    """Whether an operating system left this file behind; such files are not worth a word in a report."""
    *folders, last = name.casefold().split("/")
    return last in _JUNK or last.startswith("._") or not _JUNK_FOLDERS.isdisjoint(folders)


def member(name: str) -> str:
    """A tidy name of an archive's member or an uploaded file, with ``/`` between folders.

    Raises:
        UserError: it is absolute or climbs out of the archive.
    """
    tidy = posixpath.normpath(name.replace("\\", "/"))
    if tidy.startswith(("/", "../")) or tidy in {"..", "."} or _DRIVE.match(name) or "\0" in name:
        raise UserError(Sentence("entry.name_outside"), Sentence("entry.name_outside_advice"))
    return tidy


def referred(cell: str) -> str:
    """A manifest's word for a picture, as a tidy path with ``/`` between folders; may be absolute or climb.

    Raises:
        UserError: it is an address on the web, or nothing that can be a path.
    """
    if _ADDRESS.match(cell):
        raise UserError(Sentence("entry.address"), Sentence("entry.address_advice"))
    if "\0" in cell or len(cell) > 1024:
        raise UserError(Sentence("entry.not_a_name"), Sentence("entry.not_a_name_advice"))
    return posixpath.normpath(cell.replace("\\", "/"))


def climbs(path: str) -> bool:
    """Whether a tidy relative path leads out of the folder that it starts from."""
    return path == ".." or path.startswith("../")
