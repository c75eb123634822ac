"""How fast is visualized-bge here, against the way the tutorial computes it, and how near to the machine's limit?

    python -m bench.encode [--photos FOLDER] [--weights FILE] [--rounds 3] [--fidelity 500] [--start]

One run, the same weights (random ones of the true shape unless a file is named), pictures decoded each time:
the tutorial's way (one picture after the other, float32; see bench/plain_bge.py), and ours in the arithmetic
that is chosen here, in batches of 1, 8 and 32, alternating in rounds. Then queries: a picture with words, the
same picture with other words, words alone. The share is of the machine's own matrix product, measured beside.

Times are medians over the rounds: by the clock, and of the processor (all threads), which other programs on
the machine disturb less; a processor time halves by the clock where two cores work. ``--fidelity`` compares
the chosen arithmetic with float32, ``--start`` measures start and memory in a process of its own.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer

from bench.plain_bge import PlainBge, random_state
from core.encoders import visualized, weights
from core.encoders.base import Document, Prompt
from core.encoders.files import locate
from core.encoders.openvino_backend import OpenVino
from core.encoders.runtime import Lanes, Runtime, choose
from core.encoders.visualized_bge import VisualizedBge
from core.images import decode
from core.settings import EncoderSettings, ImageSettings

NAME = "visualized-bge"
GFLOP = 70.5
"""Of one picture through base: 24 layers of 14.2 million weights, twice 197 tokens each, and attention."""
LIMITS = ImageSettings()
WORDS = "find a phone case with this theme"


class Timed:
    """Milliseconds of each round, by name: of the clock and of the processor."""

    def __init__(self) -> None:
        self.clock: dict[str, list[float]] = {}
        self.processor: dict[str, list[float]] = {}

    def measure(self, name: str, count: int, work: Callable[[], object]) -> None:
        """One round of ``count`` pictures."""
        clock, processor = time.perf_counter(), time.process_time()
        work()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.clock.setdefault(name, []).append(1e3 * (time.perf_counter() - clock) / count)
        self.processor.setdefault(name, []).append(1e3 * (time.process_time() - processor) / count)

    def print(self, reference: str, peaks: Sequence[float] = ()) -> None:
        """A line for each name; ``peaks`` in GFLOP/s, one for each round, or none to leave the share out."""
        print(f"{'':34}{'ms clock':>9}{'ms processor':>14}{'times faster':>14}{'by processor':>14}{'of peak':>9}")
        for name in self.clock:
            clock, processor = statistics.median(self.clock[name]), statistics.median(self.processor[name])
            faster = statistics.median(a / b for a, b in zip(self.clock[reference], self.clock[name], strict=True))
            by_processor = statistics.median(
                a / b for a, b in zip(self.processor[reference], self.processor[name], strict=True)
            )
            shares = [GFLOP / taken * 1e3 / peak for taken, peak in zip(self.clock[name], peaks, strict=False)]
            share = f"{statistics.median(shares):9.0%}" if shares else ""
            print(f"{name:34}{clock:9.0f}{processor:14.0f}{faster:14.1f}{by_processor:14.1f}{share}")


def matrix_peak(runtime: Runtime) -> float:
    """GFLOP/s of matrix products in the encoder's own arithmetic, all cores."""
    side = 2048 if runtime.device.type == "cpu" else 8192
    layer = torch.nn.Linear(side, side)
    model = torch.nn.Sequential(layer)
    runtime.place(model)
    rows = torch.randn(side, side, device=runtime.device, dtype=runtime.dtype)
    lanes = Lanes(runtime.threads)
    best = 0.0
    for _ in range(5):
        started = time.perf_counter()
        lanes.run([lambda: [model(rows) for _ in range(4)]] * (runtime.threads if runtime.device.type == "cpu" else 1))
        if runtime.device.type == "cuda":
            torch.cuda.synchronize()
        products = 4 * (runtime.threads if runtime.device.type == "cpu" else 1)
        best = max(best, products * 2 * side**3 / 1e9 / (time.perf_counter() - started))
    lanes.close()
    return best


def documents(lanes: Lanes, paths: Sequence[Path]) -> list[Document]:
    parts = lanes.spread(lambda part: [decode(path.read_bytes(), LIMITS) for path in part], paths, 4)
    return [Document(picture.image) for part in parts for picture in part]


def pictures(plain: PlainBge, ours: VisualizedBge, paths: Sequence[Path], rounds: int) -> tuple[Timed, list[float]]:
    timed, peaks = Timed(), []
    lanes = Lanes(ours.runtime.threads)
    endless = itertools.cycle(paths)

    def take(count: int) -> list[Path]:
        return list(itertools.islice(endless, count))

    def batch(size: int) -> None:
        ours.encode_images(documents(lanes, take(size)))

    sizes = (1, 8, 32) if ours.runtime.device.type == "cpu" else (1, 8, 32, 128, 512)
    for warm in (True, *[False] * rounds):
        target = Timed() if warm else timed
        if not warm:
            peaks.append(matrix_peak(ours.runtime))
        target.measure("picture, the tutorial's way", 2, lambda: [plain.encode(path) for path in take(2)])
        for size in sizes:
            repeats = 4 if size == 1 else 1
            work = partial(batch, size)
            target.measure(
                f"picture, ours, batch {size}", size * repeats, lambda w=work, r=repeats: [w() for _ in range(r)]
            )
        if ours.runtime.device.type == "cuda":
            ready = documents(lanes, take(512))
            target.measure("picture, ours, decoded before", 512, lambda ready=ready: ours.encode_images(ready))
    lanes.close()
    return timed, peaks


def queries(plain: PlainBge, ours: VisualizedBge, paths: Sequence[Path], rounds: int) -> Timed:
    timed = Timed()
    for number, path in zip(range(-1, rounds), itertools.cycle(paths), strict=False):
        target = timed if number >= 0 else Timed()
        image = decode(path.read_bytes(), LIMITS).image
        target.measure("query, the tutorial's way", 1, lambda path=path: plain.encode(path, WORDS))
        first = Prompt(image, WORDS)
        target.measure("query, ours, first", 1, lambda first=first: ours.encode_queries([first]))
        again = Prompt(image, f"{WORDS} in red")
        target.measure("query, ours, other words", 1, lambda again=again: ours.encode_queries([again]))
        target.measure("words alone, the tutorial's way", 1, lambda: plain.encode(text=WORDS))
        words = Prompt(text=WORDS)
        target.measure("words alone, ours", 1, lambda words=words: ours.encode_queries([words]))
    return timed


def fidelity(ours: VisualizedBge, exact: VisualizedBge, paths: Sequence[Path]) -> None:
    images = [decode(path.read_bytes(), LIMITS).image for path in paths]
    rows = []
    for encoder in (ours, exact):
        parts = [
            encoder.encode_images([Document(image) for image in images[at : at + 16]])
            for at in range(0, len(images), 16)
        ]
        rows.append(np.concatenate(parts))
    cosines = (rows[0] * rows[1]).sum(axis=1)
    nearest = [np.argsort(-(row @ row.T) + 2 * np.eye(len(row)), axis=1)[:, :10] for row in rows]
    overlap = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(*nearest, strict=True)])
    spread = np.median((rows[1] @ rows[1].T)[np.triu_indices(len(images), 1)])
    print(
        f"\nagainst float32, {len(images)} pictures: cosine {cosines.mean():.5f} (least {cosines.min():.5f}), "
        f"top 10 overlap {overlap:.4f} (two pictures of these: cosine {spread:.3f})"
    )


def start(file: Path, precision: str, backend: str) -> None:
    """Processor seconds and resident memory of processes that do as the program does, the median of three.

    Load the encoder, encode 32 pictures, and rest a moment, in which freed memory goes back to the system.
    """
    program = (
        "from core import memory; memory.share_arenas()\n"
        "import resource, sys, time; from pathlib import Path; from core.encoders import registry\n"
        "from core.settings import EncoderSettings; from core.encoders.base import Document; from PIL import Image\n"
        "from core.encoders.batching import EncoderService\n"
        "def resident(): return int(open('/proc/self/statm').read().split()[1]) * resource.getpagesize() / 1e9\n"
        "settings = EncoderSettings(name='visualized-bge', weights=sys.argv[1], precision=sys.argv[3], "
        "backend=sys.argv[4])\n"
        "service = EncoderService(registry.build(settings, Path(sys.argv[2])), 32)\n"
        "loaded = time.process_time(), resident()\n"
        "service.submit_images([Document(Image.new('RGB', (400, 300), 'red'))] * 32).result()\n"
        "time.sleep(2); print(*loaded, resident())\n"
    )
    with tempfile.TemporaryDirectory() as cache:
        for path in (file, converted(file, Path(cache))):
            command = [sys.executable, "-c", program, str(path), cache, precision, backend]
            runs = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(3)]
            seconds, loaded, used = np.median([[float(figure) for figure in run.split()] for run in runs], axis=0)
            print(f"{path.suffix:13}{seconds:.1f} s of processor, {loaded:.2f} GB; after a batch of 32 {used:.2f} GB")


def converted(file: Path, folder: Path) -> Path:
    target = folder / "visualized-bge.safetensors"
    weights.write(weights.read(file), target)
    return target


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=Path, default=Path("../shared/photos/catalog"))
    parser.add_argument("--weights", type=Path, help="Visualized_base_en_v1.5.pth; else random ones")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fidelity", type=int, default=0, metavar="COUNT")
    parser.add_argument("--start", action="store_true")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--backend", choices=("torch", "openvino"), default="torch")
    arguments = parser.parse_args()
    paths = sorted(path for path in arguments.photos.rglob("*") if path.suffix in (".jpg", ".jpeg", ".png", ".webp"))
    if not paths:
        sys.exit(f"No pictures in {arguments.photos}; name a folder with --photos.")

    tokenizer = Tokenizer.from_file(str(locate(NAME, "", Path(), lambda _: Path()).tokenizer))
    tokenizer.no_padding()
    state = torch.load(arguments.weights, weights_only=True, mmap=True) if arguments.weights else random_state()
    runtime = choose(
        EncoderSettings(precision=arguments.precision, threads=arguments.threads, backend=arguments.backend)
    )
    torch.set_num_threads(runtime.threads)
    network = visualized.load(state)
    if runtime.backend == "openvino":
        with tempfile.TemporaryDirectory() as cache:
            OpenVino(runtime, Path(cache)).take_over(network)
    ours = VisualizedBge(NAME, network, tokenizer, runtime)
    exact = VisualizedBge(
        NAME, visualized.load(state), tokenizer, Runtime(torch.device("cpu"), torch.float32, False, runtime.threads)
    )
    plain = PlainBge(state, tokenizer)

    image = Image.open(paths[0]).convert("RGB")
    difference = np.abs(plain.encode(paths[0], WORDS) - exact.encode_queries([Prompt(image, WORDS)])).max()
    print(f"{runtime}; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"ours in float32 differs from the tutorial's way by {difference:.1e} at most\n")
    timed, peaks = pictures(plain, ours, paths, arguments.rounds)
    timed.print("picture, the tutorial's way", peaks)
    print(f"peak: matrix products of {runtime.dtype}, {statistics.median(peaks):,.0f} GFLOP/s\n")
    queries(plain, ours, paths, arguments.rounds).print("query, the tutorial's way")
    if arguments.fidelity:
        fidelity(ours, exact, paths[: arguments.fidelity])
    if arguments.start:
        with tempfile.TemporaryDirectory() as folder:
            file = arguments.weights or Path(folder) / "Visualized_base_en_v1.5.pth"
            if not arguments.weights:
                torch.save(state, file)
            start(file, arguments.precision, arguments.backend)


if __name__ == "__main__":
    main()
