"""The interpreter: what a long act need not pay for."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SWITCH_INTERVAL_S = 0.0002


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


@contextmanager
def undisturbed(*, in_step: bool = False) -> Iterator[None]:
    """No search for cyclic garbage while the block lasts: for an act whose data never refer back to themselves.

    ``in_step``: two threads work side by side, and whoever has waited for the database is let in at once when it has
    answered; by default it would stand 5 ms behind the other thread at every word of the protocol.
    """
    collected, interval = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(SWITCH_INTERVAL_S if in_step else interval)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        if collected:
            gc.enable()
