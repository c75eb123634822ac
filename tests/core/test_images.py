"""Decoding: what comes out is upright RGB on white; what does not come out has a clear reason."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageDraw

from core.errors import PictureError
from core.images import content_hash, decode, read, thumbnail
from core.images.pixels import LONG_SIDE, SHORT_SIDE, to_rgb, working_copy
from core.settings import ImageSettings

LIMITS = ImageSettings()
RED, BLUE, WHITE = (220, 30, 30), (30, 30, 220), (255, 255, 255)


def two_halves(width: int = 60, height: int = 40) -> Image.Image:
    """Red above blue: shows which way is up."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (0, height // 2, width, height))
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(out, quality=95, **options)
    else:
        image.save(out, kind, **options)
    return out.getvalue()


def near(pixel: object, colour: tuple[int, int, int], within: int = 24) -> bool:
    assert isinstance(pixel, tuple)
    return max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) <= within


def upright(image: Image.Image) -> bool:
    width, height = image.size
    above, below = image.getpixel((width // 2, height // 8)), image.getpixel((width // 2, height - 1 - height // 8))
    return near(above, RED) and near(below, BLUE)


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
        ("BMP", "image/bmp"),
        ("AVIF", "image/avif"),
        ("HEIF", "image/heic"),
    ],
)
def test_every_accepted_format(kind: str, media_type: str) -> None:
    data = encoded(two_halves(), kind)
    picture = decode(data, LIMITS, "misleading.txt")
    assert picture.media_type == media_type
    assert picture.size == picture.image.size == (60, 40)
    assert picture.image.mode == "RGB"
    assert type(picture.image) is Image.Image
    assert upright(picture.image)
    assert picture.data == data
    assert picture.hash == content_hash(data)


_UNDO = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_exif_orientation(kind: str, turn: int) -> None:
    stored, undo = two_halves(60, 40), _UNDO[turn]
    if undo is not None:
        stored = stored.transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = turn
    picture = decode(encoded(stored, kind, exif=exif.tobytes()), LIMITS)
    assert picture.size == picture.image.size == (60, 40)
    assert upright(picture.image)


@pytest.mark.parametrize(
    "block", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"junk"]
)
def test_broken_exif_leaves_the_picture(block: bytes) -> None:
    assert upright(decode(encoded(two_halves(), "JPEG", exif=block), LIMITS).image)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_hostile_exif_is_not_even_looked_at(kind: str) -> None:
    entries = b"".join(struct.pack("<HHII", 0x9000 + number, 2, 0x7FFFFFFF, 0x7FFFFF00) for number in range(500))
    block = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 500) + entries
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the encoder looks
        data = encoded(two_halves(), kind, exif=block)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert upright(decode(data, LIMITS).image)


def disc(mode: str) -> Image.Image:
    """A red disc on nothing."""
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((12, 12, 52, 52), fill=(*RED, 255))
    return image.convert(mode)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "HEIF"])
def test_alpha_lies_on_white(kind: str) -> None:
    image = decode(encoded(disc("RGBA"), kind), LIMITS).image
    assert near(image.getpixel((1, 1)), WHITE)
    assert near(image.getpixel((32, 32)), RED)


def test_half_transparent_is_half_white() -> None:
    image = decode(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 128)), "PNG"), LIMITS).image
    assert near(image.getpixel((4, 4)), (127, 127, 127), within=1)


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_palette_transparency_lies_on_white(kind: str) -> None:
    palette = disc("RGB").quantize(8)
    corner = palette.getpixel((0, 0))
    image = decode(encoded(palette, kind, transparency=corner), LIMITS).image
    assert near(image.getpixel((1, 1)), WHITE)
    assert near(image.getpixel((32, 32)), RED)


def test_grey_with_alpha_and_colour_key() -> None:
    grey = Image.new("LA", (8, 8), (0, 0))
    assert near(decode(encoded(grey, "PNG"), LIMITS).image.getpixel((4, 4)), WHITE)
    keyed = encoded(Image.new("RGB", (8, 8), RED), "PNG", transparency=RED)
    assert near(decode(keyed, LIMITS).image.getpixel((4, 4)), WHITE)


def test_cmyk_with_and_without_adobes_marker() -> None:
    data = encoded(two_halves().convert("CMYK"), "JPEG", quality=95)
    assert upright(decode(data, LIMITS).image), "Pillow writes Adobe's marker and inverted values"
    start = data.index(b"\xff\xee")
    without = data[:start] + data[start + 2 + int.from_bytes(data[start + 2 : start + 4], "big") :]
    plain = decode(without, LIMITS).image
    inverted = ImageChops.invert(two_halves().convert("CMYK")).convert("RGB")
    assert near(plain.getpixel((30, 5)), inverted.getpixel((30, 5)))  # type: ignore[arg-type]


def test_sixteen_bits_keep_their_range() -> None:
    ramp = np.linspace(0, 65535, 256, dtype=np.uint16)[None, :].repeat(8, axis=0)
    image = decode(encoded(Image.fromarray(ramp), "PNG"), LIMITS).image
    values = np.asarray(image)[0, :, 0]
    assert values[0] == 0
    assert values[-1] == 255
    assert np.all(np.abs(np.diff(values.astype(int)) - 1) <= 1)


@pytest.mark.parametrize(
    "mode",
    ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "I;16", "PA", "RGBa", "RGBX"],
)
@pytest.mark.parametrize("size", [(40, 30), (3 * SHORT_SIDE, 2 * SHORT_SIDE + 7)])
def test_any_mode_becomes_rgb(mode: str, size: tuple[int, int]) -> None:
    image = Image.new(mode, size)
    copy = working_copy(image)
    assert copy.mode == "RGB"
    assert SHORT_SIDE <= min(copy.size) < 2 * SHORT_SIDE or copy.size == size


def test_floats_are_stretched_and_hold_no_surprises() -> None:
    values = np.array([[0.0, 0.5, 1000.0, np.nan, np.inf, -np.inf]], dtype=np.float32)
    assert [p[0] for p in to_rgb(Image.fromarray(values)).get_flattened_data()] == [0, 0, 255, 0, 255, 0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP"])
def test_large_pictures_are_reduced_and_keep_their_true_size(kind: str) -> None:
    picture = decode(encoded(two_halves(3001, 1999), kind), ImageSettings(max_bytes=40_000_000))
    assert picture.size == (3001, 1999)
    assert SHORT_SIDE <= min(picture.image.size) < 2 * SHORT_SIDE
    assert abs(picture.image.width / picture.image.height - 3001 / 1999) < 0.01
    assert upright(picture.image)


def test_reduction_in_strips_equals_reduction_at_once() -> None:
    rng = np.random.default_rng(1)
    image = Image.fromarray(rng.integers(0, 256, (2 * SHORT_SIDE + 501, 2 * SHORT_SIDE + 3, 3), dtype=np.uint8))
    assert ImageChops.difference(working_copy(image), image.reduce(2)).getbbox() is None


@pytest.mark.parametrize("size", [(30, 2000), (2000, 30), (1, 1), (1, 60_000), (60_000, 1)])
def test_extreme_shapes(size: tuple[int, int]) -> None:
    for kind in ("PNG", "JPEG"):
        picture = decode(encoded(Image.new("RGB", size, RED), kind), LIMITS)
        assert picture.size == size
        assert max(picture.image.size) <= LONG_SIDE
        assert near(picture.image.getpixel((0, 0)), RED)


def test_animations_give_their_first_picture() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE, WHITE)]
    for kind in ("GIF", "PNG", "WEBP", "AVIF"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert near(decode(data, LIMITS).image.getpixel((10, 10)), RED), kind


def test_caps_on_bytes_and_pixels() -> None:
    data = encoded(two_halves(200, 100), "PNG")
    with pytest.raises(PictureError, match=r"“a\.png” has 200 × 100 pixels \(0\.02 megapixels\)") as caught:
        decode(data, ImageSettings(max_pixels=19_999), "a.png")
    assert "smaller" in caught.value.advice
    with pytest.raises(PictureError, match="MB"):
        decode(b"\xff\xd8\xff" + bytes(2000), ImageSettings(max_bytes=2000))


def test_many_threads_at_once() -> None:
    data = {kind: encoded(two_halves(1000, 1100), kind) for kind in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")}
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda kind: upright(decode(data[kind], LIMITS).image), list(data) * 6))


def test_reading_files(tmp_path: Path) -> None:
    path = tmp_path / "bild.jpg"
    path.write_bytes(encoded(two_halves(), "JPEG"))
    assert read(path, LIMITS).size == (60, 40)
    with pytest.raises(PictureError, match=r"“absent\.jpg” does not exist"):
        read(tmp_path / "absent.jpg", LIMITS)
    with pytest.raises(PictureError, match="folder"):
        read(tmp_path, LIMITS)
    with pytest.raises(PictureError, match="device or pipe"):
        read(Path("/dev/zero"), LIMITS)
    with pytest.raises(PictureError, match=r"name is not usable|does not exist"):
        read(tmp_path / "a\0b.jpg", LIMITS)
    with pytest.raises(PictureError, match="too long"):
        read(tmp_path / f"{'x' * 300}.jpg", LIMITS)
    with path.open("ab") as file:
        file.truncate(LIMITS.max_bytes + 1)
    with pytest.raises(PictureError, match="20 MB"):
        read(path, LIMITS)


def test_names_in_reasons_are_tame() -> None:
    with pytest.raises(PictureError) as caught:
        decode(b"", LIMITS, "../../etc/\u202eevil\x07" + "x" * 300 + ".jpg")
    assert caught.value.reason.startswith("“evilxxx")
    assert len(caught.value.reason) < 130


def test_thumbnails() -> None:
    source = two_halves(900, 300)
    small = Image.open(io.BytesIO(thumbnail(source, 120)))
    assert (small.format, small.mode, small.size) == ("JPEG", "RGB", (120, 40))
    assert upright(small)
    assert source.size == (900, 300)
    assert Image.open(io.BytesIO(thumbnail(two_halves(50, 20), 120))).size == (50, 20), "never enlarged"


def test_pictures_keep_their_bytes_out_of_logs() -> None:
    data = encoded(two_halves(), "PNG")
    assert len(repr(decode(data, LIMITS))) < 300


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss counts other units elsewhere")
def test_a_large_picture_is_held_in_memory_once(tmp_path: Path) -> None:
    """25 megapixels with alpha are 100 MB decoded; three copies at once would be 275."""
    path = tmp_path / "large.png"
    Image.new("RGBA", (5000, 5000), (10, 20, 30, 128)).save(path, compress_level=1)
    program = (
        "import resource, sys; from pathlib import Path; from core.images import read; "
        "from core.settings import ImageSettings; peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        "before = peak(); read(Path(sys.argv[1]), ImageSettings()); print(peak() - before)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, check=True, text=True)
    assert int(done.stdout) < 150_000, "kB"
