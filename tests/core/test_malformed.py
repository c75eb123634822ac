"""Each malformed file gets a clear reason, quickly; damaged real pictures never raise anything else."""

from __future__ import annotations

import contextlib
import os
import struct
import time
import tracemalloc
import warnings
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import PictureError
from core.images import decode
from core.settings import ImageSettings
from tests.malformed import Bad, encoded, malformed

LIMITS = ImageSettings()
KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF", "HEIF")
BAD = list(malformed())
SANE_SECONDS = 5.0
"""Generous: these inputs take milliseconds, or a third of a second at most."""


def test_there_are_enough_of_them() -> None:
    assert len(BAD) >= 30
    assert len({bad.name for bad in BAD}) == len(BAD)


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_malformed_input_has_a_clear_reason(bad: Bad) -> None:
    started = time.process_time()
    with pytest.raises(PictureError) as caught:
        decode(bad.data, LIMITS, bad.name)
    assert time.process_time() - started < SANE_SECONDS
    assert bad.words in caught.value.reason
    assert bad.name in caught.value.reason
    for sentence in (caught.value.reason, caught.value.advice):
        assert sentence.endswith(".")
        assert len(sentence) < 200
        assert not any(word in sentence for word in ("Traceback", "Error", "Exception", "0x", "None"))


def test_bombs_are_refused_before_anything_is_decoded() -> None:
    for bad in BAD:
        if "bomb" in bad.name:
            tracemalloc.start()
            with pytest.raises(PictureError):
                decode(bad.data, LIMITS)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak < 4 * len(bad.data) + 1_000_000, bad.name


def _segments(count: int) -> bytes:
    return b"\xff\xfe\x00\x02" * count


def _costly() -> list[tuple[str, bytes]]:
    """Good pictures with so much side matter that reading it naively takes very long."""
    jpeg, png, gif = encoded("JPEG"), encoded("PNG"), encoded("GIF")
    frame = 13 + (3 << (gif[10] & 7) + 1)
    chunk = struct.pack(">I", 0) + b"tEXt" + struct.pack(">I", zlib.crc32(b"tEXt"))
    fields = 65_535
    ifd = b"II*\0\x08\0\0\0" + struct.pack("<H", fields)
    ifd += b"".join(struct.pack("<HHII", 40_000 + n % 20_000, 7, 3_000_000, 0) for n in range(fields))
    exif = ifd + bytes(3_000_000 - len(ifd))
    body = b"eXIf" + exif
    exif_chunk = struct.pack(">I", len(exif)) + body + struct.pack(">I", zlib.crc32(body))
    return [
        ("a million comments in a JPEG", jpeg[:2] + _segments(1_000_000) + jpeg[2:]),
        ("fill bytes in a JPEG", jpeg[:2] + b"\xff" * 15_000_000 + jpeg[2:]),
        ("stuffed bytes in a JPEG", jpeg[:2] + b"\xff\x00" * 7_000_000 + jpeg[2:]),
        ("a million chunks in a PNG", png[:33] + chunk * 1_000_000 + png[33:]),
        ("fields that overlap in a PNG's EXIF", png[:33] + exif_chunk + png[33:]),
        ("fields that overlap in a WebP's EXIF", encoded("WEBP", exif=exif)),
        ("fields that overlap in an AVIF's EXIF", encoded("AVIF", exif=exif)),
        ("fields that overlap in a HEIC's EXIF", encoded("HEIF", exif=exif)),
        ("a million comments in a GIF", gif[:frame] + b"!\xfe\x01x\0" * 1_000_000 + gif[frame:]),
        ("one long comment in a GIF", gif[:frame] + b"!\xfe" + b"\x01x" * 5_000_000 + b"\0" + gif[frame:]),
    ]


with warnings.catch_warnings(action="ignore"):
    COSTLY = _costly()


@pytest.mark.filterwarnings("ignore:Tag data larger than file")
@pytest.mark.parametrize(("name", "data"), COSTLY, ids=[name for name, _ in COSTLY])
def test_side_matter_costs_no_time(name: str, data: bytes) -> None:
    started = time.process_time()
    with contextlib.suppress(PictureError):
        decode(data, LIMITS)
    assert time.process_time() - started < SANE_SECONDS


GOOD = {kind: encoded(kind) for kind in KINDS}


def photo() -> bytes:
    folder = Path(os.environ.get("LOOKALIKE_PHOTOS", Path(__file__).parents[3] / "shared" / "photos"))
    found = sorted(folder.glob("queries/*.jpg"))
    return found[0].read_bytes() if found else GOOD["JPEG"]


GOOD["photo"] = photo()


def survives(data: bytes) -> None:
    started = time.process_time()
    with contextlib.suppress(PictureError):
        assert decode(data, LIMITS).image.mode == "RGB"
    assert time.process_time() - started < SANE_SECONDS


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(sorted(GOOD)), data=st.data())
def test_truncated_pictures(kind: str, data: st.DataObject) -> None:
    good = GOOD[kind]
    survives(good[: data.draw(st.integers(0, len(good) - 1))])


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(sorted(GOOD)), data=st.data())
def test_mutated_pictures(kind: str, data: st.DataObject) -> None:
    bad = bytearray(GOOD[kind])
    head = data.draw(st.booleans())
    last = min(400, len(bad)) - 1 if head else len(bad) - 1
    for _ in range(data.draw(st.integers(1, 12))):
        bad[data.draw(st.integers(0, last))] = data.draw(st.integers(0, 255))
    survives(bytes(bad))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(sorted(GOOD)), data=st.data())
def test_spliced_pictures(kind: str, data: st.DataObject) -> None:
    """Parts left out, doubled, or taken from another picture."""
    good, other = GOOD[kind], GOOD[data.draw(st.sampled_from(sorted(GOOD)))]
    cut, at = data.draw(st.integers(8, len(good))), data.draw(st.integers(0, len(other)))
    survives(good[:cut] + other[at : at + data.draw(st.integers(0, 4000))] + good[data.draw(st.integers(0, cut)) :])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes(data: bytes) -> None:
    survives(data)
