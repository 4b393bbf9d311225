"""Names of what VTJ answers, runs and leaves to people: Finnish, translated by gettext."""

from __future__ import annotations

from rekisteri.sources.vtj import Comparison, Meaning

VTJ_COUNTS = {
    "begun": "alkaneita", "ended": "päättyneitä", "read": "luettuja", "changes": "muutoksia", "changed": "muuttuneita",
    "unchanged": "ennallaan", "stale": "vanhentuneita", "held": "odottamaan jääneitä", "absent": "tuntemattomia",
    "dropped": "pois jätettyjä ryhmiä", "strangers": "kohdistamattomia", "recoded": "vaihtuneita tunnuksia",
    "deaths": "kuolleita", "moves": "muuttaneita", "renames": "nimen vaihtaneita", "conflicts": "ristiriitoja",
    "untaken": "kelpaamattomia tietoja", "doubts": "uudelleen luettavia",
}  # fmt: skip
"""What a run counts."""

VTJ_COMPARISONS = {
    Comparison.SAME: "Sama",
    Comparison.DIFFERS: "Eri tieto",
    Comparison.NEW: "Uusi tieto",
    Comparison.GONE: "Ei VTJ:ssä",
}
"""How VTJ's value stands to the register's."""

VTJ_MEANINGS = {
    Meaning.FOUND: "Henkilö löytyi.",
    Meaning.NOT_FOUND: "VTJ ei tunne henkilöä tällä henkilötunnuksella.",
    Meaning.PASSIVE: "Henkilötunnus ei ole enää voimassa, eikä VTJ kerro uutta.",
    Meaning.DEAD: "Henkilö on kuollut; lupa ei avaa kuolleen muita tietoja.",
    Meaning.RESTRICTED: "Tietoja ei saa luovuttaa: toimitaan kuin turvakielto olisi voimassa.",
    Meaning.NOTICE: "VTJ ei voinut vastata kysymykseen.",
    Meaning.STOP: "VTJ ei hyväksy käyttäjätunnusta tai salasanaa. Kyselyt on pysäytetty; kerro pääkäyttäjälle.",
    Meaning.SETUP: "VTJ-yhteyden lupa, tuote tai varmenne ei ole kunnossa; kerro pääkäyttäjälle.",
    Meaning.PASSING: "VTJ:ssä on häiriö; kysy myöhemmin uudelleen.",
    Meaning.MISMATCH: "VTJ:n vastaus ei vastannut kysymystä; kysy myöhemmin uudelleen.",
    Meaning.BUG: "VTJ ei hyväksynyt kysymyksen muotoa; kerro pääkäyttäjälle.",
}
"""What VTJ's return code means to whoever asked."""

VTJ_TASKS = {
    "order_ends": "Turvakiellon on ilmoitettu päättyvän: tarkista, onko se yhä voimassa",
    "no_contact_address": "Turvakielto eikä yhteysosoitetta: postia ei voi lähettää",
    "held": "VTJ:n muutos ei kelpaa: asiakkaan muutokset odottavat",
    "identity": "VTJ:n uusi henkilötunnus kuuluu rekisterissä toiselle asiakkaalle",
    "absent": "VTJ ei tunne asiakasta tällä henkilötunnuksella",
    "passive": "Henkilön tiedot on passivoitu VTJ:ssä",
}

VTJ_RUNS = {"follow": "Seuranta", "resync": "Kaikkien luku uudelleen", "check": "Joukkotarkistus"}

VTJ_OUTCOMES = {
    "same": "Sama kuin VTJ:ssä", "differs": "Eroaa", "absent": "VTJ ei tunne", "unreadable": "VTJ:n tieto ei kelpaa",
    "ended": "Asiakkuus on päättynyt", "waiting": "Odottaa",
}  # fmt: skip
"""What came of a customer in a check of many."""

VTJ_STATES = {
    "running": "Kesken", "done": "Valmis", "stopped": "Pysähtyi ja kysyy", "failed": "Keskeytyi",
}  # fmt: skip

VTJ_FOLLOWED = {
    "pending": "odottaa ensimmäistä lukua",
    "live": "seurannassa",
    "doubt": "luetaan uudelleen",
    "held": "muutokset odottavat",
    "absent": "VTJ ei tunne",
}

VTJ_INTERFACES = {"query": "Kyselyt", "basic_data": "Perustiedot", "changes": "Muutokset"}
