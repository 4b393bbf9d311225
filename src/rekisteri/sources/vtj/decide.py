"""What following leaves to a person, and how it is done with."""

from __future__ import annotations

from uuid import UUID

from rekisteri.access import Write
from rekisteri.ground.errors import Missing, Rejected
from rekisteri.sources.vtj import follow_store

REASON_MAX = 500
RELEASED = frozenset({"held", "identity"})


def close_task(tx: Write, task_id: UUID, reason: str) -> follow_store.Task:
    """Say that a task is done, and how. Raises ``Missing``, and ``Rejected`` for one that is done by releasing.

    Of an order that has ended nothing is revealed by it: only VTJ, or whoever said it, ends an order.
    """
    if not reason.strip() or len(reason) > REASON_MAX:
        raise Rejected("Say what was done; the reason is kept with the task.", field="reason")
    task = follow_store.find_task(tx, task_id)
    if task is None:
        raise Missing("There is no such task, or somebody has done it.")
    tx.saw(task.party_id)
    if task.kind in RELEASED:
        raise Rejected("This task ends by releasing the customer's changes.", field="task")
    follow_store.close_tasks(tx, task.kind, [task.party_id], reason.strip())
    tx.note(task=task.kind)
    return task
