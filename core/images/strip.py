"""Cut a file down to what decoding needs, before a decoder sees it.

Comments, profiles, thumbnails and text chunks are where hostile files hide their cost: Pillow reads them
eagerly, one Python call for each part or even each byte: 15 MB of padding in front of a thumbnail cost it
six seconds. Here they are stepped over and left out; the EXIF block alone is handed back, for its
orientation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.images.sniff import Kind

_MOST_PARTS = 100_000
_MOST_SCANS = 100
_MOST_EXIF = 1_000_000
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"}
_MARKER = re.compile(rb"\xff[^\x00\xff]", re.DOTALL)
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_SOS, _EOI, _APP1 = 0xDA, 0xD9, 0xE1
_AVIF_LISTS = {b"meta", b"moov"}
"""Boxes that list a still picture's items and a sequence's."""

_JPEG_DROPPED = {0xE1, *range(0xE2, 0xEE), 0xEF, 0xFE}


class Malformed(Exception):
    """The file's structure cannot be followed; the text says where, for the log."""


@dataclass(frozen=True, slots=True)
class Stripped:
    """A file without its side matter, and the EXIF block that it carried (may be empty)."""

    data: bytes
    exif: bytes = b""


def strip(data: bytes, kind: Kind) -> Stripped:
    """Leave out what decoding does not need; formats whose side matter costs nothing come back as they are.

    Raises:
        Malformed: a part runs past the end, there are absurdly many, or no picture data follows.
    """
    if kind is Kind.JPEG:
        return _jpeg(data)
    if kind is Kind.PNG:
        return _png(data)
    if kind is Kind.GIF:
        return _gif(data)
    if kind is Kind.AVIF:
        return _avif(data)
    return Stripped(data)


def _jpeg(data: bytes) -> Stripped:
    """Markers up to the first scan (ITU-T T.81, B.1.1); what follows the scan is kept whole."""
    kept, exif, at = [data[:2]], b"", 2
    for _ in range(_MOST_PARTS):
        at = _next_marker(data, at)
        code = data[at + 1]
        if code in _STANDALONE:
            at += 2
            continue
        if code == _SOS:
            if data.count(b"\xff\xda", at) > _MOST_SCANS:
                raise Malformed(f"more than {_MOST_SCANS} scans")
            return Stripped(b"".join((*kept, data[at:])), exif)
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if code == _EOI or end < at + 4 or end > len(data):
            raise Malformed("the header is cut off")
        if code == _APP1 and not exif and data[at + 4 : at + 10] == b"Exif\0\0":
            exif = data[at + 4 : end]
        if code not in _JPEG_DROPPED:
            kept.append(data[at:end])
        at = end
    raise Malformed("too many header parts")


def _next_marker(data: bytes, at: int) -> int:
    """Index of the 0xFF before the next marker code; stray bytes and fill bytes in between are skipped."""
    found = _MARKER.search(data, at)
    if found is None:
        raise Malformed("no picture data")
    return found.start()


def _png(data: bytes) -> Stripped:
    """Critical chunks and transparency (PNG specification, 5.3). The chunk that is cut off stays, so that the
    decoder says "truncated"."""
    kept, exif, at = [data[:8]], b"", 8
    for _ in range(_MOST_PARTS):
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if name == b"eXIf" and not exif and length <= _MOST_EXIF:
            exif = data[at + 8 : end - 4]
        if name in _PNG_KEPT:
            kept.append(data[at:end])
        if name == b"IEND" or end >= len(data):
            return Stripped(b"".join(kept), exif)
        at = end
    raise Malformed("too many chunks")


def _gif(data: bytes) -> Stripped:
    """Screen, palette, the last graphic control, and the first frame (GIF89a specification, 18 to 23)."""
    at = 13 + (3 << ((data[10] & 7) + 1) if len(data) > 10 and data[10] & 0x80 else 0)
    screen, control = data[:at], b""
    for _ in range(_MOST_PARTS):
        if data[at : at + 1] == b",":
            return Stripped(b"".join((screen, control, data[at:])))
        if data[at : at + 1] != b"!":
            raise Malformed("no frame")
        end = _after_blocks(data, at + 2)
        if data[at + 1 : at + 2] == b"\xf9":
            control = data[at:end]
        at = end
    raise Malformed("too many extensions")


def _after_blocks(data: bytes, at: int) -> int:
    """Index after a chain of sub-blocks and its terminator."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


def _avif(data: bytes) -> Stripped:
    """Items of the type ``Exif`` get a type that no decoder knows (ISO/IEC 14496-12, 8.11.6; 23008-12, A.2.1).

    Pillow would read the whole block, with a warning on the terminal for each entry that is damaged, only to overrule
    its orientation by the container's own, which alone is valid.
    """
    kept, at = [], 0
    for _ in range(_MOST_PARTS):
        size, start = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, start = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        end = at + size if size else len(data)
        if end < at + start or at + start > len(data):
            break
        box = data[at:end]
        kept.append(box.replace(b"Exif", b"none") if box[4:8] in _AVIF_LISTS else box)
        at = end
    return Stripped(b"".join((*kept, data[at:])))
