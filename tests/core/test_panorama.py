"""The panorama: what stands where, in which colours, for any number of candidates and any script."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.panorama import MOST, draw, grid

GREEN, ORANGE = (0, 160, 60), (240, 140, 20)
BLUE, RED = (31, 95, 224), (216, 18, 28)
Pixels = NDArray[np.int16]


def picture(size: tuple[int, int] = (300, 300), colour: tuple[int, int, int] = GREEN) -> Image.Image:
    return Image.new("RGB", size, colour)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    return image


def like(image: Image.Image, colour: tuple[int, int, int], within: int = 40) -> NDArray[np.bool_]:
    """Where ``image`` has about ``colour``; shape (height, width)."""
    pixels: Pixels = np.asarray(image).astype(np.int16)
    return np.abs(pixels - np.array(colour)).max(axis=2) <= within


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, (1, 1)),
        (2, (2, 1)),
        (3, (2, 2)),
        (4, (2, 2)),
        (5, (3, 2)),
        (9, (3, 3)),
        (10, (4, 3)),
        (17, (5, 4)),
        (25, (5, 5)),
    ],
)
def test_the_grid_adapts(count: int, expected: tuple[int, int]) -> None:
    assert grid(count) == expected


@pytest.mark.parametrize("count", range(1, MOST + 1))
def test_every_candidate_is_there_with_its_number(count: int) -> None:
    image = opened(draw([picture()] * count, [picture(colour=ORANGE)], ""))
    columns, rows = grid(count)
    assert image.size == (20 + (columns + 1) * 310, 10 + rows * 310)
    green, red = like(image, GREEN), like(image, RED)
    for index in range(count):
        left, top = 20 + (index % columns + 1) * 310, 10 + index // columns * 310
        assert green[top + 280, left + 280], f"candidate {index + 1}"
        assert red[top : top + 90, left : left + 130].sum() > 100, f"number {index + 1}"
    assert like(image, ORANGE)[:, :320].any(), "the query is in the first column"
    assert not green[:, :320].any(), "and no candidate is"


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_no_candidates_and_too_many_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 25"):
        draw([picture()] * count, [], "words")


def test_three_by_three_cells_of_300_pixels_with_red_on_white() -> None:
    image = opened(draw([picture()] * 9, [picture(colour=ORANGE)], ""))
    cell = image.crop((330, 10, 630, 310))
    plate = cell.crop((2, 2, 36, 50))
    assert like(plate, RED).mean() > 0.08
    assert (like(plate, RED) | like(plate, (255, 255, 255), 90)).mean() > 0.75


def test_numbers_differ() -> None:
    image = opened(draw([picture()] * 9, [picture()], ""))
    plates = {
        like(image.crop((330 + x * 310, 10 + y * 310, 380 + x * 310, 60 + y * 310)), RED).tobytes()
        for x in range(3)
        for y in range(3)
    }
    assert len(plates) == 9


def test_the_query_has_a_blue_border_of_ten_pixels_and_a_visible_caption() -> None:
    image = opened(draw([picture()] * 9, [picture(colour=ORANGE)], ""))
    blue = like(image, BLUE)
    assert blue[200, 11:19].all()
    assert not blue[200, 22:298].any()
    assert blue[200, 301:309].all()
    label = image.crop((10, 10, 310, 80))
    white = like(label, (255, 255, 255), 60)
    assert white.sum() > 800, "white letters on blue"
    rows = np.flatnonzero(white.any(axis=1))
    assert rows[-1] - rows[0] > 30, "tall enough to be read at a third of the size"


def test_caption_in_other_words() -> None:
    english = draw([picture()], [picture()], "")
    assert draw([picture()], [picture()], "", caption="Suche") != english
    assert opened(draw([picture()], [picture()], "", caption="検索条件のとても長い見出し" * 3))


@pytest.mark.parametrize("size", [(600, 200), (200, 600), (30, 2000), (2000, 30), (1, 1), (3, 4)])
def test_aspect_ratio_is_kept_on_white(size: tuple[int, int]) -> None:
    image = opened(draw([picture()] * 4 + [picture(size)], [picture()], ""))
    cell = image.crop((20 + 310 * 2, 320, 20 + 310 * 2 + 300, 620))
    green = like(cell, GREEN, 90)
    height, width = np.ptp(np.flatnonzero(green.any(axis=1))) + 1, np.ptp(np.flatnonzero(green.any(axis=0))) + 1
    assert max(height, width) >= 294
    expected = min(298, max(1, round(298 * min(size) / max(size))))
    assert abs(min(height, width) - expected) <= 6
    assert like(cell, (255, 255, 255), 12)[290, 4] or min(size) / max(size) > 0.9


@pytest.mark.parametrize("views", [1, 2, 3, 4, 7, 12])
@pytest.mark.parametrize("count", [1, 9])
def test_several_views_are_all_shown(views: int, count: int) -> None:
    rng = np.random.default_rng(views)
    colours = [tuple(int(c) for c in rng.integers(0, 200, 3)) for _ in range(views)]
    image = opened(draw([picture()] * count, [picture(colour=c) for c in colours], ""))  # type: ignore[arg-type]
    column = image.crop((0, 0, 320, image.height))
    for colour in colours:
        assert like(column, colour, 12).sum() > 150  # type: ignore[arg-type]


WORDS = [
    "a red summer dress with white dots, cheaper than 40",
    "Jupe à fleurs, façon années 70 – ő ż ß ñ",
    "τσάντα ώμου σαν αυτή",
    "кроссовки как эти, но синие",
    "حقيبة ظهر مثل هذه من Nike بسعر أقل من 42",
    "נעלי ספורט לבנות כמו אלה",
    "白い水玉模様の赤い夏のワンピース、4000円以下",
    "像这样的手机壳但是蓝色的",
    "이것과 비슷한 빨간 가방",
    "กระเป๋าแบบนี้แต่สีแดง",
    "इस तरह का लाल बैग",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "word " * 400,
    "x",
]


@pytest.mark.parametrize("text", WORDS, ids=[w[:12].strip() for w in WORDS])
def test_words_stand_where_the_picture_would(text: str) -> None:
    image = opened(draw([picture()] * 9, [], text))
    card = image.crop((22, 90, 298, 360))
    ink = like(card, (28, 36, 48), 90)
    assert ink.sum() > 60
    columns, rows = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    assert columns[0] > 4, "nothing touches the frame"
    assert columns[-1] < 271
    assert abs((columns[0] + columns[-1]) / 2 - 138) < 20, "centred"
    assert rows[0] > 2


def test_without_words_the_frame_stays_empty() -> None:
    for text in ("", "  \n", "😀👍🏽", "\u200b\u202e\x07"):
        image = opened(draw([picture()] * 9, [], text))
        assert not like(image.crop((22, 90, 298, 360)), (28, 36, 48), 90).any(), repr(text)


def test_noise_stays_under_a_megabyte() -> None:
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 256, (400, 400, 3), dtype=np.uint8))
    assert len(draw([noise] * MOST, [noise], "")) < 1_000_000


def test_candidates_are_left_as_they_were() -> None:
    source = picture((640, 480))
    before = source.tobytes()
    draw([source], [source], "")
    assert source.size == (640, 480)
    assert source.tobytes() == before
