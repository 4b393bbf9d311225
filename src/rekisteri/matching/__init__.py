"""Matching: which party a record is. Exact identity by itself; likeness is judged by a person.

Lives here: the decision where a new or changed record belongs, and the judgements by hand that
make two customers one, undo that, or part one. Tables owned: none (a judgement is written
by ``parties`` at this room's word). Public: what is named below. Called by ``sources``, the
work queue and the faces.
"""

from rekisteri.matching.judge import RULE_MERGED, RULE_SPLIT, RULE_UNDONE, Merge, merge, merges, split, undo
from rekisteri.matching.place import Doubt, Placing, codes, identities, place

__all__ = [
    "RULE_MERGED",
    "RULE_SPLIT",
    "RULE_UNDONE",
    "Doubt",
    "Merge",
    "Placing",
    "codes",
    "identities",
    "merge",
    "merges",
    "place",
    "split",
    "undo",
]
