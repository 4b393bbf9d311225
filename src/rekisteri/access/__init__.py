"""Access: the one page of actions, who acts, and the door every transaction goes through.

Tables owned: ``access.organisation``, ``access.account``, ``access.grant``, ``access.session``,
``access.factor``, ``access.recovery``, ``access.identity``, ``access.errand``, ``access.spent``, ``access.client``. Public: what is named below. Called by every room above for ``Read`` and ``Write``, and by the faces for
sign-in and accounts.
"""

from rekisteri.access.accounts import (
    Account,
    Organisation,
    account,
    accounts,
    add_account,
    add_organisation,
    change_roles,
    disable_account,
    invent_password,
    organisation,
    organisations,
)
from rekisteri.access.actions import ACCOUNT_ROLES, PURPOSES_OF_ROLE, Action, Policy, Reach
from rekisteri.access.arrivals import (
    Arrival,
    Arrivals,
    Errand,
    FindSubject,
    Identity,
    check_staff_provider,
    identities,
    link,
    unlink,
)
from rekisteri.access.clients import OFFERED, Client, Registration, add_client, change_keys, client, clients
from rekisteri.access.door import Door, Evidence, Read, Write
from rekisteri.access.duties import INCOMPATIBLE, Incompatible
from rekisteri.access.factors import Enrolment, confirm_for, enrol_for, has_factor, pending_for, remove_factor
from rekisteri.access.grants import Grant, Wish, approve_grant, end_grant, grant, grants
from rekisteri.access.openid import OpenID
from rekisteri.access.proofs import DPOP_ALGORITHMS, Asked, Unbound, certificate_of, prove
from rekisteri.access.providers import FILE as PROVIDERS_FILE
from rekisteri.access.providers import Provider, Whom, public_keys
from rekisteri.access.providers import load as load_providers
from rekisteri.access.sessions import (
    OwnSession,
    Session,
    Sessions,
    end_other_sessions,
    end_own_session,
    own_sessions,
)
from rekisteri.access.sight import Sight, may_see, sight
from rekisteri.access.signin import SignIn, Unenrolled, change_own_password, check_password, reset_password
from rekisteri.access.standing import Held, Method, Proof, Subject
from rekisteri.access.terms import Terms
from rekisteri.access.tokens import Given, TokenRefused, Tokens
from rekisteri.access.viewers import CASE_MAX, Act, Right, Viewer, decide, decide_case, decide_organisation

__all__ = [
    "ACCOUNT_ROLES",
    "CASE_MAX",
    "DPOP_ALGORITHMS",
    "INCOMPATIBLE",
    "OFFERED",
    "PROVIDERS_FILE",
    "PURPOSES_OF_ROLE",
    "Account",
    "Act",
    "Action",
    "Arrival",
    "Arrivals",
    "Asked",
    "Client",
    "Door",
    "Enrolment",
    "Errand",
    "Evidence",
    "FindSubject",
    "Given",
    "Grant",
    "Held",
    "Identity",
    "Incompatible",
    "Method",
    "OpenID",
    "Organisation",
    "OwnSession",
    "Policy",
    "Proof",
    "Provider",
    "Reach",
    "Read",
    "Registration",
    "Right",
    "Session",
    "Sessions",
    "Sight",
    "SignIn",
    "Subject",
    "Terms",
    "TokenRefused",
    "Tokens",
    "Unbound",
    "Unenrolled",
    "Viewer",
    "Whom",
    "Wish",
    "Write",
    "account",
    "accounts",
    "add_account",
    "add_client",
    "add_organisation",
    "approve_grant",
    "certificate_of",
    "change_keys",
    "change_own_password",
    "change_roles",
    "check_password",
    "check_staff_provider",
    "client",
    "clients",
    "confirm_for",
    "decide",
    "decide_case",
    "decide_organisation",
    "disable_account",
    "end_grant",
    "end_other_sessions",
    "end_own_session",
    "enrol_for",
    "grant",
    "grants",
    "has_factor",
    "identities",
    "invent_password",
    "link",
    "load_providers",
    "may_see",
    "organisation",
    "organisations",
    "own_sessions",
    "pending_for",
    "prove",
    "public_keys",
    "remove_factor",
    "reset_password",
    "sight",
    "unlink",
]
