"""The whole database policy on one page: for each table, which rows an act meets and what it may write.

The database's policies and grants are generated from this page (``access.policies``), and a
law of the house compares them with the live database: a table that stands here not at all,
or otherwise than the database has it, fails. What a page of this kind leaves out is denied:
the application has no grant on it.

An act meets a row by any of its table's *ways*; it writes where it works in one of the
table's *areas* (``Policy.writes``), and what it writes must be its own where ``keeps`` says so.
Rows of the log are appended by whoever acts, by refusals and sign-in too.
"""

from __future__ import annotations

from dataclasses import dataclass

from rekisteri.access.actions import Area

INSERT, UPDATE, DELETE = "insert", "update", "delete"


@dataclass(frozen=True, slots=True)
class Anybody:
    """Every row, whoever asks: no act is needed."""


@dataclass(frozen=True, slots=True)
class AnyAct:
    """Every row, within any act that the door has opened."""


@dataclass(frozen=True, slots=True)
class AnyCustomer:
    """Every row, within an act that reaches customers of client organisations, or in which a data subject states."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Every row, within an act that opens one of these areas; to a data subject those ``self`` holds of."""

    areas: frozenset[Area]
    self: str = ""


@dataclass(frozen=True, slots=True)
class OfAccount:
    """An account's rows: every one within an act that opens one of these areas; within an act on the viewer's
    own account (``Area.OWN_ACCOUNT``) those whose ``column`` is that account."""

    areas: frozenset[Area]
    column: str = "account_id"


@dataclass(frozen=True, slots=True)
class Switched:
    """Every row, where the setting ``rekisteri.<name>`` is on: ``log`` within an act that reads the log."""

    name: str


@dataclass(frozen=True, slots=True)
class ActedFor:
    """Every row, within an act that opens one of these areas; of a viewer bound to client organisations those of
    acts for these, by the column ``organisations``."""

    areas: frozenset[Area]


@dataclass(frozen=True, slots=True)
class Logged:
    """Rows of the log: every one where it is open; where it is open to a client organisation's own officer or
    auditor those ``own`` holds of, to a data subject those ``self`` holds of."""

    own: str
    self: str


@dataclass(frozen=True, slots=True)
class Customers:
    """A customer's rows: reach ``all`` meets every one, ``own`` and ``self`` those of which this holds.

    Both are conditions in SQL; an empty one meets nothing.
    """

    own: str
    self: str = ""


@dataclass(frozen=True, slots=True)
class OfOrganisation:
    """A client organisation's rows, by the column of its number: within an act that reaches customers, or
    where ``areas`` are named, opens one of them; of an organisation the viewer acts for.

    Rows of which ``veil`` holds (a condition in SQL) are met by an act that opens protected values alone. To a
    data subject those are met ``self`` holds of."""

    column: str = "organisation_id"
    areas: frozenset[Area] = frozenset()
    veil: str = ""
    self: str = ""


@dataclass(frozen=True, slots=True)
class Within:
    """Rows that belong to rows of another table which the act meets: ``condition`` asks for such a one.

    Where ``switch`` is named, that setting must be on as well.
    """

    condition: str
    switch: str = ""


@dataclass(frozen=True, slots=True)
class Nobody:
    """No row is met: the table is written, and read by the owner alone."""


Rows = (
    Anybody
    | AnyAct
    | AnyCustomer
    | Opened
    | OfAccount
    | Switched
    | ActedFor
    | Logged
    | Customers
    | OfOrganisation
    | Within
    | Nobody
)


@dataclass(frozen=True, slots=True)
class Table:
    """The policy of one table.

    ``writes`` maps each command the application may ever do to the columns it may touch
    (empty: every one). ``areas`` are those an act must work in to write; ``switch`` names a
    setting that must be on instead; with neither, and for the commands of ``freely``, anybody
    writes. ``leaves`` are the areas to delete in, where those are not ``areas``. ``keeps`` limits what a viewer bound to client organisations may write: a
    condition in SQL.
    """

    name: str
    rows: Rows
    writes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    areas: frozenset[Area] = frozenset()
    switch: str = ""
    keeps: str = ""
    freely: tuple[str, ...] = ()
    leaves: frozenset[Area] = frozenset()

    @property
    def bare(self) -> str:
        """The name without its schema."""
        return self.name.partition(".")[2]


def _all(*commands: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((command, ()) for command in commands)


OWN_ORGANISATIONS = "(select nullif(current_setting('rekisteri.organisations', true), '')::integer[])"
OWN_ACCOUNT = "(select nullif(current_setting('rekisteri.account', true), '')::uuid)"
SELF_PARTY = "(select nullif(current_setting('rekisteri.self', true), '')::uuid)"
OWN_NUMBER = f"= any ({OWN_ORGANISATIONS}::integer[])"

_ALL_ACCOUNTS = frozenset({Area.ACCOUNTS, Area.SIGN_IN})
_ACCOUNTS = _ALL_ACCOUNTS | {Area.OWN_ACCOUNT}
_SIGN_IN = frozenset({Area.SIGN_IN})
_LOG_OF = "(select nullif(current_setting('rekisteri.log_of', true), '')::uuid[])"
_CUSTOMERS = frozenset({Area.CUSTOMERS})
_EVIDENCE = frozenset({Area.EVIDENCE})
_OVERSIGHT = frozenset({Area.OVERSIGHT})
_DIRECTORIES = frozenset({Area.DIRECTORIES})
_VTJ = frozenset({Area.VTJ})
_RESTRICTIONS = frozenset({Area.RESTRICTIONS})
_RETENTION = frozenset({Area.RETENTION})
_LIFTING = ("told_at", "told_by", "told_how", "lifts_on", "lifted_at", "lifted_by", "lifted_because")
_PAYERS = frozenset({Area.PAYERS})
_BANKS = frozenset({Area.BANKS})
_FEEDS = frozenset({Area.FEEDS})
_BY_ORGANISATIONS = f"organisations && {OWN_ORGANISATIONS}"
_BY_PARTY = Customers("parties.reaches(party_id)", f"party_id = {SELF_PARTY}")
_BY_RECORD = Customers("parties.reaches_record(record_id)", "parties.is_self(record_id)")
_OWN_SOURCE = (
    "source_id = any (array(select s.id from parties.source s where s.organisation_id is null "
    "or s.organisation_id = any ((select nullif(current_setting('rekisteri.organisations', true), '')::integer[])"
    "::integer[])))"
)
_OWN_STATEMENT = (
    "exists (select from parties.statement s where s.record_id = protected.record_id and s.id = protected.statement_id)"
)
_OF_BULK = f"exists (select from audit.subject_block b where b.event_id = id and b.party_ids && {_LOG_OF})"
_OF_EVENT = "audit.acted_for(event_id)"
_OWN_ORGANISATION = f"organisation_id {OWN_NUMBER}"
_SELF_RECORDS = (
    "(select array(select r.id from parties.record r "
    "where r.party_id = (select nullif(current_setting('rekisteri.self', true), '')::uuid)))"
)
_SELF = f"party_id = {SELF_PARTY}"
_SELF_AMONG = f"(customer_id = {SELF_PARTY} or {SELF_PARTY} = any (party_ids))"
_SELF_RECORD = "parties.is_self(record_id)"
_DISCLOSURES = frozenset({Area.DISCLOSURES})
_SELF_DISCLOSED = f"exists (select from rights.disclosed c where c.disclosure_id = id and c.party_id = {SELF_PARTY})"
_SELF_MANDATE = "exists (select from sources.mandate d where d.id = mandate_id and parties.is_self(d.record_id))"

TABLES: tuple[Table, ...] = (
    Table("ground.lot", Anybody(), _all(INSERT, UPDATE, DELETE), frozenset({Area.KEYS}), freely=(INSERT,)),
    Table("ground.condemned", Opened(frozenset({Area.KEYS})), _all(INSERT, UPDATE, DELETE), frozenset({Area.KEYS})),
    Table("audit.event", Logged(_BY_ORGANISATIONS, f"(subjects && {_LOG_OF} or {_OF_BULK})"), _all(INSERT)),
    Table("audit.subject", Logged(_OF_EVENT, f"party_id = any ({_LOG_OF}::uuid[])"), _all(INSERT)),
    Table("audit.subject_block", Logged(_OF_EVENT, f"party_ids && {_LOG_OF}"), _all(INSERT)),
    Table("audit.leaf", Anybody(), _all(INSERT), switch="seal"),
    Table("audit.tile", Anybody(), _all(INSERT), switch="seal"),
    Table("audit.checkpoint", Anybody(), _all(INSERT), switch="seal"),
    Table("audit.witness", Anybody(), _all(INSERT, UPDATE), _EVIDENCE),
    Table("audit.cosignature", Anybody(), _all(INSERT), frozenset({Area.COSIGNATURES})),
    Table("access.organisation", AnyAct(), _all(INSERT, UPDATE), frozenset({Area.ORGANISATIONS})),
    Table("access.account", OfAccount(_ALL_ACCOUNTS, "id"), _all(INSERT, UPDATE, DELETE), _ACCOUNTS, leaves=_RETENTION),
    Table("access.grant", OfAccount(_ALL_ACCOUNTS), _all(INSERT, UPDATE, DELETE), frozenset({Area.ACCOUNTS}), leaves=_RETENTION),
    Table("access.session", OfAccount(_ALL_ACCOUNTS), _all(INSERT, UPDATE, DELETE), _ACCOUNTS),
    Table("access.factor", OfAccount(_ALL_ACCOUNTS), _all(INSERT, UPDATE, DELETE), _ACCOUNTS),
    Table("access.recovery", OfAccount(_ALL_ACCOUNTS), _all(INSERT, UPDATE, DELETE), _ACCOUNTS),
    Table("access.identity", OfAccount(_ALL_ACCOUNTS), _all(INSERT, UPDATE, DELETE), _ALL_ACCOUNTS),
    Table("access.client", OfAccount(_ALL_ACCOUNTS), _all(INSERT, UPDATE, DELETE), frozenset({Area.ACCOUNTS}), leaves=_RETENTION),
    Table("access.restriction", AnyCustomer(), ((INSERT, ()), (DELETE, ()), (UPDATE, _LIFTING)), _RESTRICTIONS, leaves=_RETENTION),
    Table("access.exemption", AnyCustomer(), ((INSERT, ()), (DELETE, ()), (UPDATE, ("ended_at", "ended_by"))), _RESTRICTIONS, leaves=_RETENTION),
    Table("access.errand", Opened(_SIGN_IN), _all(INSERT, DELETE), _SIGN_IN),
    Table("access.spent", Opened(_SIGN_IN), _all(INSERT, DELETE), _SIGN_IN),
    Table("access.review", Opened(frozenset({Area.REVIEWS})), _all(INSERT, DELETE), frozenset({Area.REVIEWS}), leaves=_RETENTION),
    Table("access.emergency", OfAccount(frozenset({Area.EMERGENCIES, Area.SIGN_IN})), _all(INSERT, UPDATE, DELETE),
          frozenset({Area.EMERGENCIES}), leaves=_RETENTION),
    Table("parties.source", AnyAct(), _all(INSERT), _CUSTOMERS),
    Table("parties.party", Customers(_BY_ORGANISATIONS, f"id = {SELF_PARTY}"), _all(INSERT, UPDATE, DELETE), _CUSTOMERS, leaves=_RETENTION),
    Table("parties.record", _BY_PARTY, _all(INSERT, UPDATE, DELETE), _CUSTOMERS, keeps=_OWN_SOURCE, leaves=_RETENTION),
    Table("parties.statement", _BY_RECORD, _all(INSERT, UPDATE, DELETE), _CUSTOMERS, leaves=_RETENTION),
    Table("parties.protected", Within(_OWN_STATEMENT, "protected"), (*_all(INSERT, DELETE), (UPDATE, ("sealed",))), _CUSTOMERS),
    Table("parties.identifier", _BY_PARTY, ((INSERT, ()), (DELETE, ()), (UPDATE, ("party_id", "blind"))), _CUSTOMERS, leaves=_RETENTION),
    Table("parties.named", Customers(""), (*_all(INSERT, DELETE), (UPDATE, ("blind",))), _CUSTOMERS),
    Table("parties.judgement", _BY_RECORD, _all(INSERT, DELETE), _CUSTOMERS, leaves=_RETENTION),
    Table("parties.work", OfOrganisation(areas=frozenset({Area.WORK}), self=_SELF), _all(INSERT, UPDATE, DELETE), frozenset({Area.WORK}),
          keeps=_OWN_ORGANISATION, leaves=_RETENTION),
    Table("parties.change", Customers(_BY_ORGANISATIONS), _all(INSERT, DELETE), _CUSTOMERS, leaves=_RETENTION),
    Table("parties.word", AnyCustomer(), _all(INSERT, DELETE), _CUSTOMERS, leaves=_RETENTION),
    Table("parties.word_variant", AnyCustomer(), _all(INSERT, DELETE), _CUSTOMERS, leaves=_RETENTION),
    Table("payers.payment_reason", AnyAct(), _all(INSERT), frozenset({Area.REASONS})),
    Table("payers.receipt_key", AnyAct(), _all(INSERT), _PAYERS),
    Table("payers.receipt", OfOrganisation(veil="payers.covered(party_ids)", self=_SELF_AMONG), ((INSERT, ()), (DELETE, ()), (UPDATE, ("body",))), _PAYERS,
          keeps=_OWN_ORGANISATION, leaves=_RETENTION),
    Table("payers.report", OfOrganisation(areas=_PAYERS, self=_SELF), ((INSERT, ()), (DELETE, ()), (UPDATE, ("key_hash", "digest"))), _PAYERS,
          keeps=_OWN_ORGANISATION, leaves=_RETENTION),
    Table("payers.task", OfOrganisation(areas=_PAYERS | {Area.WORK}, self=_SELF),
          ((INSERT, ()), (DELETE, ()), (UPDATE, ("settled_at", "settled_by", "settlement"))), _PAYERS | {Area.WORK},
          keeps=_OWN_ORGANISATION, leaves=_RETENTION),
    Table("sources.batch", OfOrganisation(), (*_all(INSERT, DELETE), (UPDATE, ("file_digest",))), frozenset({Area.INTAKE}),
          keeps=_OWN_ORGANISATION, leaves=_RETENTION),
    Table("sources.fault", Within("exists (select from sources.batch b where b.id = batch_id)"),
          ((INSERT, ()), (DELETE, ()), (UPDATE, ("raw",))), frozenset({Area.INTAKE}), leaves=_RETENTION),
    Table("sources.directory_run", Opened(_DIRECTORIES), _all(INSERT, DELETE), _DIRECTORIES, leaves=_RETENTION),
    Table("sources.directory_fault", Opened(_DIRECTORIES), (*_all(INSERT, DELETE), (UPDATE, ("raw",))), _DIRECTORIES),
    Table("sources.vtj_answer", Opened(_VTJ), (*_all(INSERT, DELETE), (UPDATE, ("sealed",))), _VTJ),
    Table("sources.vtj_use", Opened(_VTJ), _all(INSERT, UPDATE), _VTJ),
    Table("sources.vtj_stop", Opened(_VTJ), _all(INSERT, DELETE), _VTJ),
    Table("sources.intermediator", AnyAct(), _all(INSERT, UPDATE), _BANKS),
    Table("sources.notice", OfOrganisation(), _all(INSERT, UPDATE), _BANKS, keeps=_OWN_ORGANISATION),
    Table("sources.notice_version", Within("exists (select from sources.notice n where n.id = notice_id)"),
          _all(INSERT, UPDATE), _BANKS),
    Table("sources.notice_delivery", Within("exists (select from sources.notice_version v where v.id = version_id)"),
          _all(INSERT, UPDATE), _BANKS),
    Table("sources.notice_end", Opened(_BANKS), _all(INSERT, UPDATE), _BANKS),
    Table("sources.proposal", Opened(_BANKS, _SELF_RECORD), _all(INSERT, UPDATE, DELETE), _BANKS),
    Table("sources.bank_file", Opened(_BANKS), _all(INSERT, UPDATE, DELETE), _BANKS, leaves=_RETENTION),
    Table("sources.bank_file_part", Opened(_BANKS), (*_all(INSERT, DELETE), (UPDATE, ("sealed",))), _BANKS),
    Table("sources.bank_message", Opened(_BANKS, _SELF_RECORD), _all(INSERT, UPDATE, DELETE), _BANKS),
    Table("sources.bank_evidence", Opened(_BANKS), (*_all(INSERT, DELETE), (UPDATE, ("sealed",))), _BANKS),
    Table("sources.bank_answer", Opened(_BANKS), (*_all(INSERT, DELETE), (UPDATE, ("once",))), _BANKS),
    Table("sources.order_pause", Opened(_BANKS), (*_all(INSERT, DELETE), (UPDATE, ("thread",))), _BANKS),
    Table("sources.creditor", OfOrganisation(), _all(INSERT, UPDATE), _BANKS, keeps=_OWN_ORGANISATION),
    Table("sources.mandate", Opened(_BANKS, _SELF_RECORD), _all(INSERT, UPDATE, DELETE), _BANKS),
    Table("sources.mandate_message", Opened(_BANKS, _SELF_MANDATE), _all(INSERT, UPDATE, DELETE), _BANKS),
    Table("sources.vtj_bucket", Opened(_VTJ), _all(INSERT, UPDATE), _VTJ),
    Table("sources.vtj_subscription", Opened(_VTJ), _all(INSERT, UPDATE, DELETE), _VTJ),
    Table("sources.vtj_held", Opened(_VTJ), (*_all(INSERT, DELETE), (UPDATE, ("digest", "sealed"))), _VTJ),
    Table("sources.vtj_task", Opened(_VTJ), _all(INSERT, UPDATE, DELETE), _VTJ, leaves=_RETENTION),
    Table("sources.vtj_run", Opened(_VTJ), _all(INSERT, UPDATE, DELETE), _VTJ, leaves=_RETENTION),
    Table("sources.vtj_checked", Opened(_VTJ), _all(INSERT, UPDATE, DELETE), _VTJ, leaves=_RETENTION),
    Table("oversight.signal", ActedFor(_OVERSIGHT), _all(INSERT, UPDATE, DELETE), _OVERSIGHT, leaves=_RETENTION),
    Table("oversight.canary", Opened(_OVERSIGHT), _all(INSERT, UPDATE, DELETE), _OVERSIGHT, leaves=_RETENTION),
    Table("oversight.parameter", Opened(_OVERSIGHT), _all(INSERT, UPDATE), _OVERSIGHT),
    Table("oversight.sweep", Opened(_OVERSIGHT), _all(INSERT), _OVERSIGHT),
    Table("rights.notice", AnyAct(), _all(INSERT), frozenset({Area.NOTICE})),
    Table("rights.disclosure", Opened(_DISCLOSURES, _SELF_DISCLOSED), _all(INSERT, UPDATE, DELETE), _DISCLOSURES, leaves=_RETENTION),
    Table("rights.disclosed", Opened(_DISCLOSURES, _SELF), _all(INSERT, DELETE), _DISCLOSURES, leaves=_RETENTION),
    Table("rights.conflict", OfOrganisation(areas=frozenset({Area.WORK, Area.REQUESTS})), _all(INSERT, UPDATE, DELETE),
          frozenset({Area.WORK}), leaves=_RETENTION),
    Table("rights.notice_shown", Customers("", f"party_id = {SELF_PARTY}"), _all(INSERT, DELETE), leaves=_RETENTION),
    Table("rights.request", Customers(_OWN_ORGANISATION, f"party_id = {SELF_PARTY}"), _all(INSERT, UPDATE, DELETE),
          frozenset({Area.REQUESTS}), keeps=f"(organisation_id is null or {_OWN_ORGANISATION} or party_id = {SELF_PARTY})", leaves=_RETENTION),
    Table("rights.step", Within("exists (select from rights.request r where r.id = request_id)"), _all(INSERT, DELETE),
          frozenset({Area.REQUESTS}), leaves=_RETENTION),
    Table("rights.hold", Customers(""), ((INSERT, ()), (DELETE, ()), (UPDATE, ("ended_at", "ended_by"))), frozenset({Area.REQUESTS}),
          leaves=_RETENTION),
    Table("rights.certificate", Opened(frozenset({Area.REQUESTS})), _all(INSERT), _RETENTION),
    Table("rights.retention_run", Opened(_RETENTION), _all(INSERT), _RETENTION),
    Table("feeds.recipient", AnyAct(), ((INSERT, ()), (UPDATE, ("failures", "rest_until"))), _FEEDS),
    Table("feeds.reading", Opened(_FEEDS), ((UPDATE, ("floor", "edge", "edge_noted_at", "edge_xid")),), _FEEDS),
    Table("feeds.met", Opened(_FEEDS), _all(INSERT, DELETE), _FEEDS),
    Table("feeds.event", Customers(_OWN_ORGANISATION, "parties.is_self(record_id)"),
          ((INSERT, ()), (DELETE, ()), (UPDATE, ("state", "tries", "due_at", "handed_at", "settled_at", "failure"))), _FEEDS,
          # Of an erasure whoever was told is told, whosever customer it was.
          keeps=f"kind = 'erased' or {_OWN_ORGANISATION}", leaves=_RETENTION),
    Table("feeds.handover", Customers(_OWN_ORGANISATION, f"record_ids && {_SELF_RECORDS}"), _all(INSERT, DELETE), _FEEDS,
          keeps=_OWN_ORGANISATION, leaves=_RETENTION),
)  # fmt: skip
"""Every table of the rooms, in the order of the staircase. A new one is added at the end of its room's."""
