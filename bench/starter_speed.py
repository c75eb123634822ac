"""How fast the starter encoder is, and what bounds it: shares of each stage, and bfloat16 beside float32.

    python -m bench.starter_speed [FOLDER]

Seconds are processor time on one thread, the best of several rounds, so other programs disturb them little;
shares and ratios carry over to other machines, pictures a second do not.
"""

from __future__ import annotations

import argparse
import io
import resource
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

from core.encoders import colour, efficientnet
from core.encoders.base import Document, Prompt
from core.encoders.starter import StarterEncoder, build
from core.settings import EncoderSettings

PHOTOS = Path(__file__).parents[2] / "shared" / "photos" / "catalog"
CACHE = Path(tempfile.gettempdir()) / "lookalike-bench"
COUNT, ROUNDS = 64, 5


def seconds(task: Callable[[], object]) -> float:
    """Least processor time of all threads in a few rounds, after one to warm up."""
    task()
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        task()
        rounds.append(time.process_time() - start)
    return min(rounds)


def open_encoder(precision: str) -> tuple[StarterEncoder, float]:
    start = time.perf_counter()
    encoder = build(EncoderSettings.model_validate({"precision": precision, "threads": 1}), CACHE)
    return encoder, time.perf_counter() - start


def stages(files: list[bytes], images: list[Image.Image], encoder: StarterEncoder) -> dict[str, float]:
    """Seconds of each stage for all pictures, in the order in which they are run."""
    squares = [np.asarray(efficientnet.square(image)) for image in images]
    stacked, grids = np.stack(squares), torch.ones(len(images), efficientnet.GRID, efficientnet.GRID)
    network = efficientnet.load()
    network.reduce_precision(encoder.runtime.dtype)

    def see() -> None:
        with torch.inference_mode():
            for at in range(0, len(stacked), 16):
                network(efficientnet.prepare(stacked[at : at + 16]), grids[at : at + 16])

    documents = [Document(image, f"Striped thing no. {index}") for index, image in enumerate(images)]
    parts = {
        "decode the JPEG": seconds(lambda: [Image.open(io.BytesIO(data)).convert("RGB") for data in files]),
        "cut and scale": seconds(lambda: [efficientnet.square(image) for image in images]),
        "colour and place": seconds(lambda: [colour.describe(square) for square in squares]),
        "network": seconds(see),
    }
    whole = seconds(lambda: encoder.encode_images(documents))
    parts["meaning, title, vectors"] = max(0.0, whole - sum(list(parts.values())[1:]))
    return parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=PHOTOS)
    files = [path.read_bytes() for path in sorted(parser.parse_args().folder.glob("*.jpg"))[:COUNT]]
    images = [Image.open(io.BytesIO(data)).convert("RGB") for data in files]
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    totals, vectors = {}, {}
    for precision in ("float32", "bfloat16"):
        encoder, _ = open_encoder(precision)
        encoder, loading = open_encoder(precision)
        parts = stages(files, images, encoder)
        totals[precision] = sum(parts.values())
        vectors[precision] = encoder.encode_images([Document(image) for image in images])
        print(
            f"{encoder.runtime}: {len(images) / totals[precision]:.0f} pictures/s, loaded in {loading:.1f} s (cached)"
        )
        for name, spent in parts.items():
            print(f"  {name:28} {1000 * spent / len(images):6.2f} ms a picture {spent / totals[precision]:6.0%}")
        for name, prompt in {
            "a query: picture": Prompt(images[0]),
            "a query: words": Prompt(text="a striped mug"),
            "a query: picture and words": Prompt(images[0], "find a mug like this"),
        }.items():
            print(f"  {name:28} {1000 * seconds(partial(encoder.encode_queries, [prompt])):6.2f} ms")
    cosines = (vectors["float32"] * vectors["bfloat16"]).sum(1)
    print(f"bfloat16 is {totals['float32'] / totals['bfloat16']:.2f} times as fast as float32")
    print(f"cosine of their vectors: mean {cosines.mean():.5f}, least {cosines.min():.5f}")
    print(f"memory of this process at its peak: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")


if __name__ == "__main__":
    main()
