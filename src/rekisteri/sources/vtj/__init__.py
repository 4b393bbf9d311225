"""VTJ: the wing of the Population Information System.

Lives here: its query interface (``wire_soap``, ``wire_query``, ``client_query``), what its
answers state (``facts``, ``observe``, ``state``) and the check of one customer (``check``,
``answers``). Tables owned: ``sources.vtj_*``. Called by the faces through ``wiring``.
"""

from rekisteri.sources.vtj.check import Asker, Check, Comparison, Difference, apply, forget_old, look, run
from rekisteri.sources.vtj.client_query import Call, QuerySetup
from rekisteri.sources.vtj.codes import Meaning
from rekisteri.sources.vtj.setup import connections, query_setup
from rekisteri.sources.vtj.store import Stop, Use, resume, stops, used_today

__all__ = [
    "Asker",
    "Call",
    "Check",
    "Comparison",
    "Difference",
    "Meaning",
    "QuerySetup",
    "Stop",
    "Use",
    "apply",
    "connections",
    "forget_old",
    "look",
    "query_setup",
    "resume",
    "run",
    "stops",
    "used_today",
]
