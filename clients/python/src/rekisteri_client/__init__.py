"""Client of Rekisteri: who pays a customer's bill, where it goes, by which channel, and whether we may."""

from rekisteri_client.client import Client, Customer, Question
from rekisteri_client.errors import (
    Conflict,
    Missing,
    Problem,
    Refused,
    Rejected,
    Unavailable,
    Unidentified,
)
from rekisteri_client.models import (
    Answer,
    Channel,
    Delivery,
    Finvoice,
    Liable,
    Line,
    LineProblem,
    Receipt,
    Reported,
    Resolved,
    Stop,
    Why,
)

__all__ = [
    "Answer",
    "Channel",
    "Client",
    "Conflict",
    "Customer",
    "Delivery",
    "Finvoice",
    "Liable",
    "Line",
    "LineProblem",
    "Missing",
    "Problem",
    "Question",
    "Receipt",
    "Refused",
    "Rejected",
    "Reported",
    "Resolved",
    "Stop",
    "Unavailable",
    "Unidentified",
    "Why",
]
