"""Names of what a sender notice to the banks holds: Finnish, translated by gettext."""

from __future__ import annotations

NOTICE_FIELDS = {
    "seller_id": "Y-tunnus",
    "unit_number": "OVT-tunnus",
    "names.fi": "Nimi suomeksi",
    "names.sv": "Nimi ruotsiksi",
    "names.en": "Nimi englanniksi",
    "street": "Katuosoite",
    "postcode": "Postinumero",
    "town": "Postitoimipaikka",
    "industry": "Toimialakoodi",
    "sender_address": "Lähetysosoite",
    "sender_operator": "Lähettävä välittäjä",
    "new_sender_address": "Uusi lähetysosoite",
    "new_sender_operator": "Uusi välittäjä",
    "iban": "Tili (IBAN)",
    "bic": "Tilin pankki (BIC)",
    "type.fi": "Laskun laji suomeksi",
    "type.sv": "Laskun laji ruotsiksi",
    "type.en": "Laskun laji englanniksi",
}
NOTICE_HINTS = {
    "seller_id": "Muodossa 1234567-8",
    "industry": "TOL 2008, enintään kuusi numeroa",
    "sender_address": "Verkkolaskuosoite, josta laskut lähtevät",
    "sender_operator": "Pankin tai operaattorin tunnus, 8–11 merkkiä",
    "new_sender_address": "Vain kun osoite vaihtuu",
    "new_sender_operator": "Vain kun välittäjä vaihtuu",
    "type.fi": "Enintään 35 merkkiä, esimerkiksi Päivähoitolasku",
}
NOTICE_GROUPS = (
    (
        "Laskuttaja",
        ("seller_id", "unit_number", "names.fi", "names.sv", "names.en", "street", "postcode", "town", "industry"),
    ),
    (
        "Lähettäminen",
        ("sender_address", "sender_operator", "new_sender_address", "new_sender_operator", "iban", "bic"),
    ),
    ("Mitä maksajalta pyydetään", ("type.fi", "type.sv", "type.en")),
)
"""The fields of a sender notice to the banks, by what they are about."""
IDENTIFIERS = {
    "01": "Viitenumero",
    "02": "Kansainvälinen viite (RF)",
    "03": "Henkilötunnus",
    "04": "Y-tunnus",
    "05": "Puhelin, kotimainen",
    "06": "Puhelin, kansainvälinen",
    "07": "Tunniste IBAN-tarkisteella",
    "08": "Muu numero",
    "09": "Muu tunniste, kirjaimia ja numeroita",
    "99": "Muu",
}
MEANS = {"customer_number": "Asiakasnumero", "other": "Ei kohdistukseen"}
