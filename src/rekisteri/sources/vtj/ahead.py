"""Asking one ahead: while an answer is laid, the next one is under way on the network."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from rekisteri.ground.errors import RekisteriError

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
Next = Callable[[], tuple[Asked, Callable[[], Answer]] | None]
"""What is asked next, and how; None where nothing is left to ask for now."""


def one_ahead(following: Next[Asked, Answer]) -> Generator[tuple[Asked, Answer], None, None]:
    """Each question with its answer, in order; the next question is sent before an answer is given out.

    What was answered is always given out first: an error of the next question is raised after it. ``following`` is
    called in the caller's thread, the questions are asked in another one.
    """
    with ThreadPoolExecutor(1, "vtj-ahead") as pool:
        coming = _sent(pool, following)
        while coming is not None:
            asked, future = coming
            answer, failed = future.result(), None
            try:
                coming = _sent(pool, following)
            except RekisteriError as error:
                coming, failed = None, error
            yield asked, answer
            if failed is not None:
                raise failed
            # What was laid meanwhile may have left something new to ask.
            coming = coming or _sent(pool, following)


def _sent(pool: ThreadPoolExecutor, following: Next[Asked, Answer]) -> tuple[Asked, Future[Answer]] | None:
    found = following()
    return None if found is None else (found[0], pool.submit(found[1]))
