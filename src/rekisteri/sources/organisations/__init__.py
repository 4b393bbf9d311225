"""Organisations: the wing of the client organisations' files and their entries by hand.

Lives here: reading their three kinds of files (wire), their columns (mapping, draft), a row
to a saying (observe), a delivery in one transaction (intake), what could not be taken
(faults, mend), entries and decisions by hand. Tables owned: ``sources.batch``,
``sources.fault``. Called by the faces.
"""

from rekisteri.sources.organisations.by_hand import Created, create, decide_work
from rekisteri.sources.organisations.draft import draft
from rekisteri.sources.organisations.intake import Request, run
from rekisteri.sources.organisations.mapping import Mapping, load, standard
from rekisteri.sources.organisations.mend import mend_file
from rekisteri.sources.organisations.report import Report
from rekisteri.sources.organisations.store import (
    Batch,
    FaultRow,
    ReasonCount,
    batch,
    batches,
    fault_counts,
    fault_rows,
)
from rekisteri.sources.organisations.wire import open_delivery

__all__ = [
    "Batch",
    "Created",
    "FaultRow",
    "Mapping",
    "ReasonCount",
    "Report",
    "Request",
    "batch",
    "batches",
    "create",
    "decide_work",
    "draft",
    "fault_counts",
    "fault_rows",
    "load",
    "mend_file",
    "open_delivery",
    "run",
    "standard",
]
