"""Feeds: what declared recipients are told of their customers, in order, once in effect, and never a value kept.

Lives here: the news of ``parties.change`` turned into each recipient's events (gather), a customer as a recipient may
be told of it (portrait), the events as CloudEvents (messages), a recipient that asks (asking).
Tables owned: ``feeds.recipient``, ``reading``, ``met``, ``event``, ``handover``. Called by the faces. Recipients
themselves are declared (``catalogue.recipients``): whoever is not declared is told nothing.
"""

from rekisteri.feeds.alarms import NAME as ALARMS
from rekisteri.feeds.alarms import Alarmer, Picture
from rekisteri.feeds.alarms import connection as alarm_connection
from rekisteri.feeds.asking import PAGE_MAX, Changes, Snapshot, asker, changes, named, snapshot
from rekisteri.feeds.deliver import Delivered, Deliverer, again, connections
from rekisteri.feeds.files import Filer, Made
from rekisteri.feeds.gather import Gathered, Told, gather, told
from rekisteri.feeds.gathering import Gatherer
from rekisteri.feeds.leave import SWEEPS, erased
from rekisteri.feeds.messages import KINDS, EventKind
from rekisteri.feeds.parties_xml import Unfit, finvoice, ubl
from rekisteri.feeds.portrait import Portrait
from rekisteri.feeds.rounds import CONNECTIONS_A_THREAD, THREADS_MAX, Round, Runner
from rekisteri.feeds.sent import reached, sent_to
from rekisteri.feeds.signing import KEY_NAMES, STEM, Secrets
from rekisteri.feeds.state import Failure, Standing, failures, given_up, standings

__all__ = [
    "ALARMS",
    "CONNECTIONS_A_THREAD",
    "KEY_NAMES",
    "KINDS",
    "PAGE_MAX",
    "STEM",
    "SWEEPS",
    "THREADS_MAX",
    "Alarmer",
    "Changes",
    "Delivered",
    "Deliverer",
    "EventKind",
    "Failure",
    "Filer",
    "Gathered",
    "Gatherer",
    "Made",
    "Picture",
    "Portrait",
    "Round",
    "Runner",
    "Secrets",
    "Snapshot",
    "Standing",
    "Told",
    "Unfit",
    "again",
    "alarm_connection",
    "asker",
    "changes",
    "connections",
    "erased",
    "failures",
    "finvoice",
    "gather",
    "given_up",
    "named",
    "reached",
    "sent_to",
    "snapshot",
    "standings",
    "told",
    "ubl",
]
