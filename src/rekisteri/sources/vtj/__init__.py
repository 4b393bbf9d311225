"""VTJ: the wing of the Population Information System.

Lives here: its query interface (``wire_soap``, ``wire_query``, ``client_query``) with the check of one customer
(``check``, ``answers``); its change interface (``groups``, ``wire_changes``, ``client_changes``) with following
(``follow``, ``lay``, ``fold``) and the check of many (``check_many``); what either states (``facts``, ``observe``,
``state``). Tables owned: ``sources.vtj_*``. Called by the faces through ``wiring``.
"""

from rekisteri.sources.vtj.check import Asker, Check, Comparison, Difference, apply, forget_old, look, run
from rekisteri.sources.vtj.check_many import (
    CHOSEN_MOST,
    Checked,
    carry_on,
    carry_on_beside,
    checked,
    chosen_of,
    let_go_on,
    order_check,
)
from rekisteri.sources.vtj.check_store import CheckedLine
from rekisteri.sources.vtj.check_store import lines as checked_lines
from rekisteri.sources.vtj.client_changes import ChangesSetup
from rekisteri.sources.vtj.client_query import Call, QuerySetup
from rekisteri.sources.vtj.codes import Meaning
from rekisteri.sources.vtj.decide import close_task
from rekisteri.sources.vtj.follow import Following, Kind, Progress, Report, follow, release
from rekisteri.sources.vtj.follow_store import (
    HeldLine,
    RunRow,
    Task,
    counts,
    find_task,
    held_lines,
    oldest_poll,
    runs,
    tasks,
)
from rekisteri.sources.vtj.setup import changes_setup, connections, query_setup
from rekisteri.sources.vtj.store import Stop, Use, resume, stops, used_today

__all__ = [
    "CHOSEN_MOST",
    "Asker",
    "Call",
    "ChangesSetup",
    "Check",
    "Checked",
    "CheckedLine",
    "Comparison",
    "Difference",
    "Following",
    "HeldLine",
    "Kind",
    "Meaning",
    "Progress",
    "QuerySetup",
    "Report",
    "RunRow",
    "Stop",
    "Task",
    "Use",
    "apply",
    "carry_on",
    "carry_on_beside",
    "changes_setup",
    "checked",
    "checked_lines",
    "chosen_of",
    "close_task",
    "connections",
    "counts",
    "find_task",
    "follow",
    "forget_old",
    "held_lines",
    "let_go_on",
    "look",
    "oldest_poll",
    "order_check",
    "query_setup",
    "release",
    "resume",
    "run",
    "runs",
    "stops",
    "tasks",
    "used_today",
]
