"""Matching: which party a record is. Exact identity now; likeness in a later wing.

Lives here: the decision where a new or changed record belongs. Tables owned: none (a
judgement is written by ``parties`` at this room's word). Public: ``place``, ``Placing``,
``Doubt``. Called by ``sources`` and by the work queue.
"""

from rekisteri.matching.place import Doubt, Placing, identities, place

__all__ = ["Doubt", "Placing", "identities", "place"]
