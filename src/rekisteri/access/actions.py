"""The whole access policy on one page.

An action is at once the permission, the audit event and the API scope. Each says which
roles carry it, for which purposes, and how far it reaches in the database:

* ``NONE``  no customer is touched;
* ``OWN``   customers of the viewer's client organisations (staff of the service centre: every one);
* ``ALL``   every identity, because the act must meet an existing customer; what it shows is still own;
* ``SELF``  one party alone: the data subject who is signed in, or whom the subject acts for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from rekisteri.catalogue import Purpose, Role


class Reach(StrEnum):
    """How far an act reaches in the database; row-level security is set from it."""

    NONE = "none"
    OWN = "own"
    ALL = "all"
    SELF = "self"


class Area(StrEnum):
    """Tables that acts work in together; which those are stands in ``access.tables``."""

    CUSTOMERS = "customers"
    """Records, statements, golden records, judgements, and the news of them."""
    WORK = "work"
    INTAKE = "intake"
    DIRECTORIES = "directories"
    """Files of public directories, and the rows of them that do not hold."""
    VTJ = "vtj"
    BANKS = "banks"
    """What banks send and are sent: files, messages, notices, proposals."""
    ORGANISATIONS = "organisations"
    REASONS = "reasons"
    PAYERS = "payers"
    """Answers given, what is told back, and what must be done about it."""
    NOTICE = "notice"
    REQUESTS = "requests"
    REVIEWS = "reviews"
    """What was decided of each grant in the quarterly review; never changed afterwards."""
    EMERGENCIES = "emergencies"
    """Rights lent for minutes (break-glass): asked for, decided, looked through afterwards."""
    DISCLOSURES = "disclosures"
    """The ledger of single disclosures required by law."""
    OVERSIGHT = "oversight"
    """Signals of odd looks, canaries, parameters, sweeps."""
    RESTRICTIONS = "restrictions"
    """Restrictions of processing and the exceptions from them."""
    RETENTION = "retention"
    """Where rows leave: of whatever table whose keeping has ended, or whose person is erased."""
    EVIDENCE = "evidence"
    """Witnesses of the log; its events are anybody's to append, its leaves the sequencer's."""
    COSIGNATURES = "cosignatures"
    """What witnesses signed: handed in by whoever carries it, a system too, which makes nobody a witness."""
    KEYS = "keys"
    """Lots of one-time keys: turned and ended by a rotation alone."""
    ACCOUNTS = "accounts"
    FEEDS = "feeds"
    """What recipients are told: gathered, handed over, delivered."""
    OWN_ACCOUNT = "own_account"
    """One's own sessions, password and second factor; never a grant."""
    SIGN_IN = "sign_in"
    """No act's: what a connection may between acts, so that sign-in finds whoever knocks."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may, what for, how far, and whether protected values or the log open.

    ``writes`` are the areas whose tables the act may change (and look at); ``opens`` those it
    may only look at. Customers are looked at by reach.
    ``fresh``: only somebody who has proved who they are in the last few minutes; of every act that opens a code or a
    covered value to be read, or lets many customers out of the house at once.
    ``implied``: every token of a system carries it, whatever scope was asked for.
    """

    name: str
    roles: frozenset[Role]
    purposes: frozenset[Purpose]
    reach: Reach
    protected: bool = False
    log: bool = False
    writes: frozenset[Area] = frozenset()
    opens: frozenset[Area] = frozenset()
    fresh: bool = False
    implied: bool = False


_R = Role
_USES = frozenset({Purpose.INVOICING, Purpose.COLLECTION, Purpose.UPKEEP})
_LOOK = _USES | {Purpose.DATA_PROTECTION}
_RIGHTS = frozenset({Purpose.UPKEEP, Purpose.DATA_PROTECTION})
_HANDLERS = frozenset({_R.MAINTAINER, _R.INVOICER, _R.COLLECTOR, _R.INTEGRATION})
_KEEPERS = frozenset({_R.MAINTAINER})
_WATCHERS = frozenset({_R.OFFICER, _R.AUDITOR})
_ASKERS = frozenset({_R.MAINTAINER, _R.INVOICER, _R.COLLECTOR})
"""Persons who handle customers: a system asks for no emergency."""
_BRINGERS = frozenset({_R.MAINTAINER, _R.INVOICER, _R.INTEGRATION})
_ADMIN = frozenset({_R.ADMINISTRATOR})
ACCOUNT_ROLES: tuple[Role, ...] = tuple(role for role in Role if role is not _R.SUBJECT)
"""What an account may be granted; a data subject is known by strong identification and has none."""

_EVERYONE = frozenset(ACCOUNT_ROLES)
_ANY = frozenset(Purpose)
_CUSTOMERS = frozenset({Area.CUSTOMERS})
_TAKES = _CUSTOMERS | {Area.WORK}
_LEAVES = (
    _TAKES | frozenset(
        {Area.INTAKE, Area.DIRECTORIES, Area.VTJ, Area.BANKS, Area.PAYERS, Area.REQUESTS, Area.RESTRICTIONS, Area.ACCOUNTS, Area.KEYS,
         Area.OVERSIGHT, Area.FEEDS, Area.REVIEWS, Area.EMERGENCIES, Area.DISCLOSURES, Area.RETENTION}
    )
)  # fmt: skip
"""Where anything stands that leaves when its time has come."""
_SEALED = _TAKES | {
    Area.INTAKE,
    Area.DIRECTORIES,
    Area.VTJ,
    Area.BANKS,
    Area.PAYERS,
    Area.REQUESTS,
    Area.ACCOUNTS,
    Area.KEYS,
}
"""Where anything of a named key stands: each row is made anew when the key turns."""


class Action(Enum):
    """Every act there is. A new route, command or job needs one of these, or it can't exist."""

    CUSTOMER_SEARCH = Policy("customer:search", _HANDLERS | {_R.OFFICER}, _LOOK, Reach.OWN)
    CUSTOMER_READ = Policy("customer:read", _HANDLERS | {_R.OFFICER}, _LOOK, Reach.OWN)
    CUSTOMER_HISTORY = Policy("customer:history", _KEEPERS | {_R.OFFICER, _R.COLLECTOR}, _LOOK, Reach.OWN)
    CUSTOMER_UNMASK = Policy("customer:unmask", _HANDLERS, _USES, Reach.OWN, fresh=True)
    CUSTOMER_PROTECTED = Policy("customer:protected", _KEEPERS, _USES, Reach.OWN, protected=True, fresh=True)
    CUSTOMER_CREATE = Policy("customer:create", _BRINGERS, _USES, Reach.ALL, writes=_TAKES)
    CUSTOMER_CORRECT = Policy(
        "customer:correct", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, protected=True, writes=_CUSTOMERS
    )
    CUSTOMER_MERGE = Policy(
        "customer:merge", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, protected=True, writes=_TAKES
    )
    WORK_READ = Policy(
        "work:read",
        _KEEPERS,
        frozenset({Purpose.UPKEEP}),
        Reach.ALL,
        opens=frozenset({Area.WORK, Area.BANKS, Area.PAYERS}),
    )
    WORK_DECIDE = Policy(
        "work:decide", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, protected=True, writes=_TAKES | {Area.BANKS}
    )
    IMPORT_RUN = Policy("import:run", _BRINGERS, _USES, Reach.ALL, writes=_TAKES | {Area.INTAKE})
    IMPORT_READ = Policy("import:read", _BRINGERS, _USES, Reach.OWN)
    DIRECTORY_IMPORT = Policy(
        "directory:import", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, writes=_CUSTOMERS | {Area.DIRECTORIES}
    )
    DIRECTORY_READ = Policy(
        "directory:read", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.NONE, opens=frozenset({Area.DIRECTORIES})
    )
    VTJ_CHECK = Policy("vtj:check", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, writes=frozenset({Area.VTJ}))
    VTJ_COMPARE = Policy(
        "vtj:compare", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, protected=True, writes=_CUSTOMERS | {Area.VTJ}
    )
    VTJ_APPLY = Policy(
        "vtj:apply", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, protected=True, writes=_CUSTOMERS | {Area.VTJ}
    )
    VTJ_FOLLOW = Policy(
        "vtj:follow", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, protected=True, writes=_CUSTOMERS | {Area.VTJ}
    )
    VTJ_WORK = Policy("vtj:work", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, opens=frozenset({Area.VTJ}))
    VTJ_DECIDE = Policy("vtj:decide", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, writes=frozenset({Area.VTJ}))
    VTJ_STATUS = Policy(
        "vtj:status", _KEEPERS | _ADMIN, frozenset({Purpose.UPKEEP, Purpose.ADMINISTRATION}), Reach.NONE,
        opens=frozenset({Area.VTJ}),
    )  # fmt: skip
    VTJ_RESUME = Policy(
        "vtj:resume", _KEEPERS | _ADMIN, frozenset({Purpose.UPKEEP, Purpose.ADMINISTRATION}), Reach.NONE,
        writes=frozenset({Area.VTJ}),
    )  # fmt: skip
    BANK_IMPORT = Policy(
        "bank:import", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, writes=_CUSTOMERS | {Area.BANKS}
    )
    BANK_READ = Policy("bank:read", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, opens=frozenset({Area.BANKS}))
    BANK_NOTICES = Policy(
        "bank:notices", _KEEPERS | {_R.INVOICER}, frozenset({Purpose.UPKEEP, Purpose.INVOICING}), Reach.OWN
    )
    BANK_ANNOUNCE = Policy(
        "bank:announce", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, writes=frozenset({Area.BANKS})
    )
    BANK_EXCHANGE = Policy(
        "bank:exchange", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, writes=_CUSTOMERS | {Area.BANKS}
    )
    BANK_FORGET = Policy(
        "bank:forget", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.ALL,
        writes=frozenset({Area.BANKS, Area.KEYS}),
    )  # fmt: skip
    AUDIT_SEARCH = Policy("audit:search", _WATCHERS, frozenset({Purpose.DATA_PROTECTION}), Reach.OWN, log=True)
    AUDIT_EXTRACT = Policy("audit:extract", _WATCHERS, frozenset({Purpose.DATA_PROTECTION}), Reach.NONE, log=True,
                           fresh=True)  # fmt: skip
    AUDIT_OWN = Policy("audit:own", frozenset({_R.SUBJECT}), frozenset({Purpose.DATA_PROTECTION}), Reach.SELF, log=True)
    AUDIT_TELL = Policy(
        "audit:tell", frozenset({_R.INTEGRATION}), frozenset({Purpose.DATA_PROTECTION}), Reach.SELF, log=True
    )
    AUDIT_PROOF = Policy(
        "audit:proof", _WATCHERS | _ADMIN | {_R.INTEGRATION}, _ANY, Reach.NONE, writes=frozenset({Area.COSIGNATURES})
    )
    AUDIT_VERIFY = Policy(
        "audit:verify",
        _WATCHERS | _ADMIN,
        frozenset({Purpose.DATA_PROTECTION, Purpose.ADMINISTRATION}),
        Reach.NONE,
        log=True,
    )
    AUDIT_WITNESS = Policy(
        "audit:witness", frozenset({_R.OFFICER}), frozenset({Purpose.DATA_PROTECTION}), Reach.NONE,
        writes=frozenset({Area.EVIDENCE}),
    )  # fmt: skip
    SIGNAL_READ = Policy(
        "signal:read", _WATCHERS, frozenset({Purpose.DATA_PROTECTION}), Reach.OWN, log=True,
        opens=frozenset({Area.OVERSIGHT}),
    )  # fmt: skip
    SIGNAL_CLOSE = Policy(
        "signal:close", frozenset({_R.OFFICER}), frozenset({Purpose.DATA_PROTECTION}), Reach.OWN,
        writes=frozenset({Area.OVERSIGHT}),
    )  # fmt: skip
    SIGNAL_TUNE = Policy(
        "signal:tune", frozenset({_R.OFFICER}), frozenset({Purpose.DATA_PROTECTION}), Reach.OWN,
        writes=frozenset({Area.OVERSIGHT}),
    )  # fmt: skip
    SIGNAL_SWEEP = Policy(
        "signal:sweep", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.ALL, log=True,
        writes=frozenset({Area.OVERSIGHT}), opens=frozenset({Area.ACCOUNTS}),
    )  # fmt: skip
    INCIDENT_ASSESS = Policy(
        "incident:assess", frozenset({_R.OFFICER}), frozenset({Purpose.DATA_PROTECTION}), Reach.OWN, log=True,
        fresh=True,
    )  # fmt: skip
    GRANT_REVIEW = Policy(
        "grant:review", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.NONE,
        writes=frozenset({Area.ACCOUNTS, Area.REVIEWS}), opens=frozenset({Area.EMERGENCIES}),
    )  # fmt: skip
    REVIEW_READ = Policy(
        "review:read", _ADMIN | _WATCHERS, frozenset({Purpose.ADMINISTRATION, Purpose.DATA_PROTECTION}), Reach.NONE,
        opens=frozenset({Area.REVIEWS}),
    )  # fmt: skip
    EMERGENCY_ASK = Policy(
        "emergency:ask", _ASKERS, _USES, Reach.NONE, writes=frozenset({Area.EMERGENCIES}), fresh=True
    )
    EMERGENCY_DECIDE = Policy(
        "emergency:decide", _ADMIN | _KEEPERS, frozenset({Purpose.ADMINISTRATION, Purpose.UPKEEP}), Reach.NONE,
        writes=frozenset({Area.EMERGENCIES}), fresh=True,
    )  # fmt: skip
    EMERGENCY_READ = Policy(
        "emergency:read", _WATCHERS, frozenset({Purpose.DATA_PROTECTION}), Reach.OWN, log=True,
        opens=frozenset({Area.EMERGENCIES}),
    )  # fmt: skip
    EMERGENCY_REVIEW = Policy(
        "emergency:review", frozenset({_R.OFFICER}), frozenset({Purpose.DATA_PROTECTION}), Reach.NONE,
        writes=frozenset({Area.EMERGENCIES}),
    )  # fmt: skip
    CATALOGUE_READ = Policy("catalogue:read", _EVERYONE, _ANY, Reach.NONE)
    NOTICE_READ = Policy("notice:read", _EVERYONE, _ANY, Reach.NONE)
    NOTICE_PUBLISH = Policy("notice:publish", frozenset({_R.OFFICER}), frozenset({Purpose.DATA_PROTECTION}), Reach.NONE,
                            writes=frozenset({Area.NOTICE}))  # fmt: skip
    NOTICE_VERIFY = Policy("notice:verify", _WATCHERS, frozenset({Purpose.DATA_PROTECTION}), Reach.ALL,
                           opens=frozenset({Area.ACCOUNTS, Area.DISCLOSURES, Area.RETENTION}))  # fmt: skip
    RIGHTS_REQUEST = Policy("rights:request", _KEEPERS | {_R.OFFICER}, _RIGHTS, Reach.ALL,
                            writes=frozenset({Area.REQUESTS}))  # fmt: skip
    RIGHTS_ASK = Policy("rights:ask", frozenset({_R.INVOICER, _R.COLLECTOR, _R.INTEGRATION}), _USES, Reach.OWN,
                        writes=frozenset({Area.REQUESTS}))  # fmt: skip
    RIGHTS_RECTIFY = Policy("rights:rectify", _KEEPERS, frozenset({Purpose.UPKEEP}), Reach.ALL, protected=True,
                            writes=_CUSTOMERS | {Area.REQUESTS})  # fmt: skip
    RIGHTS_PACKAGE = Policy("rights:package", _KEEPERS | {_R.OFFICER}, _RIGHTS, Reach.ALL, protected=True, log=True, fresh=True,
                            writes=frozenset({Area.REQUESTS}), opens=frozenset({Area.WORK, Area.BANKS, Area.PAYERS, Area.DISCLOSURES}))  # fmt: skip
    RIGHTS_RESTRICT = Policy("rights:restrict", _KEEPERS | {_R.OFFICER}, _RIGHTS, Reach.ALL,
                             writes=_CUSTOMERS | {Area.REQUESTS, Area.RESTRICTIONS})  # fmt: skip
    RIGHTS_HOLD = Policy("rights:hold", frozenset({_R.OFFICER}), frozenset({Purpose.DATA_PROTECTION}), Reach.ALL,
                         writes=frozenset({Area.REQUESTS}))  # fmt: skip
    RIGHTS_ERASE = Policy("rights:erase", frozenset({_R.OFFICER}), frozenset({Purpose.DATA_PROTECTION}), Reach.ALL,
                          protected=True, writes=_LEAVES, fresh=True)  # fmt: skip
    RETENTION_READ = Policy("retention:read", _WATCHERS | _ADMIN,
                            frozenset({Purpose.DATA_PROTECTION, Purpose.ADMINISTRATION}), Reach.NONE,
                            opens=frozenset({Area.RETENTION}))  # fmt: skip
    RETENTION_RUN = Policy("retention:run", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.ALL, protected=True,
                           writes=_LEAVES)  # fmt: skip
    ORGANISATION_READ = Policy("organisation:read", _EVERYONE, _ANY, Reach.NONE, implied=True)
    ORGANISATION_MANAGE = Policy(
        "organisation:manage", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.NONE,
        writes=frozenset({Area.ORGANISATIONS}),
    )  # fmt: skip
    REGISTER_UPKEEP = Policy(
        "register:upkeep", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.ALL, protected=True, writes=_CUSTOMERS
    )
    REGISTER_BACKUP = Policy("register:backup", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.NONE)
    REGISTER_RESTORE = Policy("register:restore", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.NONE)
    REASON_READ = Policy("reason:read", _EVERYONE, _ANY, Reach.NONE)
    REASON_MANAGE = Policy(
        "reason:manage", _KEEPERS | _ADMIN, frozenset({Purpose.UPKEEP, Purpose.ADMINISTRATION}), Reach.NONE,
        writes=frozenset({Area.REASONS}),
    )  # fmt: skip
    ACCOUNT_MANAGE = Policy(
        "account:manage", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.NONE, writes=frozenset({Area.ACCOUNTS})
    )
    ACCOUNT_OWN = Policy("account:own", _EVERYONE, _ANY, Reach.NONE, writes=frozenset({Area.OWN_ACCOUNT}), implied=True)
    ACCOUNT_PROOF = Policy(
        "account:proof", _EVERYONE, _ANY, Reach.NONE, writes=frozenset({Area.OWN_ACCOUNT}), fresh=True
    )
    PAYER_RESOLVE = Policy("payer:resolve", _HANDLERS, _USES, Reach.ALL, writes=frozenset({Area.PAYERS}))
    PAYER_BATCH = Policy("payer:batch", _HANDLERS, _USES, Reach.ALL, writes=frozenset({Area.PAYERS}), fresh=True)
    PAYER_REPORT = Policy("payer:report", _HANDLERS, _USES, Reach.ALL, writes=_CUSTOMERS | {Area.PAYERS})
    PAYER_RECEIPT = Policy("payer:receipt", _HANDLERS | {_R.OFFICER}, _LOOK, Reach.OWN)
    PAYER_RECEIPT_COVERED = Policy("payer:receipt-covered", _KEEPERS, _USES, Reach.OWN, protected=True, fresh=True)
    FEED_READ = Policy("feed:read", frozenset({_R.INTEGRATION}), frozenset({Purpose.INVOICING, Purpose.COLLECTION}),
                       Reach.OWN, writes=frozenset({Area.FEEDS}))  # fmt: skip
    FEED_STATE = Policy(
        "feed:state", _KEEPERS | _ADMIN, frozenset({Purpose.UPKEEP, Purpose.ADMINISTRATION}), Reach.ALL,
        opens=frozenset({Area.FEEDS}),
    )  # fmt: skip
    FEED_GATHER = Policy(
        "feed:gather", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.ALL, writes=frozenset({Area.FEEDS})
    )
    FEED_DELIVER = Policy(
        "feed:deliver", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.ALL, writes=frozenset({Area.FEEDS})
    )
    FEED_SECRET = Policy("feed:secret", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.NONE)
    FEED_AGAIN = Policy(
        "feed:again", _KEEPERS | _ADMIN, frozenset({Purpose.UPKEEP, Purpose.ADMINISTRATION}), Reach.ALL,
        writes=frozenset({Area.FEEDS}),
    )  # fmt: skip
    CONNECTION_READ = Policy(
        "connection:read", _ADMIN | _WATCHERS, frozenset({Purpose.ADMINISTRATION, Purpose.DATA_PROTECTION}), Reach.NONE
    )
    CONNECTION_OPEN = Policy("connection:open", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.NONE)
    CORRECTION_COMPARE = Policy("correction:compare", _KEEPERS | _ADMIN, frozenset({Purpose.UPKEEP, Purpose.ADMINISTRATION}),
                                Reach.ALL, protected=True, writes=frozenset({Area.WORK}))  # fmt: skip
    DISCLOSURE_READ = Policy("disclosure:read", _KEEPERS | _WATCHERS, _RIGHTS, Reach.ALL,
                             opens=frozenset({Area.DISCLOSURES}))  # fmt: skip
    DISCLOSURE_ENTER = Policy("disclosure:enter", _KEEPERS | {_R.OFFICER}, _RIGHTS, Reach.ALL,
                              writes=frozenset({Area.DISCLOSURES}))  # fmt: skip
    DISCLOSURE_AGREE = Policy("disclosure:agree", _KEEPERS | {_R.OFFICER}, _RIGHTS, Reach.ALL, fresh=True,
                              writes=frozenset({Area.DISCLOSURES}))  # fmt: skip
    DISCLOSURE_GIVE = Policy("disclosure:give", _KEEPERS | {_R.OFFICER}, _RIGHTS, Reach.ALL, protected=True, fresh=True,
                             writes=frozenset({Area.DISCLOSURES}))  # fmt: skip
    SUBJECT_IDENTIFY = Policy(
        "subject:identify", frozenset({_R.SUBJECT}), frozenset({Purpose.DATA_PROTECTION}), Reach.ALL
    )
    SELF_READ = Policy("self:read", frozenset({_R.SUBJECT}), frozenset({Purpose.DATA_PROTECTION}), Reach.SELF)
    SELF_PROTECTED = Policy("self:protected", frozenset({_R.SUBJECT}), frozenset({Purpose.DATA_PROTECTION}), Reach.SELF,
                            protected=True, fresh=True)  # fmt: skip
    SELF_STATE = Policy("self:state", frozenset({_R.SUBJECT}), frozenset({Purpose.DATA_PROTECTION}), Reach.SELF,
                        writes=_CUSTOMERS)  # fmt: skip
    SELF_REPRESENT = Policy("self:represent", frozenset({_R.SUBJECT}), frozenset({Purpose.DATA_PROTECTION}), Reach.ALL)
    SELF_ASK = Policy("self:ask", frozenset({_R.SUBJECT}), frozenset({Purpose.DATA_PROTECTION}), Reach.SELF,
                      writes=frozenset({Area.REQUESTS}))  # fmt: skip
    SELF_PACKAGE = Policy("self:package", frozenset({_R.SUBJECT}), frozenset({Purpose.DATA_PROTECTION}), Reach.SELF,
                          protected=True, log=True, fresh=True, writes=frozenset({Area.REQUESTS}))  # fmt: skip
    KEYS_READ = Policy(
        "keys:read", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.ALL, protected=True, opens=_SEALED
    )
    KEYS_TURN = Policy(
        "keys:turn", _ADMIN, frozenset({Purpose.ADMINISTRATION}), Reach.ALL, protected=True, writes=_SEALED
    )
    SESSION_OPEN = Policy("session:open", _EVERYONE, _ANY, Reach.NONE)
    SESSION_CLOSE = Policy("session:close", _EVERYONE, _ANY, Reach.NONE, implied=True)

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        """The rules of this action: its value, by a road that an act may take ten times."""


PURPOSES_OF_ROLE: dict[Role, tuple[Purpose, ...]] = {
    _R.MAINTAINER: (Purpose.UPKEEP, Purpose.INVOICING, Purpose.COLLECTION),
    _R.INVOICER: (Purpose.INVOICING,),
    _R.COLLECTOR: (Purpose.COLLECTION,),
    _R.OFFICER: (Purpose.DATA_PROTECTION,),
    _R.AUDITOR: (Purpose.DATA_PROTECTION,),
    _R.ADMINISTRATOR: (Purpose.ADMINISTRATION,),
    _R.INTEGRATION: (Purpose.INVOICING, Purpose.COLLECTION),
    _R.SUBJECT: (Purpose.DATA_PROTECTION,),
}
"""What each role may name as its purpose, the usual one first."""
NAMED_PURPOSES: dict[Role, tuple[Purpose, ...]] = {_R.INTEGRATION: (Purpose.DATA_PROTECTION,)}
"""What a role may besides, where a grant names it: a system that tells data subjects how their data is used."""
