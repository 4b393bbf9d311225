"""Payers: who pays, where, how, may we: a payer and the reasons.

Lives here: payment reasons with their channel policies; the resolution of one question or many (facts fetched once,
rules in tables of precedence, pure); receipts, signed; the answer in words; what invoicing and collection tell back.
Tables owned: ``payers.payment_reason``, ``payers.receipt``, ``payers.receipt_key``, ``payers.report``, ``payers.task``.
Public: what is named below. Called by ``sources`` (the banks' wing asks for payment reasons) and by the faces.
"""

from rekisteri.payers.addresses import ADDRESSES
from rekisteri.payers.answer import (
    Address,
    Answer,
    Blocks,
    Delivery,
    Doubt,
    FinvoiceParty,
    Liable,
    Problem,
    Stop,
    Withheld,
)
from rekisteri.payers.beside import Beside, help_out
from rekisteri.payers.bulk import CHUNK, Batch, Spool, bulk, spool
from rekisteri.payers.explain import Chapter, explain
from rekisteri.payers.facts import ADULT_AGE
from rekisteri.payers.forms import Limits, address_of
from rekisteri.payers.forms import finvoice as finvoice_party
from rekisteri.payers.hands import Crew, problem
from rekisteri.payers.liable import in_force
from rekisteri.payers.problems import PROBLEMS, Explained
from rekisteri.payers.question import By, Question, Usual, asked, checked
from rekisteri.payers.reasons import (
    Channel,
    Households,
    LastResort,
    PaymentReason,
    Policy,
    end_reason,
    payment_reasons,
    set_reason,
)
from rekisteri.payers.receipts import (
    Kept,
    PublicKey,
    Receipt,
    given,
    of_data,
    public_keys,
    show,
    verify,
    verify_with,
    whole,
)
from rekisteri.payers.recipients import of_money
from rekisteri.payers.reports import Report, Reported, ReportKind, report
from rekisteri.payers.resolve import OFFICE_KEY_NAMES, Office, Receipted, office, resolve, resolve_all
from rekisteri.payers.signing import Signer, leaf, verified
from rekisteri.payers.tasks import Task, TaskKind, settle, tasks

__all__ = [
    "ADDRESSES",
    "ADULT_AGE",
    "CHUNK",
    "OFFICE_KEY_NAMES",
    "PROBLEMS",
    "Address",
    "Answer",
    "Batch",
    "Beside",
    "Blocks",
    "By",
    "Channel",
    "Chapter",
    "Crew",
    "Delivery",
    "Doubt",
    "Explained",
    "FinvoiceParty",
    "Households",
    "Kept",
    "LastResort",
    "Liable",
    "Limits",
    "Office",
    "PaymentReason",
    "Policy",
    "Problem",
    "PublicKey",
    "Question",
    "Receipt",
    "Receipted",
    "Report",
    "ReportKind",
    "Reported",
    "Signer",
    "Spool",
    "Stop",
    "Task",
    "TaskKind",
    "Usual",
    "Withheld",
    "address_of",
    "asked",
    "bulk",
    "checked",
    "end_reason",
    "explain",
    "finvoice_party",
    "given",
    "help_out",
    "in_force",
    "leaf",
    "of_data",
    "of_money",
    "office",
    "payment_reasons",
    "problem",
    "public_keys",
    "report",
    "resolve",
    "resolve_all",
    "set_reason",
    "settle",
    "show",
    "spool",
    "tasks",
    "verified",
    "verify",
    "verify_with",
    "whole",
]
