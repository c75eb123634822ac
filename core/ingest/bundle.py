"""Archives and uploads as sources: closed sets of files, with or without manifests among them.

A manifest speaks for the folder in which it lies: pictures there that it does not name are skipped by
name, because a list that leaves a picture out may well mean it. Elsewhere every picture is an entry.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from core.errors import UserError
from core.ingest import names
from core.ingest.entries import Details, Entry, Found
from core.ingest.files import not_a_picture
from core.ingest.manifest import MAX_BYTES, Manifest
from core.ingest.members import Bundle
from core.models import Skipped
from core.words import Sentence


class BundleSource:
    """A bundle's files as entries.

    Args:
        limit: most bytes to read of one picture.
        named: role → column, where a person named them.
        details: what is known about files that no manifest names, by their names in the bundle.
    """

    def __init__(
        self,
        bundle: Bundle,
        limit: int,
        named: Mapping[str, str] | None = None,
        details: Mapping[str, Details] | None = None,
    ) -> None:
        self.name = bundle.name
        self._bundle = bundle
        self._limit = limit
        self._named = named
        self._details = details or {}
        self._all = bundle.names()
        self._found: list[Found] | None = None

    def count(self) -> int:
        """How many entries and skipped files there are."""
        return sum(1 for found in self._listed() if isinstance(found, Entry | Skipped))

    def __iter__(self) -> Iterator[Found]:
        """The entries in the order in which their pictures lie in the bundle."""
        return iter(self._listed())

    def close(self) -> None:
        """Close the archive."""
        self._bundle.close()

    def _listed(self) -> list[Found]:
        if self._found is None:
            manifests, unusable = self._manifests()
            found, taken = self._rows(manifests)
            found += [self._single(name, manifests) for name in self._all if name not in taken]
            place = {name: index for index, name in enumerate(self._all)}
            entries = [each for each in found if isinstance(each, Entry)]
            entries.sort(key=lambda entry: place[entry.name])
            others = [each for each in found if not isinstance(each, Entry)]
            self._found = [*entries, *others, *unusable, *self._bundle.refused]
        return self._found

    def _manifests(self) -> tuple[dict[str, Manifest], list[Skipped]]:
        """The manifests by name, and the tables that are none."""
        manifests: dict[str, Manifest] = {}
        unusable = []
        for name in self._all:
            if names.suffix(name) in names.MANIFESTS:
                try:
                    manifests[name] = Manifest(name, self._bundle.read(name, MAX_BYTES), self._named)
                except UserError as error:
                    unusable.append(Skipped(name, error.reason, error.advice))
        self._unusable = {skipped.name for skipped in unusable}
        return manifests, unusable

    def _rows(self, manifests: Mapping[str, Manifest]) -> tuple[list[Found], set[str]]:
        """All manifests' rows, and the names of all files that are settled by them."""
        taken = set(manifests) | self._unusable
        found: list[Found] = []
        for name, manifest in manifests.items():
            finder = _Finder(self._all, name)
            found += manifest.entries(partial(self._locate, finder))
        return found, taken | {each.name for each in found if isinstance(each, Entry)}

    def _locate(self, finder: _Finder, path: str) -> tuple[str, Callable[[], bytes]]:
        name = finder.find(path)
        return name, self._read(name)

    def _single(self, name: str, manifests: Mapping[str, Manifest]) -> Found:
        special = not_a_picture(name)
        if special is not None:
            return special
        speaking = next((each for each in manifests if _governs(each, name)), None)
        if speaking is not None:
            return Skipped(name, Sentence("entry.unnamed", manifest=speaking), Sentence("entry.unnamed_advice"))
        return Entry(name, self._read(name), self._details.get(name))

    def _read(self, name: str) -> Callable[[], bytes]:
        return partial(self._bundle.read, name, self._limit)


class _Finder:
    """Finds the files that a manifest inside a bundle means.

    A path counts from the manifest's folder, else from a folder with the manifest's name in it, else
    from the bundle's root; else it is the end of exactly one file's name. Case decides only where two
    names differ by nothing else.
    """

    def __init__(self, files: list[str], manifest: str) -> None:
        self._files = frozenset(files)
        self._folder = posixpath.dirname(manifest)
        self._stem = posixpath.splitext(manifest)[0]
        self._by_last: dict[str, list[str]] = defaultdict(list)
        for file in files:
            self._by_last[posixpath.basename(file).casefold()].append(file)

    def find(self, path: str) -> str:
        """The file's name in the bundle. Raises :class:`UserError` where there is none or several."""
        if path.startswith("/") or names.climbs(posixpath.normpath(posixpath.join(self._folder, path))):
            raise UserError(Sentence("entry.outside"), Sentence("entry.outside_advice"))
        for start in (self._folder, self._stem, ""):
            exact = posixpath.normpath(posixpath.join(start, path))
            if exact in self._files:
                return exact
        ending = f"/{path}".casefold()
        found = [
            file
            for file in self._by_last[posixpath.basename(path).casefold()]
            if f"/{file}".casefold().endswith(ending)
        ]
        if not found:
            raise UserError(Sentence("entry.no_file"), Sentence("entry.no_file_advice"))
        if len(found) > 1:
            raise UserError(Sentence("entry.several", files=", ".join(found[:3])), Sentence("entry.several_advice"))
        return found[0]


def _governs(manifest: str, name: str) -> bool:
    folder = posixpath.dirname(manifest)
    return not folder or name.startswith(f"{folder}/")
