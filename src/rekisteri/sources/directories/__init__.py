"""Public directories: companies' e-invoice addresses, and business details of the business information system.

Each is a file, taken whole by a maintainer: wire (bytes to rows), layout and paths (where things stand, as data), observe
(rows to what is said, pure), intake (of our own customers, where it is new). Tables owned: ``sources.directory_run``,
``sources.directory_fault``. Public: what is named below. Called by the command line.
"""

from rekisteri.sources.directories.intake import COUNTS, Request, take
from rekisteri.sources.directories.layout import Directory, Layout, Mode, load, text_of
from rekisteri.sources.directories.store import Delivery, Quarantined, deliveries, quarantine

__all__ = [
    "COUNTS",
    "Delivery",
    "Directory",
    "Layout",
    "Mode",
    "Quarantined",
    "Request",
    "deliveries",
    "load",
    "quarantine",
    "take",
    "text_of",
]
