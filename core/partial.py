"""The beginning of a file that is still on its way, beside the place where the whole one will appear."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Part:
    """The beginning of a file that is still on its way."""

    target: Path

    @property
    def path(self) -> Path:
        return self.target.with_name(self.target.name + ".part")

    @property
    def _tag_path(self) -> Path:
        return self.target.with_name(self.target.name + ".part.tag")

    @property
    def size(self) -> int:
        """Bytes that are here."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def tag(self) -> str:
        """The server's name for this version of the file; empty: not known."""
        return self._tag_path.read_text("ascii", "ignore").strip() if self._tag_path.exists() else ""

    def begin(self, tag: str) -> BinaryIO:
        """Start over, with another version."""
        self.drop()
        if tag:
            self._tag_path.write_text(tag, "ascii", "ignore")
        return self.path.open("wb")

    def drop(self) -> None:
        """Forget what is here."""
        self.path.unlink(missing_ok=True)
        self._tag_path.unlink(missing_ok=True)

    def finish(self) -> None:
        """Give the file its name, after its bytes are on the disk."""
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        self.path.replace(self.target)
        self._tag_path.unlink(missing_ok=True)
