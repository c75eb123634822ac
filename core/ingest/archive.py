"""Archives as closed sets of files."""

from __future__ import annotations

from typing import BinaryIO

from core.errors import UserError
from core.ingest.members import Bundle
from core.ingest.tar_bundle import TarBundle
from core.ingest.zip_bundle import ZipBundle
from core.settings import IngestSettings


def open_archive(name: str, file: BinaryIO, settings: IngestSettings) -> Bundle:
    """Open a ZIP or (compressed) TAR, told by its bytes. The bundle closes ``file``.

    Raises:
        UserError: it is neither, it is damaged at its root, or it holds too many files.
    """
    magic = file.read(6)
    file.seek(0)
    try:
        if magic.startswith(b"PK"):
            return ZipBundle(name, file, settings)
        return TarBundle(name, file, magic, settings)
    except UserError:
        file.close()
        raise
