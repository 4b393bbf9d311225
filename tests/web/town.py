"""A small town's customers, with every state a card can be in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tests.builders import AAPO, BEA, CALLE, DIDRIK, EEVA, World, a_company, a_person, only


@dataclass(frozen=True, slots=True)
class Town:
    """The customers by what is special about them."""

    aapo: UUID
    """Corrected by hand, customer of two organisations."""
    bea: UUID
    """Under a non-disclosure order."""
    calle: UUID
    """Dead, an estate, a guardian before."""
    didrik: UUID
    """Non-disclosure unknown, a custodian."""
    company: UUID
    """Under restructuring, with an e-invoice address."""


def a_town(world: World) -> Town:
    """Take the customers in, over two organisations and some weeks."""
    aapo = only(world.take(
        world.town,
        a_person("100", AAPO, phone="040 1234567", email="aapo@esimerkki.fi", language="fi",
                 invoice_channel="consumer_einvoice", invoice_reference="Osasto 4", refund_account="FI2112345600000785",
                 called_name="Aapo", former_surnames="Keksitty"),
    ))  # fmt: skip
    bea = only(world.take(
        world.town,
        a_person("101", BEA, surname="Piilonen", first_names="Bea", turvakielto="k", phone="050 7654321",
                 contact_address__street="PL 12", contact_address__postcode="00999", contact_address__town="HELSINKI"),
    ))  # fmt: skip
    calle = only(world.take(
        world.town,
        a_person("102", CALLE, surname="Öhberg", first_names="Calle", language="sv", death_date="3.2.2026",
                 estate_contact="Cilla Öhberg", guardian__name="Gunvor Granberg", guardian__phone="+358 40 7654321",
                 guardian__valid_from="1.1.2024", collection_stop__reason="estate",
                 collection_stop__valid_from="3.2.2026"),
    ))  # fmt: skip
    didrik = only(world.take(
        world.town,
        a_person("103", DIDRIK, surname="von Tänkt", first_names="Didrik", turvakielto="",
                 custodian__name="Dagny von Tänkt", permanent_address__street="Strandgatan 3 B 5",
                 permanent_address__town="GRANVIK"),
    ))  # fmt: skip
    company = only(world.take(
        world.town,
        a_company("200", auxiliary_names="Laivakauppa; Verkkoveneet", contact_person="Lauri Laivuri",
                  einvoice_address__address="003727697901", einvoice_address__operator="003721291126",
                  insolvency__kind="restructuring", insolvency__valid_from="1.2.2026", phone="09 1234567"),
    ))  # fmt: skip
    world.take(world.town, a_person("104", EEVA, surname="Kuvitteellinen", first_names="Eeva"))
    world.clock.pass_days(10)
    world.take(world.water, a_person("V-1", AAPO, permanent_address__street="Uusikatu 9", phone="045 9876543"))
    world.clock.pass_days(4)
    world.correct(aapo, "phone", value="040 1112223")
    world.correct(aapo, "permanent_address", street="Korjattu katu 1", postcode="00999", town="HELSINKI",
                  until=date(2030, 1, 1))  # fmt: skip
    world.clock.pass_days(1)
    return Town(aapo, bea, calle, didrik, company)


FILE = """\
asiakasnumero;henkilotunnus;sukunimi;etunimet;osoite_katu;osoite_postinumero;osoite_toimipaikka;puhelin;lemmikki;turvakielto
100;240360-909P;Kuvitteellinen;Aapo Testi;Uusi esimerkkitie 8;00999;HELSINKI;040 1234567;kissa;e
300;;Uusinen;Fanni;Keksintie 4;00999;HELSINKI;;koira;e
301;240360-909X;Virheellinen;Gunnar;Keksintie 5;00999;HELSINKI;;;e
302;;Postiton;Helmi;Keksintie 6;999;HELSINKI;12;;e
303;240360-909P;Aivantoinen;Matilda;Keksintie 7;00999;HELSINKI;;;e
"""
"""A delivery with a change, a new customer, faulty rows, and a row that contradicts the register."""
