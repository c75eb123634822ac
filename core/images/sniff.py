"""What bytes are, told from the bytes alone: names and headers lie.

Signatures: the formats' own specifications, as collected in https://mimesniff.spec.whatwg.org/ and
https://en.wikipedia.org/wiki/List_of_file_signatures.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from enum import StrEnum

from core.errors import PictureError

_FORMATS = "JPEG, PNG, WebP, GIF, BMP, HEIC or AVIF"
_SEND_PICTURE = f"Send a picture as {_FORMATS}."
_SAVE_AS = "Save it as JPEG or PNG and try again."
_OPEN_LINK = "Open the link in a browser, save the picture itself, and send that file."
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
    (b"II*\0", "a TIFF or camera raw picture"),
    (b"MM\0*", "a TIFF or camera raw picture"),
    (b"II+\0", "a BigTIFF picture"),
    (b"MM\0+", "a BigTIFF picture"),
    (b"FUJIFILMCCD-RAW", "a camera raw picture"),
    (b"8BPS", "a Photoshop document"),
    (b"gimp xcf", "a GIMP document"),
    (b"\0\0\x01\0", "a Windows icon"),
    (b"\0\0\x02\0", "a Windows cursor"),
    (b"icns", "an Apple icon"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"v/1\x01", "an OpenEXR picture"),
    (b"#?RADIANCE", "a Radiance HDR picture"),
    (b"DDS ", "a DirectDraw texture"),
    (b"qoif", "a QOI picture"),
    (b"\xd7\xcd\xc6\x9a", "a Windows metafile"),
    (b"FLIF", "a FLIF picture"),
    (b"BPG\xfb", "a BPG picture"),
)

_OTHER_FILES: tuple[tuple[bytes, str], ...] = (
    (b"%!PS", "a PostScript document"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript document"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"\xfd7zXZ\0", "a compressed file (xz)"),
    (b"\x28\xb5\x2f\xfd", "a compressed file (Zstandard)"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7-Zip)"),
    (b"Rar!\x1a\x07", "an archive (RAR)"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"\0\0\x01\xba", "a video"),
    (b"FLV\x01", "a video"),
    (b"OggS", "a sound or video file"),
    (b"ID3", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"\xff\xfb", "a sound file"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"SQLite format 3\0", "a database"),
    (b"\0\x05\x16\x07", "a macOS metadata file"),
    (b"\0\x05\x16\0", "a macOS metadata file"),
    (b"\0\0\0\x01Bud1", "a macOS folder settings file (.DS_Store)"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"\0\x01\0\0\0", "a font"),
    (b"OTTO", "a font"),
)

_SIGN_IN = re.compile(rb"type\s*=\s*[\"']?password|sign[\s_-]?in|log[\s_-]?in|sso|oauth", re.IGNORECASE)
_HTML = re.compile(rb"<!doctype\s+html|<(html|head|body|script|title|meta|iframe|h1|div|table|p)[\s>/]", re.IGNORECASE)


def kind_of(data: bytes, subject: str = "This") -> Kind:
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
    for signature, words in _OTHER_PICTURES:
        if head.startswith(signature):
            raise PictureError(f"{subject} is {words}, a format that is not accepted.", _SAVE_AS)
    if words := _container(head) or next((w for s, w in _OTHER_FILES if head.startswith(s)), ""):
        raise PictureError(f"{subject} is {words}, not a picture.", _SEND_PICTURE)
    _refuse_text(data, head, subject)
    if not head.strip(b"\0"):
        raise PictureError(
            f"{subject} holds only zeros, no picture: a download or copy of it has failed.", "Fetch it again."
        )
    raise PictureError(f"{subject} is not a picture in a known format.", _SEND_PICTURE)


def _container(head: bytes) -> str:
    """Words for formats whose signature does not stand at the start or does not say enough."""
    words = ""
    if b"%PDF-" in head[:1024]:
        words = "a PDF document"
    elif head.startswith(b"PK\x03\x04"):
        office = any(part in head for part in (b"word/", b"xl/", b"ppt/", b"[Content_Types].xml"))
        words = "an Office document" if office else "an archive (ZIP)"
    elif head[257:262] == b"ustar":
        words = "an archive (tar)"
    elif head.startswith(b"RIFF"):
        words = {b"AVI ": "a video", b"WAVE": "a sound file"}.get(head[8:12], "")
    elif head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide"}:
        words = "a video"
    return words


def _refuse_text(data: bytes, head: bytes, subject: str) -> None:
    text = _as_utf8(head)
    if text is None:
        return
    start = text.lstrip().lower()
    if not start:
        raise PictureError(f"{subject} holds only blanks, no picture.", _SEND_PICTURE)
    if start.startswith(b"version https://git-lfs"):
        raise PictureError(f"{subject} is a Git LFS pointer, not the picture itself.", "Run “git lfs pull” first.")
    if b"<svg" in start and not start.startswith((b"<!doctype html", b"<html")):
        raise PictureError(f"{subject} is an SVG drawing, a format that is not accepted.", _SAVE_AS)
    if _HTML.search(start):
        if _SIGN_IN.search(data[:200_000]):
            raise PictureError(
                f"{subject} is a web page, not a picture; it seems to ask for a sign-in.",
                "The link needs an account: " + _OPEN_LINK[0].lower() + _OPEN_LINK[1:],
            )
        raise PictureError(f"{subject} is a web page, not a picture.", _OPEN_LINK)
    if start.startswith(b"<"):
        raise PictureError(f"{subject} is an XML document, not a picture.", _OPEN_LINK)
    if start.startswith((b"{", b"[")):
        raise PictureError(f"{subject} is a JSON answer or document, not a picture.", _OPEN_LINK)
    if start.startswith(b"data:image/"):
        raise PictureError(f"{subject} is a data URL in a text file, not a picture file.", _SEND_PICTURE)
    raise PictureError(f"{subject} is text, not a picture.", _SEND_PICTURE)


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
