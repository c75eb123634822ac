"""Damaged archives and manifests never raise anything but reasons, and never cost the file beside them."""

from __future__ import annotations

import contextlib
import random

import pytest

from core.errors import UserError
from core.ingest import Entry, Upload, open_uploads
from core.settings import IngestSettings, Settings
from tests.core.ingest.test_sources import tarred, zipped

SETTINGS = Settings(ingest=IngestSettings(max_archive_bytes=50_000_000, max_archive_files=1000))
TABLE = b'image,title,price\na.jpg,A,"1,50"\nb.jpg,"B, b",\n'
LINES = b'{"image": "c.jpg", "price": "1", "tags": ["x"]}\n{"image": "shop/b.jpg", "n": {"m": [1.5, null]}}\n'
MEMBERS = {
    "shop/a.jpg": b"1" * 3000,
    "shop/b.jpg": random.Random(1).randbytes(2000),
    "shop/m.csv": TABLE,
    "c.jpg": b"",
    "n.jsonl": LINES,
}
FILES = {
    "a.zip": zipped(MEMBERS),
    "a.tar": tarred(MEMBERS),
    "a.tgz": tarred(MEMBERS, "w:gz"),
    "a.tar.bz2": tarred(MEMBERS, "w:bz2"),
    "a.tar.xz": tarred(MEMBERS, "w:xz"),
    "m.csv": TABLE,
    "n.jsonl": LINES,
}
NEIGHBOUR = b"the good neighbour"
ROUNDS = 250


def damaged(data: bytes, draw: random.Random) -> bytes:
    """``data`` with a few bytes changed, cut out or put in."""
    changed = bytearray(data)
    for _ in range(draw.choice([1, 1, 2, 5, 20])):
        at = draw.randrange(len(changed) + 1)
        kind = draw.random()
        if kind < 0.6:
            changed[at : at + 1] = bytes([draw.choice([0, 255, 0x22, 0x0A, draw.randrange(256)])])
        elif kind < 0.8:
            del changed[at : at + draw.choice([1, 4, 100, 1000])]
        else:
            changed[at:at] = draw.randbytes(draw.choice([1, 4, 50]))
    return bytes(changed)


@pytest.mark.parametrize("name", FILES)
def test_damage_costs_no_neighbour(name: str) -> None:
    draw = random.Random(name)
    for _ in range(ROUNDS):
        uploads = [Upload(name, damaged(FILES[name], draw)), Upload("z.jpg", NEIGHBOUR)]
        source = open_uploads(uploads, SETTINGS)
        count = source.count()
        seen = 0
        told = False
        for found in source:
            seen += 1
            if isinstance(found, Entry):
                with contextlib.suppress(UserError):
                    told |= found.read() == NEIGHBOUR
            else:
                told |= found.name == "z.jpg"
        assert seen >= count
        assert told
        source.close()
