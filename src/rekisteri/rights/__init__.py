"""Rights: what the data subject may ask of the register, and what the register says of itself.

Lives here: whose register it is, the notice in its three forms written from what is declared, its
versions, and the check of the promises against the running system; requests as cases with their
clock, and the access package. Tables owned: all of schema ``rights``. Public: what is named
below. Called by the faces.
"""

from rekisteri.rights import conflicts, disclosures
from rekisteri.rights.behalf import TOLD_BY, Represented, acting, represented, withheld_names
from rekisteri.rights.document import Document, Entry, Section, Table
from rekisteri.rights.given import Given, GivenKind, given
from rekisteri.rights.handover import SCHEMA, Files, fulfil, hand_over, machine
from rekisteri.rights.held import Held, HeldItem, Membership, Saying, held, held_covered
from rekisteri.rights.holdings import Sent, SentTo
from rekisteri.rights.house import FILE as HOUSE_FILE
from rekisteri.rights.house import House, load
from rekisteri.rights.notice import Declared, Form, document
from rekisteri.rights.own_requests import (
    ask_own,
    identified,
    own_package,
    own_request,
    own_requests,
    withdraw_own,
)
from rekisteri.rights.paper import LANGUAGES, pdf, spoken, text
from rekisteri.rights.promises import Difference, Reached, differences
from rekisteri.rights.rectify import Wish, accept, ask, own, wish
from rekisteri.rights.report import TABLES, Package, package
from rekisteri.rights.requests import (
    Channel,
    Clock,
    Identity,
    Kind,
    Outcome,
    Request,
    Step,
    asked,
    close,
    extend,
    identify,
    open_request,
    request,
    requests,
    steps,
)
from rekisteri.rights.restrict import foretell, lift, restrict
from rekisteri.rights.versions import (
    Change,
    Version,
    changes,
    content_of,
    contents,
    current,
    mark,
    publish,
    show,
    versions,
)

__all__ = [
    "HOUSE_FILE",
    "LANGUAGES",
    "SCHEMA",
    "TABLES",
    "TOLD_BY",
    "Change",
    "Channel",
    "Clock",
    "Declared",
    "Difference",
    "Document",
    "Entry",
    "Files",
    "Form",
    "Given",
    "GivenKind",
    "Held",
    "HeldItem",
    "House",
    "Identity",
    "Kind",
    "Membership",
    "Outcome",
    "Package",
    "Reached",
    "Represented",
    "Request",
    "Saying",
    "Section",
    "Sent",
    "SentTo",
    "Step",
    "Table",
    "Version",
    "Wish",
    "accept",
    "acting",
    "ask",
    "ask_own",
    "asked",
    "changes",
    "close",
    "conflicts",
    "content_of",
    "contents",
    "current",
    "differences",
    "disclosures",
    "document",
    "extend",
    "foretell",
    "fulfil",
    "given",
    "hand_over",
    "held",
    "held_covered",
    "identified",
    "identify",
    "lift",
    "load",
    "machine",
    "mark",
    "open_request",
    "own",
    "own_package",
    "own_request",
    "own_requests",
    "package",
    "pdf",
    "publish",
    "represented",
    "request",
    "requests",
    "restrict",
    "show",
    "spoken",
    "steps",
    "text",
    "versions",
    "wish",
    "withdraw_own",
    "withheld_names",
]
