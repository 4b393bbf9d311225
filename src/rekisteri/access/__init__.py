"""Access: the one page of actions, who acts, and the door every transaction goes through.

Tables owned: ``access.organisation``, ``access.account``, ``access.grant``, ``access.session``. Public: what
is named below. Called by every room above for ``Read`` and ``Write``, and by the faces for
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
from rekisteri.access.door import Door, Evidence, Read, Write
from rekisteri.access.duties import INCOMPATIBLE, Incompatible
from rekisteri.access.grants import Grant, Wish, approve_grant, end_grant, grant, grants
from rekisteri.access.signin import Session, SignIn
from rekisteri.access.terms import Terms
from rekisteri.access.viewers import CASE_MAX, Act, Right, Viewer, decide, decide_case, decide_organisation

__all__ = [
    "ACCOUNT_ROLES",
    "CASE_MAX",
    "INCOMPATIBLE",
    "PURPOSES_OF_ROLE",
    "Account",
    "Act",
    "Action",
    "Door",
    "Evidence",
    "Grant",
    "Incompatible",
    "Organisation",
    "Policy",
    "Reach",
    "Read",
    "Right",
    "Session",
    "SignIn",
    "Terms",
    "Viewer",
    "Wish",
    "Write",
    "account",
    "accounts",
    "add_account",
    "add_organisation",
    "approve_grant",
    "change_roles",
    "decide",
    "decide_case",
    "decide_organisation",
    "disable_account",
    "end_grant",
    "grant",
    "grants",
    "invent_password",
    "organisation",
    "organisations",
]
