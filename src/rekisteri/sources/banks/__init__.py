"""Banks: the wing of the banks' direct authorisations: payers' orders of e-invoices and direct payment.

Lives here: a bank's file cut into messages (split) and read (wire), which notice each answers
(known), whose order it is (match, standing) and what is stated in consequence (settle), a file
in one transaction (intake), orders paused (pauses, suspending), held messages and files decided by a person (work), sender notices
and proposals to the banks (notice, notice_wire, notices), acknowledgements (answers). Beside
orders, as a kind of its own, SEPA mandates: read (mandate_wire), followed (mandate_standing),
stated (mandates), decided (mandate_work). What is past its day is forgotten (retention).
Tables owned: ``sources.intermediator``, ``notice*``, ``proposal``, ``bank_*``, ``creditor``,
``mandate*``, ``order_pause``. Called by the faces.
"""

from rekisteri.sources.banks.answers import CODES, BankAnswer, bank_answers
from rekisteri.sources.banks.exchange import Exchanged, connections, exchange, ways
from rekisteri.sources.banks.holds import EXPLANATIONS, Hold
from rekisteri.sources.banks.intake import Delivery, FileReport, take
from rekisteri.sources.banks.mandate_standing import MandateState
from rekisteri.sources.banks.mandate_store import Creditor
from rekisteri.sources.banks.mandate_wire import MandateKind
from rekisteri.sources.banks.mandate_work import (
    AsideLine,
    MandateDetail,
    MandateLine,
    MandateWordLine,
    aside,
    creditors,
    decide_mandate,
    mandate,
    mandate_outcomes,
    mandates,
    reject_word,
    set_creditor,
)
from rekisteri.sources.banks.notice import (
    SERVICES,
    TYPES,
    Account,
    Asked,
    InvoiceType,
    Means,
    Notice,
    from_json,
    to_json,
)
from rekisteri.sources.banks.notices import (
    Affected,
    NoticeDelivery,
    NoticeHead,
    NoticeVersion,
    affected,
    deliveries,
    draft,
    end,
    issue,
    notice_organisation,
    notices,
    versions,
)
from rekisteri.sources.banks.retention import Forgotten, forget
from rekisteri.sources.banks.sending import Outgoing, outgoing, propose, sent
from rekisteri.sources.banks.standing import Outcome, Rule, Standing
from rekisteri.sources.banks.store import (
    BankFile,
    Intermediator,
    bank_file,
    bank_files,
    intermediators,
    outcomes,
    set_intermediator,
)
from rekisteri.sources.banks.suspending import OrderPause, order_pauses, order_standing, resume, suspend
from rekisteri.sources.banks.telling import ACTIONS, AGAINSTS, EVIDENCE, OUTCOMES, RULES, told_rule
from rekisteri.sources.banks.work import (
    Candidate,
    HeldDetail,
    HeldLine,
    OrderMessage,
    customer_messages,
    decide,
    held,
    held_count,
    held_list,
    order_messages,
    reject_file,
    release,
    release_file,
)

__all__ = [
    "ACTIONS",
    "AGAINSTS",
    "CODES",
    "EVIDENCE",
    "EXPLANATIONS",
    "OUTCOMES",
    "RULES",
    "SERVICES",
    "TYPES",
    "Account",
    "Affected",
    "AsideLine",
    "Asked",
    "BankAnswer",
    "BankFile",
    "Candidate",
    "Creditor",
    "Delivery",
    "Exchanged",
    "FileReport",
    "Forgotten",
    "HeldDetail",
    "HeldLine",
    "Hold",
    "Intermediator",
    "InvoiceType",
    "MandateDetail",
    "MandateKind",
    "MandateLine",
    "MandateState",
    "MandateWordLine",
    "Means",
    "Notice",
    "NoticeDelivery",
    "NoticeHead",
    "NoticeVersion",
    "OrderMessage",
    "OrderPause",
    "Outcome",
    "Outgoing",
    "Rule",
    "Standing",
    "affected",
    "aside",
    "bank_answers",
    "bank_file",
    "bank_files",
    "connections",
    "creditors",
    "customer_messages",
    "decide",
    "decide_mandate",
    "deliveries",
    "draft",
    "end",
    "exchange",
    "forget",
    "from_json",
    "held",
    "held_count",
    "held_list",
    "intermediators",
    "issue",
    "mandate",
    "mandate_outcomes",
    "mandates",
    "notice_organisation",
    "notices",
    "order_messages",
    "order_pauses",
    "order_standing",
    "outcomes",
    "outgoing",
    "propose",
    "reject_file",
    "reject_word",
    "release",
    "release_file",
    "resume",
    "sent",
    "set_creditor",
    "set_intermediator",
    "suspend",
    "take",
    "to_json",
    "told_rule",
    "versions",
    "ways",
]
