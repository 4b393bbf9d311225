"""Rights: what the data subject may ask of the register, and what the register says of itself.

Lives here: whose register it is, the notice in its three forms written from what is declared, its
versions, and the check of the promises against the running system; requests as cases with their
clock, and the access package. Tables owned: all of schema ``rights``. Public: what is named
below. Called by the faces.
"""

from rekisteri.rights import conflicts, disclosures
from rekisteri.rights.act_phrases import ACTS
from rekisteri.rights.behalf import TOLD_BY, Represented, acting, represented, withheld_names
from rekisteri.rights.document import Document, Entry, Section, Table
from rekisteri.rights.erase import (
    Assessment,
    Certificate,
    Duty,
    assess,
    certificate,
    certificate_of,
    erase,
    erase_again,
    look_before,
    paper_of,
    refusal,
)
from rekisteri.rights.erased import FILE as ERASED_FILE
from rekisteri.rights.erased import note, noted
from rekisteri.rights.given import Given, GivenKind, given
from rekisteri.rights.going import Gone, Sweep
from rekisteri.rights.handover import SCHEMA, Files, fulfil, hand_over, machine, schema
from rekisteri.rights.held import Held, HeldItem, Membership, Saying, held, held_covered
from rekisteri.rights.holdings import Sent, SentTo
from rekisteri.rights.house import ANY_AUTHORITY, Authority, House, load
from rekisteri.rights.house import FILE as HOUSE_FILE
from rekisteri.rights.legal_hold import Hold, hold, holds, release
from rekisteri.rights.notice import Declared, Form, document
from rekisteri.rights.objection import Verdict, object_to
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
from rekisteri.rights.retain import Run, overdue, retain, runs
from rekisteri.rights.sweeps import SWEEPS
from rekisteri.rights.versions import (
    Change,
    Version,
    changes,
    content_of,
    contents,
    current,
    mark,
    publish,
    shown,
    versions,
)
from rekisteri.rights.whom import asked_of, finder

__all__ = [
    "ACTS",
    "ANY_AUTHORITY",
    "ERASED_FILE",
    "HOUSE_FILE",
    "LANGUAGES",
    "SCHEMA",
    "SWEEPS",
    "TABLES",
    "TOLD_BY",
    "Assessment",
    "Authority",
    "Certificate",
    "Change",
    "Channel",
    "Clock",
    "Declared",
    "Difference",
    "Document",
    "Duty",
    "Entry",
    "Files",
    "Form",
    "Given",
    "GivenKind",
    "Gone",
    "Held",
    "HeldItem",
    "Hold",
    "House",
    "Identity",
    "Kind",
    "Membership",
    "Outcome",
    "Package",
    "Reached",
    "Represented",
    "Request",
    "Run",
    "Saying",
    "Section",
    "Sent",
    "SentTo",
    "Step",
    "Sweep",
    "Table",
    "Verdict",
    "Version",
    "Wish",
    "accept",
    "acting",
    "ask",
    "ask_own",
    "asked",
    "asked_of",
    "assess",
    "certificate",
    "certificate_of",
    "changes",
    "close",
    "conflicts",
    "content_of",
    "contents",
    "current",
    "differences",
    "disclosures",
    "document",
    "erase",
    "erase_again",
    "extend",
    "finder",
    "foretell",
    "fulfil",
    "given",
    "hand_over",
    "held",
    "held_covered",
    "hold",
    "holds",
    "identified",
    "identify",
    "lift",
    "load",
    "look_before",
    "machine",
    "mark",
    "note",
    "noted",
    "object_to",
    "open_request",
    "overdue",
    "own",
    "own_package",
    "own_request",
    "own_requests",
    "package",
    "paper_of",
    "pdf",
    "publish",
    "refusal",
    "release",
    "represented",
    "request",
    "requests",
    "restrict",
    "retain",
    "runs",
    "schema",
    "shown",
    "spoken",
    "steps",
    "text",
    "versions",
    "wish",
    "withdraw_own",
    "withheld_names",
]
