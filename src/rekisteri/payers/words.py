"""The words an answer is explained in: a sentence of each rule, reason, stop and doubt, in three languages.

Placeholders: ``{name}`` of whom, ``{age}`` in years, ``{day}`` a day, ``{operator}``, ``{about}`` of whom a doubt is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rekisteri.catalogue import Text

_T = Text

RULES: Mapping[str, Text] = MappingProxyType(
    {
        "liable.estate": _T("Maksusta vastaa kuolinpesä, koska asiakas on kuollut", "Dödsboet svarar, eftersom kunden har avlidit",
                            "The estate is liable, because the customer has died"),
        "liable.bankruptcy": _T("Maksusta vastaa konkurssipesä, koska asiakas on konkurssissa",
                                "Konkursboet svarar, eftersom kunden är i konkurs",
                                "The bankruptcy estate is liable, because the customer is bankrupt"),
        "liable.minor": _T("Maksusta vastaa huoltaja, koska asiakas on {age}-vuotias",
                           "Vårdnadshavaren svarar, eftersom kunden är {age} år",
                           "The custodian is liable, because the customer is {age}"),
        "liable.trader": _T("Yksityinen elinkeinonharjoittaja vastaa itse", "Den enskilda näringsidkaren svarar själv",
                            "The private trader is liable in person"),
        "liable.person": _T("Asiakas vastaa itse", "Kunden svarar själv", "The customer is liable"),
        "liable.company": _T("Organisaatio vastaa itse", "Organisationen svarar själv", "The organisation is liable"),
        "recipient.estate_contact": _T("Vastaanottaja on kuolinpesän yhteyshenkilö",
                  "Mottagaren är dödsboets kontaktperson",
                  "The recipient is the contact of the estate"),
        "recipient.estate": _T("Vastaanottaja on kuolinpesä vainajan viimeisessä osoitteessa",
                  "Mottagaren är dödsboet på den avlidnas sista adress",
                  "The recipient is the estate at the last address of the deceased"),
        "recipient.bankruptcy": _T("Vastaanottaja on konkurssipesä",
                  "Mottagaren är konkursboet",
                  "The recipient is the bankruptcy estate"),
        "recipient.custodian": _T("Vastaanottaja on huoltaja",
                  "Mottagaren är vårdnadshavaren",
                  "The recipient is the custodian"),
        "recipient.custodian_at_child": _T("Vastaanottaja on huoltaja lapsen osoitteessa, koska huoltajasta tiedetään vain nimi",
                  "Mottagaren är vårdnadshavaren på barnets adress, eftersom bara vårdnadshavarens namn är känt",
                  "The recipient is the custodian where the child is, because of the custodian only the name is known"),
        "recipient.guardian": _T("Vastaanottaja on edunvalvoja",
                  "Mottagaren är intressebevakaren",
                  "The recipient is the guardian"),
        "recipient.guardian_care_of": _T("Vastaanottaja on edunvalvoja asiakkaan postiosoitteessa, joka on annettu c/o-osoitteena",
                  "Mottagaren är intressebevakaren på kundens postadress, som är en c/o-adress",
                  "The recipient is the guardian at the customer's own postal address, which is care of somebody"),
        "recipient.unit": _T("Vastaanottaja on yrityksen toimipaikka",
                  "Mottagaren är företagets enhet",
                  "The recipient is the unit of the company"),
        "recipient.oneself": _T("Vastaanottaja on asiakas",
                  "Mottagaren är kunden",
                  "The recipient is the customer"),
        "address.postal_address": _T("Postiosoite", "Postadress", "Postal address"),
        "address.temporary_address": _T("Tilapäinen osoite", "Tillfällig adress", "Temporary address"),
        "address.permanent_address": _T("Vakinainen osoite", "Stadigvarande adress", "Permanent address"),
        "address.contact_address": _T("Yhteysosoite", "Kontaktadress", "Contact address"),
        "language.invoice_language": _T("Laskutuskieli on {name}", "Faktureringsspråket är {name}", "The invoice language is {name}"),
        "language.contact_language": _T("Asiointikieli on {name}", "Kontaktspråket är {name}", "The contact language is {name}"),
        "language.language": _T("Äidinkieli on {name}", "Modersmålet är {name}", "The mother tongue is {name}"),
        "language.organisation": _T("Asiakkaan laskutuskieltä ei tiedetä: käytetään organisaation kieltä ({name})",
                                    "Kundens faktureringsspråk är inte känt: organisationens språk används ({name})",
                                    "The customer's language for bills is not known: the organisation's own is used ({name})"),
        "channel.consumer_einvoice": _T("E-lasku, tilattu pankissa {day}", "E-faktura, beställd i banken {day}",
                                        "Consumer e-invoice, ordered at the bank on {day}"),
        "channel.direct_payment": _T("Suoramaksu, tilattu pankissa {day}, ja lasku myös paperilla",
                                     "Direktbetalning, beställd i banken {day}, och fakturan även på papper",
                                     "Direct payment, ordered at the bank on {day}, and the bill on paper too"),
        "channel.einvoice": _T("Verkkolasku, välittäjä {operator}", "Nätfaktura, förmedlare {operator}", "E-invoice, operator {operator}"),
        "channel.mailbox": _T("Digitaalinen postilaatikko", "Digital postlåda", "Digital mailbox"),
        "channel.email": _T("Sähköposti, jota asiakas on toivonut", "E-post, som kunden har önskat", "E-mail, as the customer has wished"),
        "channel.letter": _T("Kirje", "Brev", "Letter"),
        "channel.last_resort": _T("Kirje viimesijaisena keinona", "Brev som sista utväg", "Letter as the last resort"),
        "channel.by_hand": _T("Mikään kanava ei käy: laskun hoitaa ihminen", "Ingen kanal duger: en människa sköter fakturan",
                              "No channel will do: a person takes care of the bill"),
        "channel.none": _T("Mikään kanava ei käy", "Ingen kanal duger", "No channel will do"),
        "debit.mandate": _T("Lasku voidaan veloittaa tililtä valtuutuksella {mandate}, annettu {day}",
                            "Fakturan kan debiteras från kontot med fullmakten {mandate}, lämnad {day}",
                            "The bill may be collected by the direct debit mandate {mandate}, given on {day}"),
        "refund.account": _T("Palautustili on asiakkaan ilmoittama", "Återbetalningskontot har kunden uppgett",
                             "The refund account is the one the customer has named"),
    }
)  # fmt: skip

PASSED: Mapping[str, Text] = MappingProxyType(
    {
        "not_electronic": _T("pesälle lähetetään vain paperilasku", "till ett bo sänds bara pappersfaktura", "an estate gets paper only"),
        "no_order": _T("ei toimeksiantoa pankissa", "inget uppdrag i banken", "not ordered at a bank"),
        "refused": _T("aiempi lasku torjuttiin", "en tidigare faktura avvisades", "an earlier bill was refused"),
        "unfit": _T("nimi tai osoite ei mahdu lomakkeelle", "namnet eller adressen ryms inte på blanketten",
                    "the name or address does not fit the form"),
        "no_einvoice_address": _T("ei verkkolaskuosoitetta", "ingen nätfakturaadress", "no e-invoice address"),
        "no_code": _T("ei tunnusta", "ingen beteckning", "no identity code"),
        "not_wished": _T("asiakas ei ole toivonut sitä", "kunden har inte önskat det", "the customer has not wished for it"),
        "covered": _T("turvakielto", "spärrmarkering", "non-disclosure order"),
        "no_email": _T("ei sähköpostiosoitetta", "ingen e-postadress", "no e-mail address"),
        "address_none": _T("ei osoitetta", "ingen adress", "no address"),
        "address_returned": _T("posti on palautunut", "posten har returnerats", "mail has come back"),
        "address_protected": _T("turvakielto, eikä yhteysosoitetta ole", "spärrmarkering, och ingen kontaktadress",
                                "non-disclosure order, and no contact address"),
        "address_unknown": _T("turvakieltoa ei ole selvitetty", "spärrmarkeringen är inte utredd", "non-disclosure is not settled"),
        "address_guardian": _T("edunvalvojan osoitetta ei tiedetä", "intressebevakarens adress är inte känd",
                               "the guardian's address is not known"),
    }
)  # fmt: skip

STOPS: Mapping[str, Text] = MappingProxyType(
    {
        "death": _T("Asiakas on kuollut", "Kunden har avlidit", "The customer has died"),
        "minor": _T("Asiakas on alaikäinen", "Kunden är minderårig", "The customer is under age"),
        "restricted": _T("Tietojen käsittelyä on rajoitettu: niitä säilytetään eikä käytetä",
                         "Behandlingen av uppgifterna är begränsad: de lagras och används inte",
                         "The processing of the data is restricted: it is stored and not used"),
        "estate": _T("Kuolinpesä selvittämättä", "Dödsbo under utredning", "Estate being settled"),
        "debt_adjustment": _T("Velkajärjestely", "Skuldsanering", "Debt adjustment"),
        "restructuring": _T("Yrityssaneeraus", "Företagssanering", "Restructuring"),
        "bankruptcy": _T("Konkurssi", "Konkurs", "Bankruptcy"),
        "payment_plan": _T("Maksusuunnitelma", "Betalningsplan", "Payment plan"),
        "complaint": _T("Muutoksenhaku kesken", "Ändringssökande pågår", "Appeal pending"),
        "ban": _T("Perintäkielto", "Indrivningsförbud", "Collection ban"),
        "limitation": _T("Saatava vanhentunut", "Fordran preskriberad", "Claim time-barred"),
        "dispute": _T("Saatava on riitautettu", "Fordran är bestridd", "A claim is disputed"),
        "dissolved": _T("Organisaatio on lakannut", "Organisationen har upphört", "The organisation is dissolved"),
        "wrong_person": _T("Lasku on mennyt väärälle henkilölle", "Fakturan har gått till fel person",
                           "A bill has reached the wrong person"),
        "guardian_unclear": _T("Edunvalvojan tehtävien ala on epäselvä", "Intressebevakarens uppgifter är oklara",
                               "What the guardian's order is of is not clear"),
        "guardian_unreachable": _T("Edunvalvojan osoitetta ei tiedetä", "Intressebevakarens adress är inte känd",
                                   "The guardian's address is not known"),
        "no_custodian": _T("Alaikäisen huoltajaa ei tiedetä", "Den minderårigas vårdnadshavare är inte känd",
                           "No custodian of the minor is known"),
        "no_route_protected": _T("Turvakielto, eikä yhteysosoitetta tai sähköistä kanavaa ole",
                                 "Spärrmarkering, och varken kontaktadress eller elektronisk kanal",
                                 "Non-disclosure order, and neither contact address nor electronic channel"),
        "mail_returned": _T("Posti on palautunut eikä muuta osoitetta ole", "Posten har returnerats och ingen annan adress finns",
                            "Mail has come back, and there is no other address"),
        "turvakielto_unknown": _T("Turvakieltoa ei ole selvitetty, eikä omaa osoitetta ole",
                                  "Spärrmarkeringen är inte utredd, och ingen egen adress finns",
                                  "Non-disclosure is not settled, and there is no address of your own"),
        "no_address": _T("Osoitetta ei tiedetä", "Adressen är inte känd", "No address is known"),
        "by_hand": _T("Laskun hoitaa ihminen", "En människa sköter fakturan", "A person takes care of the bill"),
        "unfit": _T("Nimi tai osoite ei mahdu laskulle", "Namnet eller adressen ryms inte på fakturan",
                    "The name or address does not fit a bill"),
    }
)  # fmt: skip
HAPPENINGS = frozenset({"death", "dissolved", "wrong_person"})
"""Stops by something that happened on a day; the others hold from a day on."""

DOUBTS: Mapping[str, Text] = MappingProxyType(
    {
        "no_identity_code": _T("Asiakkaan tunnusta ei tiedetä", "Kundens beteckning är inte känd", "No identity code is known"),
        "age_unknown": _T("Asiakkaan ikää ei tiedetä", "Kundens ålder är inte känd", "The customer's age is not known"),
        "turvakielto_unknown": _T("Turvakieltoa ei ole selvitetty", "Spärrmarkeringen är inte utredd", "Non-disclosure is not settled"),
        "custodian_unresolved": _T("Huoltajasta tiedetään vain nimi", "Bara vårdnadshavarens namn är känt",
                                   "Of the custodian only the name is known"),
        "guardian_unresolved": _T("Edunvalvojasta tiedetään vain nimi", "Bara intressebevakarens namn är känt",
                                  "Of the guardian only the name is known"),
        "estate_contact_unresolved": _T("Kuolinpesän yhteyshenkilöstä tiedetään vain nimi",
                                        "Bara namnet på dödsboets kontaktperson är känt",
                                        "Of the contact of the estate only the name is known"),
        "estate_contact_unknown": _T("Kuolinpesän yhteyshenkilön osoitetta ei tiedetä",
                                     "Adressen till dödsboets kontaktperson är inte känd",
                                     "The address of the contact of the estate is not known"),
        "newer_address_elsewhere": _T("Vähemmän luotettava lähde on myöhemmin ilmoittanut toisen osoitteen",
                                      "En mindre tillförlitlig källa har senare uppgett en annan adress",
                                      "A less believed source has later told another address"),
        "identity_doubted": _T("Toisen organisaation lasku on mennyt väärälle henkilölle",
                               "En annan organisations faktura har gått till fel person",
                               "A bill of another organisation has reached the wrong person"),
        "restricted": _T("Tietojen käsittelyä on rajoitettu; vastaus on annettu poikkeuksen tai ylläpidon nojalla",
                         "Behandlingen av uppgifterna är begränsad; svaret gavs med stöd av ett undantag eller för underhåll",
                         "The processing of the data is restricted; this is answered by an exception or for upkeep"),
        "company_name": _T("Organisaatiot ilmoittavat eri nimiä", "Organisationerna uppger olika namn",
                           "The organisations tell different names"),
        "childs_household": _T("Ei tiedetä, kumman huoltajan luona lapsi asuu", "Det är inte känt hos vilken vårdnadshavare barnet bor",
                               "It is not known with which custodian the child lives"),
        "recipient_unreached": _T("Lasku ei tavoita kaikkia vastaanottajia", "Fakturan når inte alla mottagare",
                                  "The bill does not reach every recipient"),
    }
)  # fmt: skip

SETTLES: Mapping[str, Text] = MappingProxyType(
    {
        "ask_hetu": _T("Kysy henkilötunnus", "Fråga efter personbeteckningen", "Ask for the identity code"),
        "ask_ytunnus": _T("Kysy Y-tunnus", "Fråga efter FO-numret", "Ask for the business ID"),
        "ask_birth_date": _T("Kysy syntymäaika", "Fråga efter födelsetiden", "Ask for the date of birth"),
        "ask_code_of_relation": _T("Kysy tunnus tai tarkista väestötietojärjestelmästä",
                                   "Fråga efter beteckningen eller kontrollera i befolkningsdatasystemet",
                                   "Ask for the identity code, or check the Population Information System"),
        "ask_estate_contact": _T("Kysy yhteyshenkilö omaisilta", "Fråga de anhöriga om kontaktpersonen",
                                 "Ask the relatives for the contact"),
        "ask_contact_address": _T("Pyydä yhteysosoite", "Be om en kontaktadress", "Ask for a contact address"),
        "check_vtj": _T("Tarkista väestötietojärjestelmästä", "Kontrollera i befolkningsdatasystemet",
                        "Check the Population Information System"),
        "check_address": _T("Tarkista osoite", "Kontrollera adressen", "Check the address"),
        "check_directory": _T("Tarkista yritystietojärjestelmästä", "Kontrollera i företagsdatasystemet", "Check the business directory"),
        "ask_exception": _T("Käytä vain kirjatun poikkeuksen mukaan", "Använd endast enligt det antecknade undantaget",
                            "Use it only as the recorded exception allows"),
        "settle_identity": _T("Selvitä, kenelle lasku kuuluu", "Utred vem fakturan gäller", "Settle whose the bill is"),
        "act_by_hand": _T("Hoida lasku käsin", "Sköt fakturan för hand", "Take care of the bill by hand"),
    }
)  # fmt: skip

WITHHELD: Mapping[str, Text] = MappingProxyType(
    {
        "turvakielto_on": _T("turvakielto", "spärrmarkering", "non-disclosure order"),
        "turvakielto_unknown": _T("turvakieltoa ei ole selvitetty", "spärrmarkeringen är inte utredd", "non-disclosure is not settled"),
        "purpose": _T("ei kuulu käyttötarkoitukseen", "hör inte till ändamålet", "not for this purpose"),
    }
)  # fmt: skip

HEADINGS: Mapping[str, Text] = MappingProxyType(
    {
        "liable": _T("Kuka vastaa", "Vem svarar", "Who is liable"),
        "delivery": _T("Minne lasku lähetetään", "Vart fakturan sänds", "Where the bill goes"),
        "may": _T("Saako laskuttaa ja periä", "Får man fakturera och driva in", "May we bill and collect"),
        "refund": _T("Palautukset", "Återbetalningar", "Refunds"),
        "uncertain": _T("Mikä on epävarmaa", "Vad är osäkert", "What is not certain"),
        "withheld": _T("Mitä ei kerrota", "Vad uppges inte", "What is not told"),
    }
)  # fmt: skip

PHRASES: Mapping[str, Text] = MappingProxyType(
    {
        "invoicing_yes": _T("Laskuttaa saa", "Fakturering får ske", "Billing may go on"),
        "invoicing_no": _T("Laskuttaa ei saa", "Fakturering får inte ske", "Billing may not go on"),
        "collection_yes": _T("Periä saa", "Indrivning får ske", "Collection may go on"),
        "collection_no": _T("Periä ei saa", "Indrivning får inte ske", "Collection may not go on"),
        "since": _T("alkaen {day}", "från och med {day}", "since {day}"),
        "happened": _T("{day}", "{day}", "on {day}"),
        "until": _T("{day} asti", "till och med {day}", "until {day}"),
        "heard": _T("{source}, tieto {day}", "{source}, uppgift {day}", "{source}, told {day}"),
        "own": _T("oma tieto", "egen uppgift", "your own word"),
        "another": _T("toinen asiakasorganisaatio", "en annan kundorganisation", "another client organisation"),
        "not_used": _T("Ei käytetty: {name}: {reason}", "Inte använt: {name}: {reason}", "Not used: {name}: {reason}"),
        "unfit": _T("{name} ({length} merkkiä) ei mahdu: lomakkeelle mahtuu {least}–{most} ({form})",
                    "{name} ({length} tecken) ryms inte: blanketten tar {least}–{most} ({form})",
                    "{name} ({length} characters) does not fit: the form takes {least}–{most} ({form})"),
        "names": _T("nimi", "namn", "name"),
        "lines": _T("rivejä", "rader", "lines"),
        "street": _T("katuosoite", "gatuadress", "street"),
        "streets": _T("osoiterivejä", "adressrader", "address lines"),
        "postcode": _T("postinumero", "postnummer", "postcode"),
        "town": _T("postitoimipaikka", "postanstalt", "town"),
        "place": _T("postitoimipaikka", "postanstalt", "town"),
        "care_of": _T("c/o", "c/o", "c/o"),
        "attention": _T("lisärivi", "tilläggsrad", "attention line"),
        "name": _T("nimi", "namn", "name"),
        "envelope": _T("kirjekuori", "kuvert", "envelope"),
        "finvoice": _T("Finvoice", "Finvoice", "Finvoice"),
        "none_liable": _T("Kukaan tunnettu ei vastaa", "Ingen känd svarar", "Nobody known is liable"),
        "on": _T("Vastaus päivälle {day}", "Svar för dagen {day}", "Answer for {day}"),
    }
)  # fmt: skip
