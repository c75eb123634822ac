"""How well the starter encoder finds things: on photos of clothing, among strangers, and in the showroom.

    python -m bench.starter_quality [--catalog DIR … --queries DIR] [--strangers DIR]

DIR holds one folder of pictures for each category. Without, the sample photos beside the checkout are used
(``../shared/photos``). ``--strangers`` is a folder of unrelated photos; if they are ImageNet's, one of each
class and named by WordNet id, the classifier is checked as well. Weights were found on other photos than
those: on half of the training part of the clothing data set, and on patterns drawn for the purpose.
The bars were set on that data set's 372 test photos against its 3,409 others, so the sample photos, 50 of
each kind, give lower figures for all but words: compare like with like.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from core import showroom
from core.encoders import colour
from core.encoders.base import Document, Prompt
from core.encoders.starter import StarterEncoder, build
from core.settings import EncoderSettings

K = 9
PHOTOS = Path(__file__).parents[2] / "shared" / "photos"
NOUNS = {"longsleeve": "long sleeve shirt", "outwear": "jacket"}
COLOURS = {
    "black": ("black",), "white": ("white",), "grey": ("grey",), "red": ("red",), "green": ("green",),
    "blue": ("blue", "navy"), "pink": ("pink",), "brown": ("brown", "beige"), "yellow": ("yellow",),
}  # fmt: skip


@dataclass(frozen=True)
class Photos:
    """Paths, their categories, and the colour (CIELAB) of the thing in each as two independent judges see it."""

    paths: list[Path]
    categories: NDArray[np.str_]
    lab: NDArray[np.float32]
    middle: NDArray[np.float32]

    @classmethod
    def of(cls, pairs: Sequence[tuple[Path, str]]) -> Photos:
        return cls(
            [path for path, _ in pairs],
            np.array([name for _, name in pairs]),
            np.stack([foreground(path) for path, _ in pairs]),
            np.stack([middle(path) for path, _ in pairs]),
        )


def read(path: Path) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(path)).convert("RGB")


def middle(path: Path) -> NDArray[np.float32]:
    """The median colour (CIELAB) of the middle quarter of the picture."""
    image = read(path)
    width, height = image.size
    box = (width / 4, height / 4, width * 3 / 4, height * 3 / 4)
    small = np.asarray(image.resize((32, 32), Image.Resampling.BOX, box=box), np.float32) / 255
    return np.median(cv2.cvtColor(small, cv2.COLOR_RGB2Lab).reshape(-1, 3), axis=0)


def foreground(path: Path) -> NDArray[np.float32]:
    """The dominant colour (CIELAB) of what GrabCut takes for the foreground: not the encoder's own method."""
    small = np.asarray(read(path).resize((128, 128), Image.Resampling.BOX))
    mask = np.zeros((128, 128), np.uint8)
    cv2.grabCut(
        small[:, :, ::-1].copy(),
        mask,
        (10, 10, 108, 108),
        np.zeros((1, 65)),
        np.zeros((1, 65)),
        3,
        cv2.GC_INIT_WITH_RECT,
    )
    thing = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if thing.mean() < 0.03:
        thing[32:96, 32:96] = True
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)[thing]
    lab = lab[np.linspace(0, len(lab) - 1, 600).astype(int)]
    cv2.setRNGSeed(0)
    _, labels, centres = cv2.kmeans(lab, 3, None, (3, 10, 1), 1, cv2.KMEANS_PP_CENTERS)
    return centres[np.bincount(labels[:, 0], minlength=3).argmax()]


def folders(roots: Sequence[Path]) -> Photos:
    return Photos.of([(path, path.parent.name) for root in roots for path in sorted(root.glob("*/*.jpg"))])


def sample(name: str) -> Photos:
    with (PHOTOS / f"{name}.csv").open() as file:
        folder = PHOTOS / ("catalog" if name == "catalog" else "queries")
        return Photos.of([(folder / row["image"], row["category"]) for row in csv.DictReader(file)])


class Catalogue:
    """Photos and their vectors, with and without titles such as "Dress no. 1"."""

    def __init__(self, encoder: StarterEncoder, photos: Photos, titled: bool, strangers: Sequence[Path]) -> None:
        self.photos = photos
        self.titled = titled
        titles = [f"{name.capitalize()} no. {index}" if titled else "" for index, name in enumerate(photos.categories)]
        paths = [*photos.paths, *strangers]
        self.categories = np.array([*photos.categories, *("" for _ in strangers)])
        self.lab = np.vstack([photos.lab, np.full((len(strangers), 3), np.nan, np.float32)])
        titles += [""] * len(strangers)
        self.rows = np.vstack(
            [
                encoder.encode_images(
                    [
                        Document(read(path), title)
                        for path, title in zip(paths[at : at + 64], titles[at : at + 64], strict=True)
                    ]
                )
                for at in range(0, len(paths), 64)
            ]
        )

    def top(self, queries: NDArray[np.float32]) -> NDArray[np.intp]:
        return np.argsort(-(queries @ self.rows.T), axis=1, kind="stable")[:, :K]

    def without_strangers(self) -> Catalogue:
        other = object.__new__(Catalogue)
        count = len(self.photos.paths)
        other.photos, other.titled = self.photos, self.titled
        other.rows, other.categories, other.lab = (each[:count] for each in (self.rows, self.categories, self.lab))
        return other


def nearest_names(lab: NDArray[np.float32]) -> NDArray[np.str_]:
    examples = [(name, rgb) for name, group in colour.EXAMPLES.items() for rgb in group]
    table = cv2.cvtColor(np.array([[rgb for _, rgb in examples]], np.float32) / 255, cv2.COLOR_RGB2Lab)[0]
    distance = np.linalg.norm(lab[:, None] - table, axis=2)
    return np.array([examples[index][0] for index in np.nan_to_num(distance, nan=1e9).argmin(1)])


class Asker:
    """Encodes the queries, and compares the answers with what was wanted."""

    def __init__(self, encoder: StarterEncoder, photos: Photos) -> None:
        self.encoder, self.photos = encoder, photos
        self.images = [read(path) for path in photos.paths]
        rng = np.random.default_rng(1)
        self.categories = sorted(set(photos.categories))
        others = [[name for name in self.categories if name != own] for own in photos.categories]
        self.other = np.array([names[rng.integers(len(names))] for names in others])
        self.rng = rng

    def encode(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        return np.vstack([self.encoder.encode_queries(prompts[at : at + 64]) for at in range(0, len(prompts), 64)])

    def by_picture(self, catalogue: Catalogue) -> tuple[float, float]:
        right = catalogue.categories[catalogue.top(self.encode([Prompt(image) for image in self.images]))]
        right = right == self.photos.categories[:, None]
        precision = np.cumsum(right, 1) / np.arange(1, K + 1)
        return float(right.mean()), float((precision * right).sum(1).mean() / K)

    def by_words(self, catalogue: Catalogue, phrasing: str) -> float:
        prompts = [Prompt(text=phrasing.format(NOUNS.get(name, name))) for name in self.categories]
        right = catalogue.categories[catalogue.top(self.encode(prompts))] == np.array(self.categories)[:, None]
        return float(right.mean())

    def composed(self, catalogue: Catalogue, own: bool = False) -> tuple[float, float]:
        wanted = self.photos.categories if own else self.other
        prompts = [
            Prompt(image, f"find a {NOUNS.get(name, name)} like this")
            for image, name in zip(self.images, wanted, strict=True)
        ]
        top = catalogue.top(self.encode(prompts))
        distance = np.linalg.norm(catalogue.lab[top] - self.photos.lab[:, None], axis=2)
        return float((catalogue.categories[top] == wanted[:, None]).mean()), float(np.nanmean(distance))

    def recoloured(
        self, catalogue: Catalogue, own: NDArray[np.float32], others: NDArray[np.float32]
    ) -> tuple[float, float, float]:
        """Only wishes that nine items of the catalogue could meet.

        Args:
            own: (queries, 3) and
            others: (items, 3), the colours (CIELAB) of the things as a judge sees them.
        """
        names, found = nearest_names(own), nearest_names(others)
        wishes = [
            (index, wanted)
            for index, category in enumerate(self.photos.categories)
            for wanted, group in COLOURS.items()
            if names[index] not in group and (np.isin(found, group) & (catalogue.categories == category)).sum() >= K
        ]
        wishes = [wishes[index] for index in np.random.default_rng(1).permutation(len(wishes))[:600]]
        top = catalogue.top(
            self.encode([Prompt(self.images[index], f"same but in {wanted}") for index, wanted in wishes])
        )
        shade = np.array([np.isin(found[row], COLOURS[wanted]) for row, (_, wanted) in zip(top, wishes, strict=True)])
        kind = catalogue.categories[top] == self.photos.categories[[index for index, _ in wishes]][:, None]
        return float(shade.mean()), float(kind.mean()), float((shade & kind).mean())


def measure(
    encoder: StarterEncoder, catalog: Photos, queries: Photos, strangers: Sequence[Path]
) -> Iterator[tuple[str, str, str]]:
    asker = Asker(encoder, queries)
    for titled in (False, True):
        mixed = Catalogue(encoder, catalog, titled, strangers)
        alone = mixed.without_strangers()
        note = ', titles like "Dress no. 1"' if titled else ""
        precision, average = asker.by_picture(alone)
        yield f"image → category P@9 / mAP@9{note}", f"{precision:.3f} / {average:.3f}", "≥ .74 / .675"
        texts = [asker.by_words(alone, phrasing) for phrasing in ("{}", "a photo of a {}")]
        yield f"text → category P@9, two phrasings{note}", " / ".join(f"{each:.3f}" for each in texts), "≥ .69 / .70"
        share, distance = asker.composed(alone)
        yield f"find a B like this: share of B / ΔE{note}", f"{share:.3f} / {distance:.1f}", "≥ .66 / ≤ 24.5"
        yield f"the same with the picture's own category{note}", f"{asker.composed(alone, own=True)[0]:.3f}", "≥ .70"
        for judge, own, others in (
            ("the middle's median", queries.middle, catalog.middle),
            ("GrabCut's foreground", queries.lab, catalog.lab),
        ):
            yield (
                f"same but in X, judged by {judge}: colour / category / both{note}",
                " / ".join(f"{each:.3f}" for each in asker.recoloured(alone, own, others)),
                "≥ .87 / .59 / .50",
            )
        if strangers:
            values = asker.by_picture(mixed)[0], asker.by_words(mixed, "a photo of a {}"), asker.composed(mixed)[0]
            yield (
                f"with {len(strangers)} strangers: image / text / composed{note}",
                " / ".join(f"{each:.3f}" for each in values),
                "≥ .74 / .63 / .62",
            )


def classes(encoder: StarterEncoder, photos: Sequence[Path]) -> float:
    """Top-1 of the classifier; the photos are sorted by WordNet id, which is the order of the classes."""
    right = 0
    for at in range(0, len(photos), 50):
        shares = encoder.classify([read(path) for path in photos[at : at + 50]])
        right += int((shares.argmax(1) == np.arange(at, at + len(shares))).sum())
    return right / len(photos)


def prints(encoder: StarterEncoder, photos: Sequence[Path]) -> Iterator[tuple[str, str, str]]:
    """The showroom, with and without its titles: of the goods of a kind, are those with the print first?"""
    goods = list(showroom.products())
    patterns, kinds = np.array([each.tags[0] for each in goods]), np.array([each.category for each in goods])
    keys = {each.name.removeprefix(each.category.replace(" ", "-") + "-"): each.tags[0] for each in goods}
    asked = [
        (each.name, each.image, keys[each.name.removeprefix("query-").replace("-swatch", "")])
        for each in showroom.queries()
    ]
    asked += [
        (path.stem, read(path), "zebra" if "zebra" in path.stem else "leopard")
        for path in photos
        if path.stem.endswith(("leopard", "zebra"))
    ]
    for titled in (True, False):
        rows = encoder.encode_images([Document(each.image, each.title if titled else "") for each in goods])
        for name, image, pattern in asked:
            shares = {}
            for kind in sorted(set(kinds[patterns == pattern])):
                good = (kinds == kind) & (patterns == pattern)
                query = encoder.encode_queries([Prompt(image, f"find a {kind} like this")])[0]
                shares[kind] = good[np.argsort(-(rows @ query))[: good.sum()]].mean()
            closer = ", ".join(f"{kind} {shares[kind]:.2f}" for kind in ("phone case", "mug") if kind in shares)
            note = "" if titled else ", untitled"
            yield f"{name}{note}: {closer}; all {len(shares)} kinds", f"{np.mean(list(shares.values())):.2f}", "near 1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalog", type=Path, nargs="+", default=[])
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--strangers", type=Path)
    parser.add_argument("--precision", default="auto", choices=("auto", "float32", "bfloat16"))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "lookalike-bench")
    given = parser.parse_args()
    encoder = build(EncoderSettings(precision=given.precision), given.cache)
    print(encoder.runtime)
    strangers = sorted(given.strangers.glob("*.*[gG]")) if given.strangers else []
    catalog = folders(given.catalog) if given.catalog else sample("catalog")
    queries = folders([given.queries]) if given.queries else sample("queries")
    print(f"{len(queries.paths)} queries, {len(catalog.paths)} items")
    if len(strangers) == 1000:
        print(f"{'top-1 on 1,000 ImageNet photos':96} {classes(encoder, strangers):.3f}{'':22} ≥ .86")
    for name, value, bar in (*measure(encoder, catalog, queries, strangers), *prints(encoder, strangers)):
        print(f"{name:96} {value:27} {bar}")


if __name__ == "__main__":
    main()
