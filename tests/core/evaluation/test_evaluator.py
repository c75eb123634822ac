"""Evaluation against a catalogue on real stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import UserError
from core.evaluation import Evaluator, JudgedQuery, read_queries
from core.models import LOCAL, Answer, Filters, Query, Ranking, Tenant
from core.settings import SearchSettings, Settings
from tests.core.shop import Shop, opened, picture, product

EVERYTHING = Filters()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Twenty products: 0 to 9 are hats, 10 to 19 shoes; even ones cost 10, odd ones 30."""
    with opened(tmp_path) as shop:
        shop.catalog.put(
            [
                product(
                    number,
                    category="hat" if number < 10 else "shoes",
                    price=10.0 if number % 2 == 0 else 30.0,
                    source=f"photos/{number:02}.png",
                )
                for number in range(20)
            ]
        )
        yield shop


def queries(folder: Path, *lines: dict[str, object]) -> list[JudgedQuery]:
    for number in range(25):
        (folder / f"{number}.png").write_bytes(picture(number).data)
    path = folder / "q.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return read_queries(path)


def evaluator(shop: Shop, within: Filters = EVERYTHING, **search: float) -> Evaluator:
    return Evaluator(shop.catalog, Settings(search=SearchSettings(**search)), LOCAL, within)  # type: ignore[arg-type]


def test_words_find_their_own_products(shop: Shop, tmp_path: Path) -> None:
    judged = queries(tmp_path, {"text": "Product 3", "relevant": ["photos/03.png"]})
    found = evaluator(shop).run(judged, shop.encoder)
    relevance = [hit.item.id == picture(3).hash for hit in found.results[0].hits]
    assert len(relevance) == 10
    assert any(relevance)
    place = relevance.index(True) + 1
    assert found.means["recall_at_10"] == 1.0
    assert found.means["precision_at_9"] == pytest.approx((1 if place <= 9 else 0) / 9)
    assert found.means["map_at_9"] == pytest.approx(1 / place if place <= 9 else 0)


@pytest.mark.parametrize(
    "words", [["photos/03.png"], ["03.png"], [picture(3).hash], [picture(3).hash[:8]], ["03.png", "photos/03.png"]]
)
def test_right_answers_by_name_id_and_beginning(shop: Shop, tmp_path: Path, words: list[str]) -> None:
    judged = queries(tmp_path, {"text": "x", "relevant": words})
    found = evaluator(shop).run(judged, shop.encoder)
    assert found.results[0].relevant == {picture(3).hash}


@pytest.mark.parametrize("word", ["gone.png", "ffffff0000", "a"])
def test_an_unknown_right_answer_ends_it(shop: Shop, tmp_path: Path, word: str) -> None:
    judged = queries(tmp_path, {"text": "x", "relevant": [word]})
    with pytest.raises(UserError, match="No item"):
        evaluator(shop).run(judged, shop.encoder)


def test_an_ambiguous_name_ends_it(shop: Shop, tmp_path: Path) -> None:
    shop.catalog.put([product(20, source="other/03.png")])
    judged = queries(tmp_path, {"text": "x", "relevant": ["03.png"]})
    with pytest.raises(UserError, match="Several items"):
        evaluator(shop).run(judged, shop.encoder)


def test_the_querys_own_picture_is_no_answer(shop: Shop, tmp_path: Path) -> None:
    judged = queries(tmp_path, {"image": "3.png", "relevant": {"category": "hat"}})
    found = evaluator(shop).run(judged, shop.encoder)
    assert picture(3).hash not in {hit.item.id for hit in found.results[0].hits}
    assert len(found.results[0].relevant) == 9


def test_filters_limit_hits_and_right_answers(shop: Shop, tmp_path: Path) -> None:
    judged = queries(tmp_path, {"image": "24.png", "relevant": {"category": "hat"}})
    found = evaluator(shop, Filters(max_price=20)).run(judged, shop.encoder)
    assert {hit.item.price for hit in found.results[0].hits} == {10.0}
    assert len(found.results[0].relevant) == 5
    found = evaluator(shop, Filters(categories=("hat",), max_price=20)).run(judged, shop.encoder)
    assert found.means == {"precision_at_9": pytest.approx(5 / 9), "recall_at_10": 1.0, "map_at_9": 1.0}


def test_abstentions_and_unanswerable_queries_count_as_nothing(shop: Shop, tmp_path: Path) -> None:
    judged = queries(
        tmp_path,
        {"image": "3.png", "text": "Product 3", "relevant": {"category": "hat"}},
        {"text": "nothing that any product says", "relevant": {"category": "sofa"}},
    )
    found = evaluator(shop, min_score=1.0).run(judged, shop.encoder)
    assert found.abstentions == 2
    assert found.unanswerable == (2,)
    assert found.means == {"precision_at_9": 0.0, "recall_at_10": 0.0, "map_at_9": 0.0}


def test_all_queries_share_batches(shop: Shop, tmp_path: Path) -> None:
    judged = queries(tmp_path, *({"image": f"{n % 25}.png", "relevant": {"category": "hat"}} for n in range(150)))
    seen: list[int] = []
    found = evaluator(shop).run(judged, shop.encoder, seen.append)
    assert found.n == 150
    assert seen == list(range(1, 151))
    assert found.results[0].hits == found.results[25].hits


def test_json_has_the_documented_shape(shop: Shop, tmp_path: Path) -> None:
    judged = queries(tmp_path, {"image": "24.png", "relevant": {"category": "hat"}})
    shape = evaluator(shop).run(judged, shop.encoder).as_json()
    assert set(shape) == {
        "n",
        "precision_at_9",
        "recall_at_10",
        "map_at_9",
        "abstentions",
        "intervals",
        "queries",
    }
    assert set(shape["intervals"]) == {"precision_at_9", "recall_at_10", "map_at_9"}
    (query,) = shape["queries"]
    hit = query["hits"][0]
    assert set(hit) == {"id", "score", "image", "metadata"}
    assert hit["image"].startswith("photos/")
    assert hit["metadata"]["category"] in {"hat", "shoes"}
    assert json.loads(json.dumps(shape, allow_nan=False)) == shape


def test_another_tenants_items_are_out_of_reach(shop: Shop, tmp_path: Path) -> None:
    judged = queries(tmp_path, {"text": "Product 3", "relevant": {"category": "hat"}})
    stranger = Evaluator(shop.catalog, Settings(), Tenant("slack", "T1"), EVERYTHING)
    found = stranger.run(judged, shop.encoder)
    assert (found.abstentions, found.unanswerable) == (1, (1,))


async def test_ranked_takes_the_ranking_models_order(shop: Shop, tmp_path: Path) -> None:
    judged = queries(tmp_path, {"image": "24.png", "text": "Product 3", "relevant": ["03.png"]})
    plain = evaluator(shop).run(judged, shop.encoder)
    wanted = picture(3).hash
    asked: list[Query] = []

    class WantsOne:
        async def find(self, query: Query) -> Answer:
            asked.append(query)
            hits = plain.results[0].hits
            first = next(index for index, hit in enumerate(hits) if hit.item.id == wanted)
            order = (first, *(index for index in range(len(hits)) if index != first))
            return Answer(query, hits, Ranking(order, "because"))

    found = await evaluator(shop).run_ranked(judged, WantsOne())
    assert found.means["map_at_9"] == 1.0
    assert (asked[0].text, asked[0].limit, asked[0].pictures[0].hash) == ("Product 3", 10, picture(24).hash)
