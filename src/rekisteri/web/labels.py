"""Names of what the code calls by code names, for people: Finnish, translated by gettext.

Words the catalogue owns (items, purposes, roles, sources, reasons) are not here.
"""

from __future__ import annotations

from rekisteri.access import Decision, Finding, State
from rekisteri.catalogue import Choice, Disclosure, PartyKind
from rekisteri.parties import Turn
from rekisteri.rights import Form
from rekisteri.tongues import ACTION_OF_NAME as ACTION_OF_NAME
from rekisteri.tongues import ACTIONS as ACTIONS
from rekisteri.tongues import REFUSALS as REFUSALS
from rekisteri.web.log_labels import DETAILS as DETAILS
from rekisteri.web.log_labels import SIGNALS as SIGNALS
from rekisteri.web.log_labels import VERDICTS as VERDICTS
from rekisteri.web.notice_labels import IDENTIFIERS as IDENTIFIERS
from rekisteri.web.notice_labels import MEANS as MEANS
from rekisteri.web.notice_labels import NOTICE_FIELDS as NOTICE_FIELDS
from rekisteri.web.notice_labels import NOTICE_GROUPS as NOTICE_GROUPS
from rekisteri.web.notice_labels import NOTICE_HINTS as NOTICE_HINTS
from rekisteri.web.rights_labels import RIGHTS_DONE

KINDS = {PartyKind.PERSON: "Henkilö", PartyKind.ORGANISATION: "Organisaatio"}

NOTICES = {
    Form.NOTICE: "Tietosuojailmoitus",
    Form.DESCRIPTION: "Seloste (12 kohtaa)",
    Form.RECORD: "Seloste käsittelytoimista",
}


OUTCOMES = {
    "done": "Tehty",
    "refused": "Evätty",
    "missing": "Ei löytynyt",
    "rejected": "Hylätty",
    "conflict": "Ristiriita",
    "failed": "Epäonnistui",
}

CHANNELS = {"web": "Selain", "api": "Rajapinta", "cli": "Komentorivi", "job": "Ajastettu työ"}

METHODS = {
    "password": "Salasana",
    "password_code": "Salasana ja kertakäyttökoodi",
    "recovery": "Salasana ja palautuskoodi",
    "provider": "Tunnistuspalvelu",
    "key": "Avain",
    "certificate": "Varmenne",
}
"""How somebody proved who they are."""

GRANT_STATES = {
    "proposed": "Odottaa hyväksyntää",
    "coming": "Tulossa",
    "in_force": "Voimassa",
    "expired": "Vanhentunut",
    "ended": "Päätetty",
}

REVIEW_DECISIONS = {
    Decision.CONFIRMED: "Vahvistettu",
    Decision.ENDED: "Päätetty",
    Decision.LAPSED: "Raukesi",
}
EMERGENCY_STATES = {
    State.WAITING: "Odottaa avaajaa",
    State.LAPSED: "Raukesi",
    State.DECLINED: "Hylätty",
    State.OPEN: "Auki",
    State.OVER: "Tarkastamatta",
    State.REVIEWED: "Tarkastettu",
}
FINDINGS = {
    Finding.JUSTIFIED: "Asianmukainen",
    Finding.UNJUSTIFIED: "Aiheeton",
    Finding.UNCLEAR: "Jäi epäselväksi",
}

RULES = {
    Choice.BEST: "Luotettavimman lähteen tieto; yhtä luotettavista uusin",
    Choice.ALL: "Kaikkien lähteiden tiedot näytetään, luotettavin ensin",
    Choice.OWN: "Kunkin organisaation oma tieto",
    Choice.STRICTEST: "Ankarin tieto voittaa; sen voi poistaa vain lähde, joka sen antoi",
}

WITHHELD = {
    "turvakielto_on": "Turvakielto, oma tai samaan talouteen kuuluvan: tieto näytetään vain erikseen ja siitä jää merkintä",
    "turvakielto_unknown": "Turvakieltoa ei ole selvitetty: muiden antamaa tietoa ei näytetä",
    "purpose": "Tieto ei kuulu valittuun käyttötarkoitukseen",
    "masked": "Tunnus on peitetty",
    "restricted": "Käsittelyä on rajoitettu",
}

DISCLOSURES = {
    Disclosure.ON: "Voimassa",
    Disclosure.UNKNOWN: "Ei selvitetty",
    Disclosure.OFF: "Ei ole",
}

TURNS = {
    Turn.FIRST: "Tieto tuli rekisteriin",
    Turn.CHANGED: "Tieto muuttui",
    Turn.ENDED: "Asiakkuus päättyi",
    Turn.CORRECTION: "Korjaus",
    Turn.WITHDRAWN: "Korjaus peruttiin",
    Turn.TAKEN_BACK: "Oma ilmoitus peruttiin",
    Turn.PLACED: "Liitettiin asiakkaaseen",
    Turn.ORDERED: "Toimeksianto pankissa alkoi",
    Turn.ORDER_CHANGED: "Toimeksianto pankissa muuttui",
    Turn.ORDER_ENDED: "Toimeksianto pankissa päättyi",
}

PLACEMENTS = {
    "exact_identity": "Sama henkilötunnus tai Y-tunnus",
    "first_identity_code": "Tunnus saatiin asiakkaalle, jolla ei ollut tunnusta",
    "decided_by_maintainer": "Ylläpitäjä ratkaisi työjonossa",
    "merged_by_maintainer": "Ylläpitäjä yhdisti asiakkaat",
    "merge_undone": "Yhdistäminen peruttiin",
    "split_by_maintainer": "Ylläpitäjä erotti asiakkaat",
}

ROW_OUTCOMES = {"rejected": "Hylätty", "doubt": "Epäselvä"}
MODES = {"full": "Koko aineisto", "delta": "Muutokset"}

BASICS = "Perustiedot"
GROUPS = (
    (
        "Yksilöinti",
        (
            "hetu",
            "ytunnus",
            "birth_date",
            "foreign_id",
            "death_date",
            "deceased",
            "dissolution_date",
            "turvakielto",
            "turvakielto_until",
        ),
    ),
    (
        "Nimet",
        ("surname", "first_names", "called_name", "former_surnames", "organisation_name", "auxiliary_names"),
    ),
    ("Osoitteet", ("permanent_address", "temporary_address", "postal_address", "contact_address")),
    ("Yhteystiedot", ("phone", "email", "contact_person")),
    ("Kieli", ("language", "contact_language", "invoice_language")),
    (
        "Laskutus",
        (
            "invoice_channel",
            "einvoice_address",
            "invoice_reference",
            "refund_account",
            "customer_number",
            "bank_order",
            "direct_debit_mandate",
            "returned_mail",
            "refused_channel",
        ),
    ),
    ("Perintä", ("collection_stop", "insolvency", "dispute", "wrong_person")),
    ("Edustus", ("custodian", "guardian", "estate_contact")),
)
"""The card's groups of items; every item of the catalogue stands in exactly one."""

QUERIES = {
    "hetu": "henkilötunnus",
    "ytunnus": "Y-tunnus",
    "customer_number": "asiakasnumero",
    "phone": "puhelin",
    "email": "sähköposti",
    "party": "rekisteritunnus",
    "words": "sanat",
}
DECISIONS = {
    "linked": "sama asiakas",
    "separate": "eri asiakas",
    "rejected": "rivi hylätty",
    "overtaken": "ohitettu",
    "merged": "yhdistettiin",
    "unmerged": "yhdistäminen peruttiin",
    "split": "erotettiin",
}

DONE = {
    "ristiriita": "Ristiriita on ratkaistu.",
    "luovutus_kirjattu": "Luovutus on kirjattu. Tietoja ei ole vielä annettu.",
    "luovutus_hyvaksytty": "Luovutus on hyväksytty. Tiedot voi nyt luovuttaa.",
    "luovutus_peruttu": "Luovutus on peruttu. Rivi jää rekisteriin.",
    "edustat": "Katsot nyt toisen henkilön tietoja edustajana.",
    "omana": "Katsot taas omia tietojasi.",
    "edustus_paattyi": "Edustusoikeus ei ole enää voimassa. Palaa omiin tietoihisi.",
    "oma_pyynto": "Pyyntösi on vastaanotettu.",
    "pyynto_peruttu": "Pyyntö on peruttu.",
    "ilmoitettu": "Ilmoituksesi on tallennettu.",
    "ennallaan": "Tieto oli jo näin. Mikään ei muuttunut.",
    "ilmoitus_peruttu": "Oma ilmoituksesi on peruttu. Muiden lähteiden tieto on taas käytössä.",
    "katselmoitu": "Oikeudet on katselmoitu.",
    "hata_pyydetty": "Oikeutta on pyydetty. Pyydä toista henkilöä avaamaan se.",
    "hata_avattu": "Oikeus on avattu.",
    "hata_hylatty": "Pyyntö on hylätty.",
    "hata_paatetty": "Oikeus on päätetty.",
    "hata_tarkastettu": "Käyttö on merkitty tarkastetuksi.",
    "palaute": "Palaute on kirjattu.",
    "lahetetaan": "Lähetetään uudelleen seuraavalla kierroksella.",
    "hoidettu": "Tehtävä on merkitty hoidetuksi.",
    "tallennettu": "Laskutusaihe on tallennettu.",
    "paatetty": "Laskutusaihe on päätetty.",
    "vtj": "VTJ:n tiedot on otettu.",
    "vtj_tehty": "Työ on merkitty tehdyksi.",
    "vtj_vapautettu": "Asiakkaan muutokset jatkuvat; loput luetaan seuraavassa ajossa.",
    "vtj_jatkuu": "VTJ-yhteyttä käytetään taas.",
    "luotu": "Asiakas on lisätty.",
    "olemassa": "Tunnus kuului jo rekisterissä olevalle asiakkaalle: asiakkuus liitettiin siihen.",
    "korjattu": "Tieto on korjattu. Korjauksen voi perua tästä kortista.",
    "peruttu": "Korjaus on peruttu.",
    "yhdistetty": "Asiakkaat ovat nyt yksi. Yhdistämisen voi perua tietueet-sivulla milloin vain.",
    "erotettu": "Asiakkaat ovat nyt erikseen.",
    "julkaistu": "Uusi versio on julkaistu.",
    "pyydetty": "Pyyntö on lähetetty ylläpitäjille.",
    "avattu": "Pyyntö on kirjattu ja sen määräaika kulkee.",
    "tunnistettu": "Henkilöllisyys on tarkistettu.",
    "jatkettu": "Määräaikaa on jatkettu.",
    "vastattu": "Pyyntöön on vastattu.",
    **RIGHTS_DONE,
    "luovutettu": "Tiedot on luovutettu ja pyyntö on toteutettu.",
    "ratkaistu": "Työ on ratkaistu.",
    "havainto": "Havainto on käsitelty.",
    "ehditty_havainto": "Joku muu ehti käsitellä havainnon.",
    "tauko": "Toimeksianto on muutettu. Laskut kulkevat sen mukaan.",
    "velkoja": "Velkojatunnus on tallennettu, ja sitä odottaneet valtuutukset on otettu käsittelyyn.",
    "ehditty": "Joku muu ehti ratkaista työn. Jonossa on se, mikä on jäljellä.",
    "jonossa": "Rivi jäi epäselväksi ja odottaa ratkaisua työjonossa.",
    "lisatty": "Lisätty.",
    "suljettu": "Tunnus on suljettu, ja sen istunnot on päätetty.",
    "roolit": "Roolit on vaihdettu.",
    "repeated": "Tiedosto on tullut jo aiemmin: mikään ei muuttunut.",
    "quarantined": "Tiedosto ei kelpaa kokonaisena, eikä siitä otettu mitään. Se on tallessa.",
    "luonnos": "Luonnos on tallennettu. Mitään ei ole lähetetty.",
    "annettu": "Ilmoitus on valmis lähetettäväksi jokaiseen pankkiin.",
    "paatetaan": "Päättäminen on valmis lähetettäväksi. Toimeksiannot päättyvät, kun se lähtee.",
    "hylatty": "Ladattu tiedosto on poistettu. Mitään ei tuotu.",
    "oikeus_annettu": "Oikeus on annettu. Jos siihen tarvitaan kaksi, toinen pääkäyttäjä hyväksyy sen.",
    "oikeus_hyvaksytty": "Oikeus on hyväksytty ja voimassa.",
    "oikeus_paatetty": "Oikeus on päätetty.",
    "vahvistin_poistettu": "Kertakäyttökoodi on poistettu, ja tunnuksen istunnot on päätetty.",
    "liitetty": "Tunnus on liitetty tunnistuspalveluun.",
    "irrotettu": "Liitos on poistettu, ja sen istunnot on päätetty.",
    "istunto_paatetty": "Istunto on päätetty.",
    "vaihda_salasana": "Salasanasi on toisen tekemä: vaihda se alla, ennen sitä et pääse muualle.",
    "salasana": "Salasana on vaihdettu, ja muut istuntosi on päätetty.",
    "kirjauduttu_ulos": "Olet kirjautunut ulos.",
}

MANDATE_STATES = {
    "unknown": "Odottaa valtuutusta",
    "requested": "Odottaa pankin vahvistusta",
    "active": "Voimassa",
    "refused": "Pankki torjui",
    "cancelled": "Peruttu",
}
MANDATE_KINDS = {
    "initiation": "Valtuutus",
    "amendment": "Valtuutuksen muutos",
    "cancellation": "Valtuutuksen peruutus",
    "acceptance": "Vastaus valtuutukseen",
}
NOTICE_STATES = {
    "ready": "Valmis lähetettäväksi",
    "sent": "Lähetetty; pankki ilmoittaa vain virheet",
    "received": "Vastaanotettu",
    "refused": "Pankki hylkäsi",
}
NOTICE_TURNS = {"add": "Uusi ilmoitus", "change": "Muutos", "delete": "Päättäminen"}
BANK_CHANNELS = {"upload": "Tuotu käsin"}
"""Which way a bank's file came, where it is none that ``banks.toml`` names."""
BANK_FILE_STATES = {
    "taken": "Otettu",
    "repeated": "Tuli jo aiemmin",
    "quarantined": "Karanteenissa",
    "released": "Vapautettu",
    "rejected": "Hylätty",
}

FORMS = {
    "name": "Teksti, enintään 100 merkkiä",
    "names": "Tekstejä, erottimena puolipiste",
    "street": "Teksti, enintään 100 merkkiä",
    "town": "Teksti, enintään 50 merkkiä",
    "reference": "Teksti, enintään 70 merkkiä",
    "matters": "Teksti, enintään 200 merkkiä",
    "hetu": "Henkilötunnus, esimerkiksi 010190-900P",
    "ytunnus": "Y-tunnus, 1234567-8",
    "iban": "Tilinumero IBAN-muodossa",
    "phone": "Puhelinnumero, 040 1234567 tai +358 40 1234567",
    "email": "Sähköpostiosoite",
    "date": "Päivä, 31.12.2025 tai 2025-12-31",
    "flag": "k tai e",
    "country": "Maan nimi tai kaksikirjaiminen tunnus, esimerkiksi FI",
    "language": "Kielen nimi tai kaksikirjaiminen tunnus, esimerkiksi fi",
    "postcode": "Postinumero; Suomessa viisi numeroa",
    "day_of_month": "Kuukauden päivä, 1–31",
    "times_a_year": "Luku, 1–366",
    "eaddress": "Verkkolaskuosoite tai välittäjän tunnus",
}
"""How each kind of value is written in a file."""

HINTS = {
    "date": "pp.kk.vvvv",
    "hetu": "Esimerkiksi 010190-900P",
    "ytunnus": "Muodossa 1234567-8",
    "phone": "040 1234567 tai +358 40 1234567",
    "country": "Maan nimi tai kaksikirjaiminen tunnus; tyhjä on Suomi",
    "language": "Kielen nimi tai kaksikirjaiminen tunnus",
    "names": "Erota useat puolipisteellä",
}
"""What stands under a field, by the kind of its value."""
