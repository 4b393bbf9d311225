"""Simulators: the outside world, for the demo, the benchmarks and the tests. Everything here is invented.

What lives here: a seeded population of artificial persons and companies, the client organisations that have
them as customers, and the files those organisations send: good ones, spoilt ones, and next month's. Nothing
is stored: person 4711 of seed 7 is a pure function of the two numbers. Codes are artificial by construction
(individual numbers 900-999, business IDs from 8000000). And the world outside: banks, registers, and identity
providers, the certified one (``openid/``) among them.
Tables owned: none. Knows only ``ground``; known only by the demo command, the benchmarks and the tests.
Public names: those of ``__all__``.
"""

from rekisteri.simulators.bank import Announced, Bank, Parcel, Payer
from rekisteri.simulators.bank_service import Certified, FileService, authority, certified
from rekisteri.simulators.certified_provider import Issuer, certified_providers
from rekisteri.simulators.certified_provider import is_installed as certified_provider_installed
from rekisteri.simulators.changes import Change, Happening, Month, NextMonth
from rekisteri.simulators.companies import Companies, Company, companies
from rekisteri.simulators.customers import Clientele, Customer, clientele_of, customers, overlapping
from rekisteri.simulators.demo import (
    ORGANISATIONS,
    DemoDelivery,
    Organisation,
    clienteles,
    demo_files,
    write_demo_files,
    write_next_month_files,
)
from rekisteri.simulators.demo_banks import answering_banks
from rekisteri.simulators.demo_identity import STAFF as DEMO_STAFF_PROVIDER
from rekisteri.simulators.demo_identity import identity_providers
from rekisteri.simulators.demo_invoicing import CALLED as DEMO_CALLED
from rekisteri.simulators.demo_invoicing import RECEIVED as DEMO_RECEIVED
from rekisteri.simulators.demo_invoicing import invoicing_system
from rekisteri.simulators.demo_vtj import PERMISSION, Lived, let_live, population_register
from rekisteri.simulators.faults import (
    Fault,
    Spoiler,
    Spoilt,
    binary_garbage,
    huge_line,
    in_other_encoding,
    other_layout,
    truncated,
    utf16,
    xlsx_without,
)
from rekisteri.simulators.files import FORMS, Form, Formula, rows, write_file, write_rows
from rekisteri.simulators.identity_provider import Customer as ProviderCustomer
from rekisteri.simulators.identity_provider import IdentityProvider, Somebody
from rekisteri.simulators.invoicing import InvoicingSystem
from rekisteri.simulators.layouts import (
    DAYCARE,
    FULL_NAME,
    HOSPITAL,
    LAYOUTS,
    LEDGER,
    STANDARD,
    STANDARD_COLUMNS,
    WATERWORKS,
    Layout,
)
from rekisteri.simulators.misspelling import Misspeller
from rekisteri.simulators.places import Address
from rekisteri.simulators.population import REFERENCE_DAY, Person, Population, people
from rekisteri.simulators.serving import Answered, Asked, Misdeed, Outsider
from rekisteri.simulators.traffic import KINDS as SNOOPING_KINDS
from rekisteri.simulators.traffic import Clerk, Office, Seen, Subject
from rekisteri.simulators.traffic import Session as SnoopingSession

__all__ = [
    "DAYCARE",
    "DEMO_CALLED",
    "DEMO_RECEIVED",
    "DEMO_STAFF_PROVIDER",
    "FORMS",
    "FULL_NAME",
    "HOSPITAL",
    "LAYOUTS",
    "LEDGER",
    "ORGANISATIONS",
    "PERMISSION",
    "REFERENCE_DAY",
    "SNOOPING_KINDS",
    "STANDARD",
    "STANDARD_COLUMNS",
    "WATERWORKS",
    "Address",
    "Announced",
    "Answered",
    "Asked",
    "Bank",
    "Certified",
    "Change",
    "Clerk",
    "Clientele",
    "Companies",
    "Company",
    "Customer",
    "DemoDelivery",
    "Fault",
    "FileService",
    "Form",
    "Formula",
    "Happening",
    "IdentityProvider",
    "InvoicingSystem",
    "Issuer",
    "Layout",
    "Lived",
    "Misdeed",
    "Misspeller",
    "Month",
    "NextMonth",
    "Office",
    "Organisation",
    "Outsider",
    "Parcel",
    "Payer",
    "Person",
    "Population",
    "ProviderCustomer",
    "Seen",
    "SnoopingSession",
    "Somebody",
    "Spoiler",
    "Spoilt",
    "Subject",
    "answering_banks",
    "authority",
    "binary_garbage",
    "certified",
    "certified_provider_installed",
    "certified_providers",
    "clientele_of",
    "clienteles",
    "companies",
    "customers",
    "demo_files",
    "huge_line",
    "identity_providers",
    "in_other_encoding",
    "invoicing_system",
    "let_live",
    "other_layout",
    "overlapping",
    "people",
    "population_register",
    "rows",
    "truncated",
    "utf16",
    "write_demo_files",
    "write_file",
    "write_next_month_files",
    "write_rows",
    "xlsx_without",
]
