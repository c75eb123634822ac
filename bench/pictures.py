"""What do safe decoding and the panorama cost? Ratios to the plain way, in the same run, on one core.

    python -m bench.pictures [--tries 15]

Decoding: ``core.images.decode`` (sniffing, caps, orientation, working copy, SHA-256) against ``Image.open`` and
``convert("RGB")``. Panorama of nine: decoding and drawing against what the tutorial does (open, squash to
300×300, paste, ``cv2.putText``, encode). Processor time, so that a busy machine blurs it less.
"""

from __future__ import annotations

import argparse
import io
import statistics
import time
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pillow_heif
from PIL import Image

from core.images import decode
from core.panorama import draw
from core.settings import ImageSettings
from core.showroom import products

LIMITS = ImageSettings(max_bytes=100_000_000)
CELL = 300


def encoded(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(out)
    else:
        image.save(out, kind)
    return out.getvalue()


def plainly(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def as_the_tutorial(pictures: Sequence[bytes], query: bytes) -> bytes:
    """``create_panoramic_view`` of milvus-io/bootcamp's multimodal tutorial, in its steps."""
    canvas = np.full((CELL * 3, CELL * 3, 3), 255, np.uint8)
    column = np.full((CELL * 3, CELL, 3), 255, np.uint8)
    shown = np.array(plainly(query).resize((CELL, CELL)))
    framed = cv2.copyMakeBorder(shown, 10, 10, 10, 10, cv2.BORDER_CONSTANT, value=(0, 0, 255))
    column[CELL * 2 :] = cv2.resize(framed, (CELL, CELL))
    cv2.putText(column, "query", (10, CELL * 3 - 30), cv2.FONT_HERSHEY_SIMPLEX, 1, (255, 0, 0), 2)
    for index, data in enumerate(pictures):
        row, place = divmod(index, 3)
        cell = np.array(plainly(data).resize((CELL, CELL)))
        cv2.putText(cell, str(index), (20, 40), cv2.FONT_HERSHEY_SIMPLEX, 1, (255, 0, 0), 2)
        canvas[row * CELL : (row + 1) * CELL, place * CELL : (place + 1) * CELL] = cell
    whole = np.hstack([column, canvas])
    return bytes(cv2.imencode(".jpg", whole[..., ::-1])[1])


def ours(pictures: Sequence[bytes], query: bytes) -> bytes:
    return draw([decode(data, LIMITS).image for data in pictures], [decode(query, LIMITS).image], "")


def milliseconds(what: Callable[[], object], tries: int) -> float:
    """Median processor time of one call."""
    what()
    taken = []
    for _ in range(tries):
        started = time.process_time()
        what()
        taken.append((time.process_time() - started) * 1000)
    return statistics.median(taken)


def line(name: str, mine: float, plain: float) -> None:
    print(f"{name:34} {mine:8.1f} ms {plain:8.1f} ms {plain / mine:8.2f} ×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=15)
    tries = parser.parse_args().tries
    cv2.setNumThreads(1)
    pillow_heif.register_heif_opener()
    samples = [sample.image for sample, _ in zip(products(), range(10), strict=False)]
    print(f"{'':34} {'ours':>11} {'plain':>11} {'gain':>10}")
    for size in ((480, 480), (4000, 3000)):
        image = samples[0].resize(size)
        for kind in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF"):
            data = encoded(image, kind)
            few = tries if size[0] < 1000 else max(3, tries // 3)
            mine = milliseconds(lambda data=data: decode(data, LIMITS), few)  # type: ignore[misc]
            plain = milliseconds(lambda data=data: plainly(data), few)  # type: ignore[misc]
            line(f"decode {kind} {size[0]}×{size[1]}", mine, plain)
    for size in ((480, 480), (2000, 1500)):
        files = [encoded(image.resize(size), "JPEG") for image in samples]
        mine = milliseconds(lambda files=files: ours(files[:9], files[9]), tries)  # type: ignore[misc]
        plain = milliseconds(lambda files=files: as_the_tutorial(files[:9], files[9]), tries)  # type: ignore[misc]
        line(f"panorama of nine {size[0]}×{size[1]}", mine, plain)
    alone = milliseconds(lambda: draw(samples[:9], samples[9:10], ""), tries)
    words = milliseconds(lambda: draw(samples[:9], [], "حقيبة ظهر مثل هذه ولكن باللون الأزرق"), tries)
    print(f"drawing alone {alone:.1f} ms, with Arabic words instead of a picture {words:.1f} ms")


if __name__ == "__main__":
    main()
