"""Access: the one page of actions, who acts, and the door every transaction goes through.

Tables owned: ``access.organisation``, ``access.account``, ``access.session``. Public: what
is named below. Called by every room above for ``Read`` and ``Write``, and by the faces for
sign-in and accounts.
"""

from rekisteri.access.actions import PURPOSES_OF_ROLE, Action, Policy, Reach
from rekisteri.access.door import Door, Evidence, Read, Write
from rekisteri.access.viewers import Act, Viewer, decide, decide_organisation

__all__ = [
    "PURPOSES_OF_ROLE",
    "Act",
    "Action",
    "Door",
    "Evidence",
    "Policy",
    "Reach",
    "Read",
    "Viewer",
    "Write",
    "decide",
    "decide_organisation",
]
