"""From what a person names or sends to a :class:`~core.ingest.entries.Source`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from core.errors import UserError
from core.ingest import names
from core.ingest.archive import open_archive
from core.ingest.bundle import BundleSource
from core.ingest.entries import Source
from core.ingest.files import AS_CSV, FolderSource, PictureSource
from core.ingest.manifest import ManifestSource
from core.ingest.uploads import Upload, UploadBundle
from core.places import data_dir
from core.settings import Settings


def open_source(path: Path, settings: Settings, columns: Mapping[str, str] | None = None) -> Source:
    """A folder, an archive, a manifest or a single picture on disk. The caller closes it.

    Args:
        columns: role (``image``, ``title``, …) → column of a manifest, where detection needs help.

    Raises:
        UserError: there is nothing at ``path``, it can't be read, or it is damaged as a whole.
    """
    limit = settings.images.max_bytes
    try:
        if path.is_dir():
            return FolderSource(path, limit, data_dir(settings))
        if not path.exists():
            raise UserError(f"There is no file or folder {path}.", "Check the path.")
        if not path.is_file():
            raise UserError(f"{path} is neither a file nor a folder.", "Name a folder, an archive or a manifest.")
        suffix = names.suffix(path.name)
        if suffix in names.MANIFESTS:
            return ManifestSource(path, limit, columns)
        if suffix in names.ARCHIVES:
            archive = open_archive(path.name, path.open("rb"), settings.ingest)
            return BundleSource(archive, limit, columns)
        if suffix in names.SPREADSHEETS:
            raise UserError(f"{path.name} is a spreadsheet.", AS_CSV)
        return PictureSource(path, limit)
    except OSError as error:
        raise UserError(f"{path} can't be read ({error.strerror}).", "Check its permissions.") from error


def open_uploads(uploads: Iterable[Upload], settings: Settings, columns: Mapping[str, str] | None = None) -> Source:
    """Files in memory, in any mixture of pictures, archives and manifests. The caller closes it."""
    bundle = UploadBundle(uploads, settings.ingest)
    return BundleSource(bundle, settings.images.max_bytes, columns, bundle.details)
