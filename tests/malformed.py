"""Files that are no usable pictures, made by code: what people and attackers really upload.

Used at the level of decoding (``tests/core/test_malformed.py``) and of ingest, where one bad file must
never cost a good neighbour.
"""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import pillow_heif
from PIL import Image, ImageDraw


class Bad(NamedTuple):
    """A file's name, its bytes, and words that the reason must contain."""

    name: str
    data: bytes
    words: str


def _photo(side: int = 96) -> Image.Image:
    image = Image.linear_gradient("L").resize((side, side)).convert("RGB")
    ImageDraw.Draw(image).ellipse((side // 4, side // 4, side * 3 // 4, side * 3 // 4), fill=(200, 40, 40))
    return image


def encoded(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    """A good picture's bytes; ``kind`` is one of Pillow's format names, or ``HEIF``."""
    out = io.BytesIO()
    image = image or _photo()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(out, **options)
    else:
        image.save(out, kind, **options)
    return out.getvalue()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png(width: int, height: int, *chunks: bytes, colour: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + b"".join(chunks) + _chunk(b"IEND", b"")


def _with_size(jpeg: bytes, width: int, height: int) -> bytes:
    """``jpeg`` whose frame header claims another size."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def _gif_bomb(frames: int) -> bytes:
    """A GIF of 16,000 × 16,000 pixels a frame in a few bytes each."""
    frame = b"\x21\xf9\x04\0\0\0\0\0\x2c" + struct.pack("<HHHH", 0, 0, 16000, 16000) + b"\0\x02\x02\x44\x01\0"
    return b"GIF89a" + struct.pack("<HHBBB", 16000, 16000, 0x80, 0, 0) + bytes(6) + frame * frames + b";"


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("shoe.jpg"))
    return out.getvalue()


def _zip(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


_SIGN_IN_PAGE = """<!DOCTYPE html><html><head><title>Slack</title></head><body><h1>Sign in to your workspace</h1>
<form><input type="password" name="password"></form></body></html>"""
_SVG = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><circle r="4"/></svg>'


def _other_files() -> Iterator[Bad]:
    """No pictures at all, under a picture's name."""
    yield Bad("empty.jpg", b"", "empty")
    yield Bad("blanks.jpg", b" \r\n\t\n", "blanks")
    yield Bad("zeros.jpg", bytes(5000), "only zeros")
    yield Bad("page.jpg", b"<!doctype html><html><body><p>Not found</p></body></html>", "web page")
    yield Bad("page-with-bom.png", "\ufeff\n\n<HTML lang=de><body>Fehler</body></HTML>".encode(), "web page")
    yield Bad("page-in-utf16.png", "<html><body>Error</body></html>".encode("utf-16"), "web page")
    yield Bad("sign-in.jpg", _SIGN_IN_PAGE.encode(), "sign-in")
    yield Bad("drawing.jpg", _SVG.encode(), "SVG")
    yield Bad("feed.jpg", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "XML")
    yield Bad("answer.jpg", b'{"ok": false, "error": "file_not_found"}', "JSON")
    yield Bad("notes.jpg", "Größe 42, bitte in Rot".encode(), "text")
    yield Bad("data-url.png", b"data:image/png;base64,iVBORw0KGgo=", "data URL")
    yield Bad("pointer.jpg", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS")
    yield Bad("paper.jpg", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "PDF")
    yield Bad("archive.jpg", _zip("shoe.jpg"), "archive (ZIP)")
    yield Bad("letter.jpg", _zip("word/document.xml"), "Office")
    yield Bad("old-letter.jpg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Office")
    yield Bad("bundle.jpg", _tar(), "tar")
    yield Bad("packed.jpg", gzip.compress(b"x" * 100), "gzip")
    yield Bad("film.jpg", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100), "video")
    yield Bad("clip.webp", b"RIFF\x24\0\0\0AVI LIST" + bytes(100), "video")
    yield Bad("song.jpg", b"ID3\x04\0\0\0\0\0\0" + bytes(100), "sound")
    yield Bad("setup.jpg", b"MZ\x90\0\x03" + bytes(200), "program")
    yield Bad("._shoe.jpg", b"\0\x05\x16\x07\0\x02\0\0Mac OS X        " + bytes(80), "macOS")
    yield Bad("noise.jpg", bytes(range(128, 256)) * 40, "not a picture in a known format")


def _other_pictures() -> Iterator[Bad]:
    """Pictures in formats that are not accepted."""
    yield Bad("scan.jpg", encoded("TIFF"), "TIFF")
    yield Bad("icon.png", encoded("ICO"), "icon")
    yield Bad("tile.jpg", encoded("JPEG2000"), "JPEG 2000")
    yield Bad("layers.jpg", b"8BPS\0\x01" + bytes(100), "Photoshop")
    yield Bad("new.jpg", b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(100), "JPEG XL")


def _broken() -> Iterator[Bad]:
    """Pictures that end too early or are damaged inside."""
    for kind in ("JPEG", "PNG", "WEBP", "BMP", "AVIF", "HEIF", "GIF"):
        data = encoded(kind, lossless=True) if kind == "WEBP" else encoded(kind)
        name = f"half.{kind.lower()}"
        yield Bad(name, data[: len(data) // 2], "damaged")
    for kind, head in (("JPEG", 3), ("PNG", 8), ("WEBP", 12), ("GIF", 6), ("HEIF", 24), ("AVIF", 24)):
        yield Bad(f"head-alone.{kind.lower()}", encoded(kind)[:head], "damaged")
    jpeg, png = encoded("JPEG"), encoded("PNG")
    yield Bad("header-cut.jpg", jpeg[:40], "damaged")
    yield Bad("no-scan.jpg", jpeg[: jpeg.index(b"\xff\xda")] + b"\xff\xd9", "damaged")
    yield Bad("bad-checksum.png", png[:60] + bytes([png[60] ^ 0xFF]) + png[61:], "damaged")
    yield Bad("no-size.jpg", _with_size(jpeg, 0, 0), "damaged")
    yield Bad("no-pixels.png", _png(0, 0), "damaged")
    yield Bad("no-data.png", _png(10, 10), "damaged")
    yield Bad("short-data.png", _png(100, 100, _chunk(b"IDAT", zlib.compress(bytes(500)))), "damaged")
    yield Bad("no-frame.gif", b"GIF89a" + bytes(7) + b";", "damaged")


def _bombs() -> Iterator[Bad]:
    """Small files that would cost gigabytes, or minutes."""
    idat = _chunk(b"IDAT", zlib.compress(bytes(50_000_000), 9))
    yield Bad("bomb.png", _png(60_000, 60_000, idat), "60,000 × 60,000 pixels (3,600 megapixels)")
    yield Bad("bomb.jpg", _with_size(encoded("JPEG"), 65_500, 65_500), "megapixels")
    yield Bad("bomb.gif", _gif_bomb(3), "megapixels")
    yield Bad("animated-bomb.gif", _gif_bomb(50_000), "megapixels")
    webp = bytearray(encoded("WEBP", lossless=True))
    webp[21:25] = struct.pack("<I", 0x3FFE | 0x3FFE << 14)  # VP8L: 16,383 × 16,383
    yield Bad("bomb.webp", bytes(webp), "pixels")
    bmp = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 30_000, 30_000, 1, 24, 0, 0, 0, 0, 0, 0)
    yield Bad("bomb.bmp", bmp, "megapixels")
    scans = encoded("JPEG", progressive=True)
    first = scans.index(b"\xff\xda")
    again = scans.index(b"\xff\xda", first + 2)
    yield Bad("thousand-scans.jpg", scans[:first] + scans[first:again] * 1000 + scans[again:], "damaged")


def malformed() -> Iterator[Bad]:
    """All of them; names are distinct."""
    yield from _other_files()
    yield from _other_pictures()
    yield from _broken()
    yield from _bombs()
