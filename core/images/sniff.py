"""What bytes are, told from the bytes alone: names and headers lie.

Signatures: the formats' own specifications, as collected in https://mimesniff.spec.whatwg.org/ and
https://en.wikipedia.org/wiki/List_of_file_signatures.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from enum import StrEnum

from core.errors import PictureError
from core.words import Sentence

_SEND_PICTURE = Sentence("picture.send_advice")
_SAVE_AS = Sentence("picture.other_format_advice")
_OPEN_LINK = Sentence("picture.link_advice")
_THIS = Sentence("picture.this")
_HEAD = 4096


class Kind(StrEnum):
    """The picture formats that are decoded; the value is the media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    GIF = "image/gif"
    BMP = "image/bmp"
    HEIC = "image/heic"
    AVIF = "image/avif"


_ACCEPTED = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
)
_BMP_HEADER_SIZES = {b"\x0c\0\0\0", b"\x28\0\0\0", b"\x34\0\0\0", b"\x38\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"}
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}

_OTHER_PICTURES: tuple[tuple[bytes, str], ...] = (
    (b"II*\0", "format.tiff"),
    (b"MM\0*", "format.tiff"),
    (b"II+\0", "format.bigtiff"),
    (b"MM\0+", "format.bigtiff"),
    (b"FUJIFILMCCD-RAW", "format.raw"),
    (b"8BPS", "format.photoshop"),
    (b"gimp xcf", "format.gimp"),
    (b"\0\0\x01\0", "format.windows_icon"),
    (b"\0\0\x02\0", "format.windows_cursor"),
    (b"icns", "format.apple_icon"),
    (b"\0\0\0\x0cjP  ", "format.jpeg_2000"),
    (b"\xff\x4f\xff\x51", "format.jpeg_2000"),
    (b"\0\0\0\x0cJXL ", "format.jpeg_xl"),
    (b"\xff\x0a", "format.jpeg_xl"),
    (b"v/1\x01", "format.openexr"),
    (b"#?RADIANCE", "format.radiance"),
    (b"DDS ", "format.directdraw"),
    (b"qoif", "format.qoi"),
    (b"\xd7\xcd\xc6\x9a", "format.windows_metafile"),
    (b"FLIF", "format.flif"),
    (b"BPG\xfb", "format.bpg"),
)

_OTHER_FILES: tuple[tuple[bytes, str], ...] = (
    (b"%!PS", "format.postscript"),
    (b"\xc5\xd0\xd3\xc6", "format.postscript"),
    (b"{\\rtf", "format.rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "format.office"),
    (b"\x1f\x8b", "format.gzip"),
    (b"BZh", "format.bzip2"),
    (b"\xfd7zXZ\0", "format.xz"),
    (b"\x28\xb5\x2f\xfd", "format.zstandard"),
    (b"7z\xbc\xaf\x27\x1c", "format.seven_zip"),
    (b"Rar!\x1a\x07", "format.rar"),
    (b"\x1aE\xdf\xa3", "format.video"),
    (b"\0\0\x01\xba", "format.video"),
    (b"FLV\x01", "format.video"),
    (b"OggS", "format.ogg"),
    (b"ID3", "format.sound"),
    (b"fLaC", "format.sound"),
    (b"\xff\xfb", "format.sound"),
    (b"MZ", "format.program"),
    (b"\x7fELF", "format.program"),
    (b"\xcf\xfa\xed\xfe", "format.program"),
    (b"SQLite format 3\0", "format.database"),
    (b"\0\x05\x16\x07", "format.macos_metadata"),
    (b"\0\x05\x16\0", "format.macos_metadata"),
    (b"\0\0\0\x01Bud1", "format.ds_store"),
    (b"wOFF", "format.font"),
    (b"wOF2", "format.font"),
    (b"\0\x01\0\0\0", "format.font"),
    (b"OTTO", "format.font"),
)

_SIGN_IN = re.compile(rb"type\s*=\s*[\"']?password|sign[\s_-]?in|log[\s_-]?in|sso|oauth", re.IGNORECASE)
_HTML = re.compile(rb"<!doctype\s+html|<(html|head|body|script|title|meta|iframe|h1|div|table|p)[\s>/]", re.IGNORECASE)


def kind_of(data: bytes, subject: str = _THIS) -> Kind:
    """Name the picture format of ``data``.

    Args:
        data: all bytes of the file, not empty.
        subject: how the file is called in the reason, such as ``This`` or ``“shoe.jpg”``.

    Raises:
        PictureError: not an accepted picture; the reason says what it is instead.
    """
    return _accepted(data) or _refuse(data, subject)


def _accepted(data: bytes) -> Kind | None:
    for signature, kind in _ACCEPTED:
        if data.startswith(signature):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data.startswith(b"BM") and data[14:18] in _BMP_HEADER_SIZES:
        return Kind.BMP
    if data[4:8] == b"ftyp":
        brands = _brands(data)
        if brands & _AVIF_BRANDS:
            return Kind.AVIF
        return Kind.HEIC if brands & _HEIC_BRANDS else None
    return None


def _brands(data: bytes) -> set[bytes]:
    """Major and compatible brands of an ISO base media file (ISO/IEC 14496-12, 4.3)."""
    end = min(int.from_bytes(data[:4], "big"), len(data), 256)
    return {data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))}


def _refuse(data: bytes, subject: str) -> Kind:
    head = data[:_HEAD]
    for signature, key in _OTHER_PICTURES:
        if head.startswith(signature):
            raise _other_format(key, subject)
    if key := _container(head) or next((k for s, k in _OTHER_FILES if head.startswith(s)), ""):
        raise _other_file(key, subject)
    _refuse_text(data, head, subject)
    if not head.strip(b"\0"):
        raise PictureError(Sentence("picture.zeros", file=subject), Sentence("picture.zeros_advice"))
    raise PictureError(Sentence("picture.unknown", file=subject), _SEND_PICTURE)


def _other_format(key: str, subject: str) -> PictureError:
    return PictureError(Sentence("picture.other_format", file=subject, format=Sentence(key)), _SAVE_AS)


def _other_file(key: str, subject: str, advice: str = _SEND_PICTURE) -> PictureError:
    return PictureError(Sentence("picture.other_file", file=subject, format=Sentence(key)), advice)


def _container(head: bytes) -> str:
    """The key of formats whose signature does not stand at the start or does not say enough."""
    key = ""
    if b"%PDF-" in head[:1024]:
        key = "format.pdf"
    elif head.startswith(b"PK\x03\x04"):
        office = any(part in head for part in (b"word/", b"xl/", b"ppt/", b"[Content_Types].xml"))
        key = "format.office" if office else "format.zip"
    elif head[257:262] == b"ustar":
        key = "format.tar"
    elif head.startswith(b"RIFF"):
        key = {b"AVI ": "format.video", b"WAVE": "format.sound"}.get(head[8:12], "")
    elif head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide"}:
        key = "format.video"
    return key


def _refuse_text(data: bytes, head: bytes, subject: str) -> None:
    text = _as_utf8(head)
    if text is None:
        return
    start = text.lstrip().lower()
    if not start:
        raise PictureError(Sentence("picture.blanks", file=subject), _SEND_PICTURE)
    if start.startswith(b"version https://git-lfs"):
        raise PictureError(Sentence("picture.git_lfs", file=subject), Sentence("picture.git_lfs_advice"))
    if b"<svg" in start and not start.startswith((b"<!doctype html", b"<html")):
        raise _other_format("format.svg", subject)
    if _HTML.search(start):
        if _SIGN_IN.search(data[:200_000]):
            raise PictureError(Sentence("picture.sign_in", file=subject), Sentence("picture.sign_in_advice"))
        raise _other_file("format.web_page", subject, _OPEN_LINK)
    if start.startswith(b"<"):
        raise _other_file("format.xml", subject, _OPEN_LINK)
    if start.startswith((b"{", b"[")):
        raise _other_file("format.json", subject, _OPEN_LINK)
    if start.startswith(b"data:image/"):
        raise PictureError(Sentence("picture.data_url", file=subject), _SEND_PICTURE)
    raise _other_file("format.text", subject)


def _as_utf8(head: bytes) -> bytes | None:
    """``head`` as UTF-8 without a byte order mark, or None when it is not text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", errors="ignore")
    else:
        text = getincrementaldecoder("utf-8-sig")("replace").decode(head)
        if text.count("\N{REPLACEMENT CHARACTER}") > len(text) // 20:
            return None
    if any(ord(letter) < 32 and letter not in "\t\n\r\f\b\x1b" for letter in text):
        return None
    return text.encode()
