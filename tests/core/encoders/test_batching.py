"""The worker in front of an encoder: order, priority, errors, closing, and an event loop that never waits."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from core.encoders.base import Document, Embeddings, EncoderIdentity, Prompt
from core.encoders.batching import EncoderService
from core.errors import Unavailable


class CountingEncoder:
    """Encodes a title or text that is a number as a vector of that number; remembers how it was called."""

    identity = EncoderIdentity("counting", "1", 3, "none")

    def __init__(self) -> None:
        self.batches: list[tuple[str, list[str]]] = []
        self.threads: set[int] = set()
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def encode_images(self, batch: Sequence[Document]) -> Embeddings:
        return self._encode("images", [document.title for document in batch])

    def encode_queries(self, batch: Sequence[Prompt]) -> Embeddings:
        return self._encode("queries", [prompt.text for prompt in batch])

    def _encode(self, kind: str, words: list[str]) -> Embeddings:
        self.threads.add(threading.get_ident())
        self.batches.append((kind, words))
        self.entered.set()
        assert self.gate.wait(10)
        return np.array([[float(word)] * 3 for word in words], np.float32)


PICTURE = Image.new("RGB", (4, 4))


def documents(*numbers: int | str) -> list[Document]:
    return [Document(PICTURE, str(number)) for number in numbers]


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def service(encoder: CountingEncoder) -> Iterator[EncoderService]:
    service = EncoderService(encoder, max_batch=4)
    yield service
    encoder.gate.set()
    service.close()


def hold(encoder: CountingEncoder, service: EncoderService) -> Future[Embeddings]:
    """Let the worker hang in a batch, so that what is submitted next is queued."""
    encoder.gate.clear()
    first = service.submit_images(documents(0))
    assert encoder.entered.wait(5)
    return first


def test_rows_come_in_the_order_of_the_documents(service: EncoderService) -> None:
    rows = service.submit_images(documents(*range(11))).result(5)
    assert rows.shape == (11, 3)
    assert rows.dtype == np.float32
    assert rows[:, 0].tolist() == list(range(11))


def test_many_threads_get_their_own_results_from_one_worker_thread(
    service: EncoderService, encoder: CountingEncoder
) -> None:
    def ask(number: int) -> bool:
        query = service.submit_query(Prompt(text=str(number))).result(10)
        rows = service.submit_images(documents(number, number + 1000)).result(10)
        return query.tolist() == [number] * 3 and rows[:, 0].tolist() == [number, number + 1000]

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(200)))
    assert len(encoder.threads) == 1
    assert encoder.threads != {threading.get_ident()}


def test_what_is_queued_becomes_one_batch(service: EncoderService, encoder: CountingEncoder) -> None:
    hold(encoder, service)
    futures = [service.submit_images(documents(n)) for n in (1, 2, 3)]
    encoder.gate.set()
    assert [future.result(5)[0, 0] for future in futures] == [1, 2, 3]
    assert encoder.batches[1:] == [("images", ["1", "2", "3"])]


def test_no_batch_is_larger_than_allowed(service: EncoderService, encoder: CountingEncoder) -> None:
    hold(encoder, service)
    long, short = service.submit_images(documents(*range(1, 7))), service.submit_images(documents(7))
    encoder.gate.set()
    assert long.result(5)[:, 0].tolist() == [1, 2, 3, 4, 5, 6]
    assert short.result(5)[:, 0].tolist() == [7]
    assert [words for _, words in encoder.batches[1:]] == [["1", "2", "3", "4"], ["5", "6", "7"]]


def test_queries_go_before_images_even_in_the_middle_of_a_long_ingest(
    service: EncoderService, encoder: CountingEncoder
) -> None:
    encoder.gate.clear()
    ingest = service.submit_images(documents(*range(12)))
    assert encoder.entered.wait(5)
    queries = [service.submit_query(Prompt(text=str(n))) for n in (100, 101)]
    encoder.gate.set()
    assert [query.result(5)[0] for query in queries] == [100, 101]
    assert ingest.result(5)[:, 0].tolist() == list(range(12))
    assert [kind for kind, _ in encoder.batches] == ["images", "queries", "images", "images"]


def test_an_error_reaches_its_own_caller_only(service: EncoderService, encoder: CountingEncoder) -> None:
    hold(encoder, service)
    good, bad, other = (service.submit_images(documents(word)) for word in (1, "not a number", 2))
    encoder.gate.set()
    with pytest.raises(ValueError, match="not a number"):
        bad.result(5)
    assert good.result(5)[0, 0] == 1
    assert other.result(5)[0, 0] == 2
    assert service.submit_query(Prompt(text="3")).result(5)[0] == 3


def test_the_rest_of_a_failed_job_is_not_encoded(service: EncoderService, encoder: CountingEncoder) -> None:
    job = service.submit_images(documents("broken", *range(20)))
    with pytest.raises(ValueError, match="broken"):
        job.result(5)
    assert service.submit_query(Prompt(text="1")).result(5)[0] == 1
    assert [kind for kind, _ in encoder.batches] == ["images", "queries"]


def test_an_encoder_that_loses_a_row_is_found_out() -> None:
    class Losing(CountingEncoder):
        def _encode(self, kind: str, words: list[str]) -> Embeddings:
            return super()._encode(kind, words)[1:]

    service = EncoderService(Losing(), 4)
    with pytest.raises(ValueError, match="1 rows for 2 inputs"):
        service.submit_images(documents(1, 2)).result(5)
    service.close()


def test_cancelled_work_is_never_encoded(service: EncoderService, encoder: CountingEncoder) -> None:
    hold(encoder, service)
    cancelled, kept = service.submit_images(documents(1, 2)), service.submit_query(Prompt(text="3"))
    assert cancelled.cancel()
    encoder.gate.set()
    assert kept.result(5)[0] == 3
    assert service.submit_images(documents(4)).result(5)[0, 0] == 4
    with pytest.raises(CancelledError):
        cancelled.result(0)
    assert "1" not in [word for _, words in encoder.batches for word in words]


def test_no_documents_give_an_empty_matrix_at_once(service: EncoderService, encoder: CountingEncoder) -> None:
    assert service.submit_images([]).result(0).shape == (0, 3)
    assert encoder.batches == []


def test_closing_finishes_the_batch_in_progress_and_fails_the_queue(
    service: EncoderService, encoder: CountingEncoder
) -> None:
    running = hold(encoder, service)
    queued, query, given_up = (
        service.submit_images(documents(1)),
        service.submit_query(Prompt(text="2")),
        service.submit_images(documents(3)),
    )
    assert given_up.cancel()
    closing = threading.Thread(target=service.close)
    closing.start()
    while not service.closed:
        time.sleep(0.001)
    with pytest.raises(Unavailable, match="shutting down"):
        service.submit_query(Prompt(text="4"))
    encoder.gate.set()
    closing.join(5)
    assert running.result(0)[0, 0] == 0
    for future in (queued, query):
        with pytest.raises(Unavailable):
            future.result(0)
    service.close()


def test_closing_in_the_middle_of_a_long_ingest_fails_it(service: EncoderService, encoder: CountingEncoder) -> None:
    encoder.gate.clear()
    ingest = service.submit_images(documents(*range(12)))
    assert encoder.entered.wait(5)
    closing = threading.Thread(target=service.close)
    closing.start()
    while not service.closed:
        time.sleep(0.001)
    encoder.gate.set()
    closing.join(5)
    with pytest.raises(Unavailable):
        ingest.result(0)


async def test_the_event_loop_goes_on_while_the_worker_works(service: EncoderService, encoder: CountingEncoder) -> None:
    encoder.gate.clear()
    query = asyncio.create_task(service.encode_query(Prompt(text="7")))
    images = asyncio.create_task(service.encode_images(documents(8)))
    ticks = 0
    while not encoder.entered.is_set() or ticks < 50:
        await asyncio.sleep(0)
        ticks += 1
    assert not query.done()
    encoder.gate.set()
    async with asyncio.timeout(5):
        assert (await query).tolist() == [7, 7, 7]
        assert (await images).tolist() == [[8, 8, 8]]


async def test_a_cancelled_task_takes_its_query_out_of_the_queue(
    service: EncoderService, encoder: CountingEncoder
) -> None:
    hold(encoder, service)
    task = asyncio.create_task(service.encode_query(Prompt(text="5")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    encoder.gate.set()
    async with asyncio.timeout(5):
        assert (await service.encode_query(Prompt(text="6")))[0] == 6
    assert "5" not in [word for _, words in encoder.batches for word in words]
