"""How long a search takes from request to answer with panorama, and which stage takes it.

    python -m bench.search [--items 1000] [--searches 60]

The catalogue is the showroom and variants of it (mirrored, tinted, cropped), on the embedded stores, without a
ranking model. Pictures and words are asked for in turn. Beside each search the same query is encoded alone: what a
search costs beyond its encoder is the ratio, which other load on the machine hardly changes. ``first`` counts
searches whose thumbnails had to be decoded; ``again`` repeats the same queries.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from PIL import Image, ImageOps

from core import images, logs, showroom
from core.catalog import NewItem
from core.encoders.base import Prompt
from core.engine import Engine
from core.models import LOCAL, Answer, Query, Stage
from core.settings import LogSettings, RerankerSettings, Settings

TINTS = ("#ff8080", "#80ff80", "#8080ff", "#ffff80")
WORDS = ("red mug", "leopard phone case", "striped t-shirt", "something with dots", "a blue bag")
BATCH = 32


def variants(image: Image.Image) -> Iterator[Image.Image]:
    """The picture, and others that count as distinct products."""
    yield image
    yield ImageOps.mirror(image)
    for tint in TINTS:
        yield Image.blend(image, Image.new("RGB", image.size, tint), 0.35)
    width, height = image.size
    yield image.crop((width // 6, height // 6, width, height))


def products(count: int, settings: Settings) -> Iterator[NewItem]:
    """As many products as wanted."""
    made = 0
    for sample in showroom.products():
        for number, image in enumerate(variants(sample.image)):
            if made == count:
                return
            file = io.BytesIO()
            image.save(file, "JPEG", quality=90)
            picture = images.decode(file.getvalue(), settings.images)
            yield NewItem(LOCAL, picture, f"{sample.title} {number}", sample.price, "EUR", sample.category)
            made += 1


def queries(settings: Settings, count: int) -> list[Query]:
    """Photos with words, words alone, and photos alone, in turn."""
    swatches = [(images.decode(swatch.jpeg(), settings.images), swatch.text) for swatch in showroom.queries()]
    made = []
    for number in range(count):
        picture, text = swatches[number % len(swatches)]
        kind = number % 3
        words = text if kind == 0 else WORDS[number // 3 % len(WORDS)] if kind == 1 else ""
        made.append(Query(LOCAL, () if kind == 1 else (picture,), words, shown=()))
    return made


async def encode_alone(engine: Engine, query: Query) -> float:
    """Seconds that the encoder takes for the query."""
    started = perf_counter()
    prompt = Prompt(query.pictures[0].image if query.pictures else None, query.text)
    await engine.encoder.encode_query(prompt)
    return perf_counter() - started


async def search(engine: Engine, query: Query) -> tuple[float, Answer]:
    """Seconds from request to answer, and the answer."""
    started = perf_counter()
    answer = await engine.finder.find(query)
    return perf_counter() - started, answer


async def measure(engine: Engine, wanted: list[Query]) -> None:
    """Run all queries twice and print what they took."""
    for query in wanted[:3]:
        await search(engine, query)
    for label in ("first", "again"):
        alone, whole, answers = [], [], []
        for query in wanted:
            alone.append(await encode_alone(engine, query))
            seconds, answer = await search(engine, query)
            whole.append(seconds)
            answers.append(answer)
        ratio = statistics.median(total / own for total, own in zip(whole, alone, strict=True))
        tail = statistics.quantiles(whole, n=20)[-1]
        print(
            f"{label}: median {1000 * statistics.median(whole):.0f} ms, p95 {1000 * tail:.0f} ms, "
            f"{ratio:.2f} times the encoder alone ({1000 * statistics.median(alone):.0f} ms)"
        )
        stages = {stage: statistics.median(answer.timings[stage] for answer in answers) for stage in list(Stage)[:4]}
        for stage, seconds in stages.items():
            print(f"  {stage:9} {1000 * seconds:6.1f} ms  {seconds / sum(stages.values()):4.0%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--searches", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data_dir=Path(folder), log=LogSettings(level="error"), reranker=RerankerSettings(enabled=False)
        )
        logs.configure(settings)
        with Engine.open(settings) as engine:
            batch: list[NewItem] = []
            with engine.catalog.bulk():
                for product in products(options.items, settings):
                    batch.append(product)
                    if len(batch) == BATCH:
                        engine.catalog.put(batch)
                        batch = []
                engine.catalog.put(batch)
            print(f"{engine.catalog.count(LOCAL)} items, {engine.encoder.identity}")
            asyncio.run(measure(engine, queries(settings, options.searches)))


if __name__ == "__main__":
    main()
