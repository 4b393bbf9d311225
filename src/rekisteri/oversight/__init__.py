"""Oversight: odd looks are raised as signals a person closes, and what a stolen account could see is told exactly.

Lives here: the rules by which a look is odd (pure), their parameters as data, canaries, the sweep that goes through
the log as it grows, the signals and their closing; the assessment of an incident with a draft for each controller.
Tables owned: ``oversight.signal``, ``oversight.canary``, ``oversight.parameter``, ``oversight.sweep``. Public: what is
named below. Called by the faces, and by the server every few minutes.
"""

from rekisteri.oversight.canaries import Canary, canaries, end_canary, mark_canary
from rekisteri.oversight.drafts import draft
from rekisteri.oversight.incident import Incident, Scope, Touched, assess
from rekisteri.oversight.parameters import BOUNDS, Parameters, parameters, set_parameter
from rekisteri.oversight.rules import Kind
from rekisteri.oversight.signals import Signal, Verdict, close, open_by_kind, signal, signals
from rekisteri.oversight.sweep import Swept, sweep, swept

__all__ = [
    "BOUNDS",
    "Canary",
    "Incident",
    "Kind",
    "Parameters",
    "Scope",
    "Signal",
    "Swept",
    "Touched",
    "Verdict",
    "assess",
    "canaries",
    "close",
    "draft",
    "end_canary",
    "mark_canary",
    "open_by_kind",
    "parameters",
    "set_parameter",
    "signal",
    "signals",
    "sweep",
    "swept",
]
