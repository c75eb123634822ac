"""One worker thread in front of an encoder, which gathers concurrent requests into batches.

A model is quickest on batches, and must not be called from two threads at once; callers are many, and
most of them live on an event loop that may never wait. So callers leave work in a lane and get a future.
Whenever the worker is free it takes what is queued, up to a batch, without waiting for more: a timer
would only add latency when there is little to do. Queries go first, since somebody is waiting for them,
and a long ingest is cut into batches, so a query waits for one batch at most.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from core import memory
from core.encoders.base import Document, Embeddings, Encoder, EncoderIdentity, Prompt
from core.errors import Unavailable
from core.words import Sentence

Input = TypeVar("Input")
Result = TypeVar("Result")

_TIDY = 4
"""Batches of pictures after which freed memory is given back: after each, an ingest would be a tenth slower."""

_PAUSE = 1.0
"""Seconds without work after which it is given back, too."""


class _Job(Generic[Input, Result]):
    """One caller's inputs. They may be encoded in several batches, and share a batch with others.

    Only the worker's thread calls the methods.
    """

    def __init__(self, inputs: Sequence[Input], finish: Callable[[Embeddings], Result]) -> None:
        self.future: Future[Result] = Future()
        self.waiting = deque(inputs)
        self._finish = finish
        self._parts: list[Embeddings] = []
        self._wanted: bool | None = None

    def take(self, most: int) -> list[Input]:
        """The next inputs to encode; none when the caller cancelled before the first were taken."""
        if not self._is_wanted():
            self.waiting.clear()
        return [self.waiting.popleft() for _ in range(min(most, len(self.waiting)))]

    def add(self, part: Embeddings) -> None:
        """Accept the embeddings of the inputs taken last; the last part completes the future."""
        self._parts.append(part)
        if not self.waiting:
            self.future.set_result(self._finish(np.concatenate(self._parts)))

    def fail(self, error: BaseException) -> None:
        """Give the error to the caller and forget the rest of the inputs."""
        self.waiting.clear()
        if self._is_wanted():
            self.future.set_exception(error)

    def _is_wanted(self) -> bool:
        if self._wanted is None:
            self._wanted = self.future.set_running_or_notify_cancel()
        return self._wanted


class _Lane(Generic[Input]):
    """Jobs of one kind in the order of their coming, and the encoder's function for them."""

    def __init__(self, encode: Callable[[Sequence[Input]], Embeddings]) -> None:
        self.jobs: deque[_Job[Input, Any]] = deque()
        self._encode = encode

    def take(self, most: int) -> list[tuple[_Job[Input, Any], list[Input]]]:
        """The next batch: at most ``most`` inputs, each group with the job that it belongs to."""
        batch = []
        while self.jobs and most:
            job = self.jobs[0]
            if inputs := job.take(most):
                batch.append((job, inputs))
                most -= len(inputs)
            if not job.waiting:
                self.jobs.popleft()
        return batch

    def abandon(self, error: BaseException) -> None:
        """Fail all jobs."""
        while self.jobs:
            self.jobs.popleft().fail(error)

    def run(self, batch: list[tuple[_Job[Input, Any], list[Input]]]) -> None:
        """Encode a batch. If a shared one fails, each job is tried alone: only the culprit gets the error."""
        try:
            parts = self._encode_groups([inputs for _, inputs in batch])
        except BaseException as error:  # noqa: BLE001 - it belongs to the caller, and the worker lives on
            if len(batch) == 1:
                batch[0][0].fail(error)
            else:
                for alone in batch:
                    self.run([alone])
            return
        for (job, _), part in zip(batch, parts, strict=True):
            job.add(part)

    def _encode_groups(self, groups: list[list[Input]]) -> list[Embeddings]:
        inputs = [each for group in groups for each in group]
        rows = self._encode(inputs)
        if len(rows) != len(inputs):
            raise ValueError(f"the encoder returned {len(rows)} rows for {len(inputs)} inputs")
        return np.split(rows, np.cumsum([len(group) for group in groups])[:-1])


class EncoderService:
    """Concurrent access to one encoder. Create it where the encoder was built, and close it at the end.

    Args:
        max_batch: most inputs handed to the encoder at once.
    """

    def __init__(self, encoder: Encoder, max_batch: int) -> None:
        self._encoder = encoder
        self._max_batch = max_batch
        self._queries: _Lane[Prompt] = _Lane(encoder.encode_queries)
        self._images: _Lane[Document] = _Lane(encoder.encode_images)
        self._changed = threading.Condition()
        self._closed = False
        self._worker = threading.Thread(target=self._work, name="encoder", daemon=True)
        self._worker.start()

    @property
    def identity(self) -> EncoderIdentity:
        """What makes the vectors."""
        return self._encoder.identity

    @property
    def max_batch(self) -> int:
        """Most inputs that are encoded at once: a good number of documents to submit together."""
        return self._max_batch

    @property
    def closed(self) -> bool:
        """Whether new work is refused."""
        return self._closed

    def submit_images(self, documents: Sequence[Document]) -> Future[Embeddings]:
        """Queue catalogue entries. The future gives shape (len(documents), dimension), in their order.

        Raises:
            Unavailable: the service is closed. Work that was queued when it closed fails with it, too.
        """
        job = _Job(documents, lambda rows: rows)
        if not documents:
            job.add(np.empty((0, self.identity.dimension), np.float32))
            return job.future
        return self._submit(self._images, job)

    def submit_query(self, prompt: Prompt) -> Future[NDArray[np.float32]]:
        """Queue a query, before all catalogue entries. The future gives shape (dimension,).

        Raises:
            Unavailable: as in :meth:`submit_images`.
        """
        return self._submit(self._queries, _Job([prompt], lambda rows: rows[0]))

    async def encode_images(self, documents: Sequence[Document]) -> Embeddings:
        """Like :meth:`submit_images`, for an event loop, which goes on while the worker works."""
        return await asyncio.wrap_future(self.submit_images(documents))

    async def encode_query(self, prompt: Prompt) -> NDArray[np.float32]:
        """Like :meth:`submit_query`, for an event loop, which goes on while the worker works."""
        return await asyncio.wrap_future(self.submit_query(prompt))

    def close(self) -> None:
        """Finish the batch in progress, fail what is queued with ``Unavailable``, and stop the worker."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._worker.join()

    def _submit(self, lane: _Lane[Input], job: _Job[Input, Result]) -> Future[Result]:
        with self._changed:
            if self._closed:
                raise _closed()
            lane.jobs.append(job)
            self._changed.notify()
        return job.future

    def _work(self) -> None:
        untidy = 0  # batches of pictures since freed memory was last given back
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._closed or self._queries.jobs or self._images.jobs, _PAUSE if untidy else None
                )
                if self._closed:
                    break
                queries = self._queries.take(self._max_batch)
                images = [] if queries else self._images.take(self._max_batch)
            if queries:
                self._queries.run(queries)
            elif images:
                self._images.run(images)
                untidy += 1
            if untidy >= _TIDY or (untidy and not queries and not images):
                memory.give_back()
                untidy = 0
        self._queries.abandon(_closed())
        self._images.abandon(_closed())


def _closed() -> Unavailable:
    return Unavailable(Sentence("outage.encoder_closed"), Sentence("outage.encoder_closed_advice"))
