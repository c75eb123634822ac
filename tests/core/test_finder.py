"""The pipeline on real stores: what comes back, what must not, and what is told on the way."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from core import images
from core.catalog import NewItem
from core.errors import UserError
from core.finder import Finder
from core.likeness import Signature, may_be_same_scene, nearness, same_aspect, same_picture
from core.models import LOCAL, Answer, Fallback, Filters, Item, Picture, Progress, Query, Stage, Tenant
from core.refine import more_like, next_page, refine
from core.reranker import Reranker
from core.settings import ImageSettings, RerankerSettings, SearchSettings
from core.thumbnails import Thumbnail
from core.title_stage import TitleStage
from tests.core.shop import Shop, opened
from tests.fakes.openai_server import OpenAIServer, hangs, ranking

PRODUCTS = 30


def photo(number: int, *, logo: bool = False) -> Image.Image:
    """A larger picture of random colours and shapes; equal for equal numbers."""
    random = np.random.default_rng(number)
    colours = random.integers(0, 256, (6, 6, 3), np.uint8)
    image = Image.fromarray(colours).resize((360, 300), Image.Resampling.BICUBIC)
    if logo:
        ImageDraw.Draw(image).ellipse((170, 130, 200, 160), fill="white", outline="black", width=4)
    return image


def saved(image: Image.Image, kind: str = "JPEG", quality: int = 90) -> Picture:
    file = io.BytesIO()
    image.save(file, kind, quality=quality)
    return images.decode(file.getvalue(), ImageSettings())


def smaller(image: Image.Image) -> Image.Image:
    return image.resize((image.width * 2 // 3, image.height * 2 // 3), Image.Resampling.LANCZOS)


def put(shop: Shop, pictures: Sequence[Picture], tenant: Tenant = LOCAL, **values: object) -> list[str]:
    entries = [
        NewItem(
            tenant,
            each,
            **{"title": f"Product {number}", "price": 10.0 + number, "category": "mug" if number % 2 else "hat"}
            | values,  # type: ignore[arg-type]
        )
        for number, each in enumerate(pictures)
    ]
    shop.catalog.put(entries)
    return [each.hash for each in pictures]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with opened(tmp_path) as made:
        put(made, [saved(photo(number)) for number in range(PRODUCTS)])
        yield made


@pytest.fixture
async def finder(shop: Shop) -> AsyncIterator[Finder]:
    made = finder_of(shop)
    yield made
    made.close()


def finder_of(shop: Shop, settings: SearchSettings | None = None, reranker: Reranker | None = None) -> Finder:
    return Finder(shop.catalog, shop.encoder, reranker or Reranker(RerankerSettings()), settings or SearchSettings())


def ids(answer: Answer) -> list[str]:
    return [hit.item.id for hit in answer.hits]


def asking(number: int, text: str = "") -> Query:
    """A new photo of product ``number``, darker than the one in the catalogue."""
    return Query(LOCAL, (saved(ImageEnhance.Brightness(photo(number)).enhance(0.8)),), text)


def photo_of(item: Item, shop: Shop) -> int:
    """Which photo an item's picture is, in whatever quality."""
    image = images.decode(shop.catalog.picture(item), ImageSettings()).image
    shape = Thumbnail.of(image).signature
    return next(number for number in range(200) if same_picture(shape, signature_of(number)))


@cache
def signature_of(number: int) -> Signature:
    return Thumbnail.of(photo(number)).signature


# What comes back


async def test_finds_the_nearest_with_a_panorama(finder: Finder) -> None:
    answer = await finder.find(asking(7))
    assert len(answer.hits) == 9
    assert answer.hits[0].item.title == "Product 7"
    assert [hit.score for hit in answer.hits] == sorted((hit.score for hit in answer.hits), reverse=True)
    assert answer.pick == answer.hits[0]
    assert answer.ranking.fallback is Fallback.NO_KEY
    assert answer.more
    shown = Image.open(io.BytesIO(answer.panorama))
    assert (shown.format, shown.mode) == ("JPEG", "RGB")
    assert set(answer.timings) == {Stage.ENCODE, Stage.SEARCH, Stage.PANORAMA, Stage.RERANK}
    assert all(seconds >= 0 for seconds in answer.timings.values())


async def test_words_alone(finder: Finder) -> None:
    answer = await finder.find(Query(LOCAL, text="Product 12", limit=3))
    assert len(answer.hits) == 3
    assert "Product 12" in [hit.item.title for hit in answer.hits]


async def test_limits_alone_are_searched_by_their_names(finder: Finder) -> None:
    answer = await finder.find(Query(LOCAL, filters=Filters(("hat",), max_price=20)))
    assert {hit.item.category for hit in answer.hits} == {"hat"}
    assert max(hit.item.price or 0 for hit in answer.hits) <= 20


async def test_filters_hold(finder: Finder) -> None:
    answer = await finder.find(replace(asking(7), filters=Filters(("mug",), 12, 25)))
    assert answer.hits[0].item.title == "Product 7"
    assert all(hit.item.category == "mug" and 12 <= (hit.item.price or 0) <= 25 for hit in answer.hits)
    assert len(answer.hits) == 7
    assert not answer.more


async def test_nothing_fits(finder: Finder) -> None:
    stages: list[Stage] = []

    async def note(progress: Progress) -> None:
        stages.append(progress.stage)

    answer = await finder.find(replace(asking(7), filters=Filters(min_price=1_000)), note)
    assert (answer.hits, answer.panorama, answer.pick, answer.more) == ((), b"", None, False)
    assert stages == [Stage.ENCODE, Stage.SEARCH, Stage.DONE]


async def test_another_tenants_catalogue_is_another(finder: Finder) -> None:
    assert (await finder.find(replace(asking(7), tenant=Tenant("slack", "T1")))).hits == ()


async def test_nothing_to_search_by(finder: Finder) -> None:
    with pytest.raises(UserError, match="neither a picture nor a word"):
        await finder.find(Query(LOCAL, text="  ", filters=Filters(max_price=20)))


async def test_several_views_are_one_wish(finder: Finder) -> None:
    both = Query(LOCAL, (*asking(3).pictures, *asking(11).pictures), limit=2)
    answer = await finder.find(both)
    assert {hit.item.title for hit in answer.hits} == {"Product 3", "Product 11"}


async def test_weak_candidates_are_left_out(shop: Shop, finder: Finder) -> None:
    best, second, *_ = (await finder.find(asking(7))).hits
    strict = finder_of(shop, SearchSettings(min_score=(best.score + second.score) / 2))
    answer = await strict.find(asking(7))
    strict.close()
    assert [hit.item.title for hit in answer.hits] == ["Product 7"]
    assert not answer.more


# Pages


async def test_pages_never_repeat_and_end(finder: Finder) -> None:
    query, seen = asking(7), list[str]()
    sizes = []
    for _ in range(4):
        answer = await finder.find(query)
        assert not set(ids(answer)) & set(seen)
        seen += ids(answer)
        sizes.append((len(answer.hits), answer.more))
        query = next_page(query, [hit.item for hit in answer.hits])
    assert sizes == [(9, True), (9, True), (9, True), (3, False)]
    assert len(set(seen)) == PRODUCTS


@pytest.mark.parametrize(("limit", "more"), [(29, True), (30, False)])
async def test_more_is_right_at_the_edge(shop: Shop, finder: Finder, limit: int, more: bool) -> None:
    limited = replace(asking(7), filters=Filters(max_price=10.0 + limit - 6), limit=limit - 5)
    answer = await finder.find(limited)
    assert len(answer.hits) == limit - 5
    assert not answer.more
    answer = await finder.find(replace(limited, limit=limit - 6))
    assert answer.more


# The asked-about product


async def test_the_product_itself_stays_out_unless_wanted(finder: Finder) -> None:
    query = Query(LOCAL, (saved(photo(7)),))
    answer = await finder.find(query)
    assert "Product 7" not in [hit.item.title for hit in answer.hits]
    assert [item.title for item in answer.itself] == ["Product 7"]
    wanted = await finder.find(replace(query, include_self=True))
    assert wanted.hits[0].item.title == "Product 7"
    assert wanted.itself == ()
    assert (await finder.find(asking(7))).itself == (), "a new photo of it is no copy"


@pytest.mark.parametrize(
    "copy", [saved(photo(7), quality=55), saved(photo(7), "PNG"), saved(smaller(photo(7)), "WEBP", 70)]
)
async def test_a_copy_of_its_picture_is_the_product_itself(finder: Finder, copy: Picture) -> None:
    answer = await finder.find(Query(LOCAL, (copy,)))
    assert "Product 7" not in [hit.item.title for hit in answer.hits]
    assert len(answer.hits) == 9
    assert answer.duplicates == 0
    assert [item.title for item in answer.itself] == ["Product 7"]


async def test_all_products_with_that_picture_are_told_the_same_file_first(shop: Shop, finder: Finder) -> None:
    put(shop, [saved(photo(7), quality=60)], title="Another seller's")
    answer = await finder.find(Query(LOCAL, (saved(photo(3)), saved(photo(7)))))
    assert [item.title for item in answer.itself] == ["Product 3", "Product 7", "Another seller's"]


@pytest.mark.parametrize("quality", [90, 55])
async def test_limits_leave_out_the_product_itself_before_anything_else_does(finder: Finder, quality: int) -> None:
    query = Query(LOCAL, (saved(photo(7), quality=quality),), filters=Filters(("hat",)))
    assert (await finder.find(query)).itself == (), "Product 7 is a mug"
    alone = await finder.find(replace(query, filters=Filters(("mug",), 17, 17)))
    assert (alone.hits, [item.title for item in alone.itself]) == ((), ["Product 7"])


async def test_whoever_names_an_example_knows_it(finder: Finder) -> None:
    first = await finder.find(Query(LOCAL, (saved(photo(7)),)))
    answer = await finder.find(more_like(first.query, first.hits[3].item.id))
    assert "Product 7" not in [hit.item.title for hit in answer.hits]
    assert answer.itself == ()


# Duplicates


async def test_copies_are_left_out_and_counted(shop: Shop, finder: Finder) -> None:
    copies = [saved(photo(7), quality=quality) for quality in (40, 60, 75)] + [saved(smaller(photo(7)))]
    put(shop, copies, title="The same, from another seller")
    answer = await finder.find(asking(7))
    group = {saved(photo(7)).hash, *(copy.hash for copy in copies)}
    assert len(group & set(ids(answer))) == 1
    assert answer.duplicates == 4
    assert len(answer.hits) == 9, "what was left out is made up for"
    following = await finder.find(next_page(answer.query, [hit.item for hit in answer.hits]))
    assert not group & set(ids(following)), "a copy of what was shown is no news"


async def test_copies_stay_away_however_far_somebody_turns(shop: Shop, finder: Finder) -> None:
    put(shop, [saved(photo(number)) for number in range(PRODUCTS, 70)])
    put(shop, [saved(photo(number), quality=40) for number in range(70)])
    query, seen = asking(7), list[int]()
    for _ in range(9):
        answer = await finder.find(query)
        seen += (photo_of(hit.item, shop) for hit in answer.hits)
        query = next_page(query, [hit.item for hit in answer.hits])
    assert len(seen) == len(set(seen)) == 70
    assert not answer.more


async def test_many_copies_do_not_starve_the_page(shop: Shop, finder: Finder) -> None:
    put(shop, [saved(photo(7), quality=quality) for quality in range(30, 89)], title="Product 7")
    answer = await finder.find(asking(7))
    assert len(answer.hits) == 9
    assert answer.duplicates >= 50


async def test_copies_are_kept_when_asked_for(shop: Shop) -> None:
    put(shop, [saved(photo(7), quality=40)], title="Product 7")
    everything = finder_of(shop, SearchSettings(near_duplicate=1.0))
    answer = await everything.find(asking(7))
    everything.close()
    assert answer.duplicates == 0
    assert [hit.item.title for hit in answer.hits].count("Product 7") == 2


async def test_distinct_goods_that_look_alike_are_kept(shop: Shop, finder: Finder) -> None:
    put(shop, [saved(photo(7, logo=True))], title="Product 7")
    answer = await finder.find(asking(7))
    assert [hit.item.title for hit in answer.hits][:2] == ["Product 7"] * 2
    assert answer.duplicates == 0


async def test_crops_count_when_their_vectors_agree(shop: Shop) -> None:
    crop = photo(7).crop((9, 8, 351, 292))
    put(shop, [saved(crop)], title="Product 7")
    for threshold, expected in ((0.95, 1), (0.9999, 2)):
        made = finder_of(shop, SearchSettings(near_duplicate=threshold))
        answer = await made.find(asking(7))
        made.close()
        assert [hit.item.title for hit in answer.hits].count("Product 7") == expected
        assert answer.duplicates == 2 - expected


def test_the_starter_encoder_is_strict_enough_for_its_own_measure() -> None:
    assert 0.970 < nearness("starter") < 0.985
    assert nearness("visualized-bge") >= 0.985


def test_likeness_of_shapes_and_colours() -> None:
    one = Thumbnail.of(photo(1))
    assert same_picture(one.signature, Thumbnail.of(saved(photo(1), quality=40).image).signature)
    assert not same_picture(one.signature, Thumbnail.of(photo(1, logo=True)).signature)
    assert not same_picture(one.signature, Thumbnail.of(photo(2)).signature)
    tinted = Image.blend(photo(1), Image.new("RGB", photo(1).size, "navy"), 0.2)
    assert not may_be_same_scene(one.signature, Thumbnail.of(tinted).signature)
    assert same_aspect((300, 200), (600, 402))
    assert not same_aspect((300, 200), (200, 300))


# Examples and follow-ups


async def test_an_example_whose_picture_is_lost_is_left_out(shop: Shop, finder: Finder) -> None:
    first = await finder.find(asking(7, "Product"))
    lost, there = (hit.item for hit in first.hits[-2:])
    shop.blobs.delete(lost.id)
    answer = await finder.find(more_like(first.query, lost.id, there.id))
    alone = await finder.find(replace(first.query, like=(there.id,), shown=(lost.id,)))
    assert [hit.item.id for hit in answer.hits] == [hit.item.id for hit in alone.hits]


async def test_more_like_moves_towards_the_example(shop: Shop, finder: Finder) -> None:
    first = await finder.find(asking(7, "Product"))
    example = first.hits[-1].item
    second = await finder.find(more_like(first.query, example.id))
    assert example.id not in ids(second)
    everything = [saved(photo(number)).hash for number in range(PRODUCTS)]
    vectors = shop.catalog.vectors(LOCAL, everything)
    nearness = {item: float(vectors[example.id] @ vectors[item]) for item in everything if item != example.id}

    def mean(items: Sequence[str]) -> float:
        return float(np.mean([nearness[item] for item in items if item in nearness]))

    ideal = mean(sorted(nearness, key=lambda item: -nearness[item])[:9])
    before = mean(ids(first))
    assert (mean(ids(second)) - before) / (ideal - before) > 0.5


async def test_examples_alone(finder: Finder, shop: Shop) -> None:
    example = saved(photo(7)).hash
    answer = await finder.find(Query(LOCAL, like=(example,)))
    assert len(answer.hits) == 9
    assert example not in ids(answer)


async def test_an_example_that_is_gone_leaves_the_wish(finder: Finder) -> None:
    answer = await finder.find(replace(asking(7), like=("f" * 64,)))
    assert answer.hits[0].item.title == "Product 7"


async def test_a_follow_up_from_words_to_answer(finder: Finder) -> None:
    first = await finder.find(asking(7))
    items: list[Item] = [hit.item for hit in first.hits]
    cheaper = refine("like number 2 but cheaper than 25", first.query, items)
    assert cheaper is not None
    answer = await finder.find(cheaper)
    assert answer.hits
    assert all((hit.item.price or 99) < 25 for hit in answer.hits)
    assert items[1].id not in ids(answer)


# The ranking model


async def test_the_ranking_model_sees_what_is_shown(shop: Shop) -> None:
    async with OpenAIServer(default=ranking([3, 1, 2], "It has the same colours.")) as server:
        reranker = Reranker(server.settings())
        finder = finder_of(shop, reranker=reranker)
        answer = await finder.find(replace(asking(7, "mug like this"), limit=3))
        finder.close()
        await reranker.close()
        (call,) = server.calls
    assert answer.ranking.order == (2, 0, 1)
    assert answer.pick == answer.hits[2]
    assert answer.ranking.reason == "It has the same colours."
    assert [line["title"] for line in call.candidates] == [hit.item.title for hit in answer.hits]
    assert call.panorama.size == Image.open(io.BytesIO(answer.panorama)).size
    assert server.problems == []


# Progress


async def test_stages_are_told_in_order_with_what_is_known(finder: Finder) -> None:
    told: list[Progress] = []

    async def note(progress: Progress) -> None:
        told.append(progress)

    answer = await finder.find(asking(7), note)
    assert [progress.stage for progress in told] == list(Stage)
    assert [len(progress.hits) for progress in told] == [0, 0, 9, 9, 9]
    assert told[2].hits == answer.hits
    assert [bool(progress.panorama) for progress in told] == [False, False, False, True, True]


async def test_matches_are_told_before_the_ranking_model_answers(shop: Shop) -> None:
    async with OpenAIServer(default=hangs()) as server:
        reranker = Reranker(server.settings(timeout=20.0))
        finder = finder_of(shop, reranker=reranker)
        seen = asyncio.Event()

        async def note(progress: Progress) -> None:
            if progress.stage is Stage.RERANK and progress.hits and progress.panorama:
                seen.set()

        search = asyncio.create_task(finder.find(asking(7), note))
        await asyncio.wait_for(seen.wait(), 10)
        assert not search.done()
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search
        finder.close()
        await reranker.close()


async def test_a_listener_that_fails_or_dawdles_harms_nothing(finder: Finder) -> None:
    calls: list[Stage] = []

    async def fail(progress: Progress) -> None:
        calls.append(progress.stage)
        raise RuntimeError("the chat is gone")

    assert len((await finder.find(asking(7), fail)).hits) == 9
    assert calls == list(Stage)

    async def dawdle(progress: Progress) -> None:
        calls.append(progress.stage)
        await asyncio.sleep(3600)

    calls.clear()
    assert len((await asyncio.wait_for(finder.find(asking(7), dawdle), 30)).hits) == 9
    assert calls == [Stage.ENCODE]


# Trouble


async def test_a_lost_picture_costs_one_candidate(shop: Shop, finder: Finder) -> None:
    lost = saved(photo(8)).hash
    shop.blobs.delete(lost)
    answer = await finder.find(asking(8))
    assert lost not in ids(answer)
    assert len(answer.hits) == 9


async def test_many_searches_at_once(finder: Finder) -> None:
    answers = await asyncio.gather(*(finder.find(asking(number % PRODUCTS)) for number in range(40)))
    assert [answer.hits[0].item.title for answer in answers] == [f"Product {n % PRODUCTS}" for n in range(40)]


async def test_the_event_loop_never_waits(finder: Finder) -> None:
    longest, running = 0.0, True

    async def watch() -> None:
        nonlocal longest
        loop = asyncio.get_running_loop()
        while running:
            before = loop.time()
            await asyncio.sleep(0.005)
            longest = max(longest, loop.time() - before)

    watcher = asyncio.create_task(watch())
    await asyncio.gather(*(finder.find(asking(number)) for number in range(8)))
    running = False
    await watcher
    assert longest < 1.0


async def test_titles_can_have_a_say(shop):
    """Beside the vectors' order, over more candidates than one page holds."""
    asked: list[str] = []

    def score(wish: str, titles: Sequence[str]) -> list[float]:
        asked.extend(titles)
        return [float(title == wish) for title in titles]

    plain = finder_of(shop)
    wide = await plain.find(Query(LOCAL, (saved(photo(3)),), "", limit=9, include_self=True))
    wish = wide.hits[7].item.title
    query = Query(LOCAL, (saved(photo(3)),), wish, limit=4, include_self=True)
    before = await plain.find(query)
    titled = Finder(shop.catalog, shop.encoder, Reranker(RerankerSettings()), SearchSettings(), TitleStage(score))
    after = await titled.find(query)
    assert len(asked) == 12
    assert wish in [hit.item.title for hit in after.hits]
    assert len(after.hits) == len(before.hits) == 4
    assert after.more
    await titled.find(replace(query, text=""))
    assert len(asked) == 12
    for finder in (plain, titled):
        finder.close()
