"""Codes of the register in words, for whoever they concern: Finnish, Swedish, English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rekisteri.catalogue import Text

_T = Text
RULES: Mapping[str, Text] = MappingProxyType(
    {
        "exact_identity": _T("Sama henkilötunnus tai Y-tunnus", "Samma personbeteckning eller FO-nummer", "The same identity code or business ID"),
        "first_identity_code": _T(
            "Tunnus saatiin asiakkaalle, jolla ei ollut tunnusta", "En kund utan beteckning fick en", "A code came for a customer who had none"
        ),
        "decided_by_maintainer": _T("Ylläpitäjä ratkaisi", "Avgjort av registerförvaltaren", "Decided by a maintainer"),
        "merged_by_maintainer": _T("Ylläpitäjä yhdisti asiakkaat", "Kunderna sammanslagna av registerförvaltaren", "Merged by a maintainer"),
        "merge_undone": _T("Yhdistäminen peruttiin", "Sammanslagningen återtogs", "The merge was undone"),
        "split_by_maintainer": _T("Ylläpitäjä erotti asiakkaat", "Kunderna åtskilda av registerförvaltaren", "Parted by a maintainer"),
    }
)  # fmt: skip
"""Rules by which a record was held to be a customer's."""
WORK_DECISIONS: Mapping[str, Text] = MappingProxyType(
    {
        "linked": _T("yhdistettiin sinuun", "förenades med dig", "linked to you"),
        "separate": _T("eri asiakas", "en annan kund", "another customer"),
        "rejected": _T("hylättiin", "förkastades", "rejected"),
        "overtaken": _T("uudempi aineisto korvasi", "ersattes av nyare material", "overtaken by newer data"),
    }
)
"""How a row in doubt was decided."""
