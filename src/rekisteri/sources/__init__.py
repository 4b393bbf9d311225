"""Sources: one road in (``take``) and a wing per source, each alike: wire, observe, intake.

Tables owned: schema ``sources``. Public: ``take``, ``fall_silent``, ``Taken``; the wings
``organisations`` (client organisations' files), ``banks``, ``vtj`` and ``directories``. Called by the faces through ``wiring``.
"""

from rekisteri.sources.take import Taken, fall_silent, take, take_crowd

__all__ = ["Taken", "fall_silent", "take", "take_crowd"]
