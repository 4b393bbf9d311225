"""Going one ahead: while an answer is laid, the next one is fetched and made ready in another thread.

Each answer has an act of its own, begun where the answer is made ready and ended where it is laid; there are two at most.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TypeVar

from rekisteri.access import Write
from rekisteri.ground.errors import RekisteriError
from rekisteri.sources.vtj.lay import Laying
from rekisteri.sources.vtj.wire_changes import Page

Asked = TypeVar("Asked")


class _LetGo(Exception):
    """An act is undone: nobody lays the answer it was begun for."""


Fold = Callable[[Laying, Page], None]
"""Folds an answer upon the words that a laying opens."""


@dataclass(frozen=True, slots=True)
class Step:
    """An answer, and the act it is laid in, which is open: whoever lays it ends the act, by ``with step.act``.

    ``laying``: the answer folded upon what was known when the act began.
    """

    page: Page
    fold: Fold
    act: ExitStack
    tx: Write
    laying: Laying

    def close(self) -> None:
        """Undo the act, unless it has ended."""
        self.act.__exit__(_LetGo, _LetGo(), None)


Next = Callable[[], tuple[Asked, Callable[[], Step]] | None]
"""What is asked next, and how; None where nothing is left to ask for now."""


def one_ahead(following: Next[Asked]) -> Generator[tuple[Asked, Step], None, None]:
    """Each question with its answer, in order; the next question is sent before an answer is given out.

    What was answered is always given out first: an error of the next question is raised after it. ``following`` is
    called in the caller's thread, the questions are asked in another one. An answer that is not given out, or whose act
    stays open, is undone.
    """
    coming: tuple[Asked, Future[Step]] | None = None
    with ThreadPoolExecutor(1, "vtj-ahead") as pool:
        try:
            coming = _sent(pool, following)
            while coming is not None:
                (asked, future), coming, failed = coming, None, None
                with closing(future.result()) as step:
                    try:
                        coming = _sent(pool, following)
                    except RekisteriError as error:
                        failed = error
                    yield asked, step
                if failed is not None:
                    raise failed
                # What was laid meanwhile may have left something new to ask.
                coming = coming or _sent(pool, following)
        finally:
            if coming is not None and coming[1].exception() is None:
                coming[1].result().close()


def _sent(pool: ThreadPoolExecutor, following: Next[Asked]) -> tuple[Asked, Future[Step]] | None:
    found = following()
    return None if found is None else (found[0], pool.submit(found[1]))
