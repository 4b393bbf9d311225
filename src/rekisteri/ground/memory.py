"""Memory: what a long act need not pay for."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def settled() -> Iterator[None]:
    """What is there now is taken to stay while the block lasts.

    A process holds some hundred thousand objects that never go: modules, declarations, statements. A long act that
    makes many makes the collector of cycles look through all of them again and again; within the block it looks at
    what is new alone.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
