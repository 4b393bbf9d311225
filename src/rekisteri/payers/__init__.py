"""Payers: who pays, where, how, may we: a payer and the reasons.

Tables owned: ``payers.payment_reason``. Public: what is named below. Called by ``sources`` (the banks' wing asks
for payment reasons) and by the faces.
"""

from rekisteri.payers.reasons import (
    Channel,
    Households,
    LastResort,
    PaymentReason,
    Policy,
    end_reason,
    payment_reasons,
    set_reason,
)

__all__ = [
    "Channel",
    "Households",
    "LastResort",
    "PaymentReason",
    "Policy",
    "end_reason",
    "payment_reasons",
    "set_reason",
]
