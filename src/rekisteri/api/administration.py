"""Administration: client organisations and accounts. Whoever grants rights does not use them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field
from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.customer_shapes import Codes, Short
from rekisteri.api.desk import Answer, Desk, Question, done, told
from rekisteri.catalogue import Role

desk = Desk("administration")

Handle = Annotated[str, Path(max_length=63, description="Sign-in name.")]


class OrganisationQuestion(Question):
    """A client organisation to add."""

    code: Short = Field(examples=["kuusilahti"])
    name: Short = Field(min_length=1, examples=["Kuusilahden kaupunki"])
    ytunnus: Short = Field(examples=["9900012-2"])
    language: Literal["fi", "sv", "en"] = "fi"


class OrganisationAnswer(Answer):
    """A client organisation."""

    id: int
    code: str = Field(examples=["kuusilahti"])
    name: str
    ytunnus: str
    language: str
    ended_at: datetime | None


class OrganisationsAnswer(Answer):
    """Every client organisation."""

    organisations: list[OrganisationAnswer]


class AccountQuestion(Question):
    """An account to add."""

    handle: Short = Field(examples=["maija.mallikas"])
    name: Short = Field(min_length=1, examples=["Maija Mallikas"])
    password: Short | None = Field(
        default=None,
        description="Left out for whoever comes in by an identity provider.",
        examples=["1a2b-3c4d-5e6f-7a8b"],
    )
    roles: set[Role] = Field(examples=[["invoicer"]])
    organisations: list[Short] = Field(default=[], max_length=100, examples=[["kuusilahti"]])
    every_organisation: bool = False
    expires_on: date | None = None


class PasswordResetQuestion(Question):
    """A password to give an account."""

    password: Short = Field(examples=["1a2b-3c4d-5e6f-7a8b"])


class IdentityQuestion(Question):
    """By which name an identity provider knows the holder of an account."""

    provider: Short = Field(examples=["kunta"])
    subject: Short = Field(examples=["7f3a9b1c"])


class IdentityAnswer(Answer):
    """A name an identity provider knows the holder of an account by."""

    provider: str
    subject: str
    linked_at: datetime
    linked_by: str
    used_at: datetime | None


class IdentitiesAnswer(Answer):
    """Every name the account is linked to."""

    identities: list[IdentityAnswer]


class RolesQuestion(Question):
    """The roles an account is to have."""

    roles: set[Role] = Field(examples=[["maintainer"]])


class AccountAnswer(Answer):
    """An account: never its password."""

    handle: str
    name: str
    roles: list[Role]
    organisations: list[str]
    every_organisation: bool
    created_at: datetime
    expires_on: date | None
    disabled_at: datetime | None


class AccountsAnswer(Answer):
    """Every account."""

    accounts: list[AccountAnswer]


@desk.get("/organisations", Action.ORGANISATION_READ, OrganisationsAnswer)
def organisations(caller: Calling) -> Response:
    """Every client organisation."""
    with caller.read(Action.ORGANISATION_READ) as tx:
        found = access.organisations(tx)
    return told(OrganisationsAnswer(organisations=[_organisation(one) for one in found]))


@desk.post("/organisations", Action.ORGANISATION_MANAGE, OrganisationAnswer, status=201)
def add_organisation(question: OrganisationQuestion, caller: Calling) -> Response:
    """Add a client organisation."""
    with caller.write(Action.ORGANISATION_MANAGE) as tx:
        made = access.add_organisation(
            tx,
            code=question.code,
            name=question.name,
            ytunnus=question.ytunnus,
            language=question.language,
        )
    return told(_organisation(made), status=201)


@desk.get("/accounts", Action.ACCOUNT_MANAGE, AccountsAnswer)
def accounts(caller: Calling) -> Response:
    """Every account."""
    with caller.read(Action.ACCOUNT_MANAGE) as tx:
        found = access.accounts(tx)
    codes = caller.codes(number for account in found for number in account.organisations)
    return told(AccountsAnswer(accounts=[_account(account, codes) for account in found]))


@desk.post("/accounts", Action.ACCOUNT_MANAGE, AccountAnswer, status=201)
def add_account(question: AccountQuestion, caller: Calling) -> Response:
    """Add an account with its roles and scope.

    A person changes the password before anything else (`POST /session/password`).
    """
    with caller.write(Action.ACCOUNT_MANAGE) as tx:
        made = access.add_account(
            tx,
            caller.register.hasher,
            handle=question.handle,
            name=question.name,
            password=question.password,
            roles=question.roles,
            organisation_codes=question.organisations,
            every_organisation=question.every_organisation,
            expires_on=question.expires_on,
            given=True,
        )
    return told(_account(made, caller.codes(made.organisations)), status=201)


@desk.post("/accounts/{handle}/disable", Action.ACCOUNT_MANAGE, AccountAnswer)
def disable_account(handle: Handle, caller: Calling) -> Response:
    """Close an account and every session of it, at once."""
    with caller.write(Action.ACCOUNT_MANAGE) as tx:
        account = access.disable_account(tx, handle)
    return told(_account(account, caller.codes(account.organisations)))


@desk.post("/accounts/{handle}/roles", Action.ACCOUNT_MANAGE, AccountAnswer)
def change_roles(handle: Handle, question: RolesQuestion, caller: Calling) -> Response:
    """Give an account other roles, from its next act on."""
    with caller.write(Action.ACCOUNT_MANAGE) as tx:
        account = access.change_roles(tx, handle, question.roles)
    return told(_account(account, caller.codes(account.organisations)))


@desk.post("/accounts/{handle}/password", Action.ACCOUNT_MANAGE, status=204)
def reset_password(handle: Handle, question: PasswordResetQuestion, caller: Calling) -> Response:
    """Give an account another password: it is unlocked, and every session of it ends."""
    with caller.write(Action.ACCOUNT_MANAGE) as tx:
        access.reset_password(tx, caller.register.hasher, handle, question.password)
    return done()


@desk.route("DELETE", "/accounts/{handle}/factor", Action.ACCOUNT_MANAGE, status=204)
def remove_factor(handle: Handle, caller: Calling) -> Response:
    """Take an account's second factor away, for a lost device; every session of it ends."""
    with caller.write(Action.ACCOUNT_MANAGE) as tx:
        access.remove_factor(tx, handle)
    return done()


@desk.get("/accounts/{handle}/identities", Action.ACCOUNT_MANAGE, IdentitiesAnswer)
def identities(handle: Handle, caller: Calling) -> Response:
    """By which names identity providers let somebody in as the account."""
    with caller.read(Action.ACCOUNT_MANAGE) as tx:
        access.account(tx, handle)
        found = access.identities(tx, handle)
    return told(_identities(found))


@desk.post("/accounts/{handle}/identities", Action.ACCOUNT_MANAGE, IdentitiesAnswer, status=201)
def link_identity(handle: Handle, question: IdentityQuestion, caller: Calling) -> Response:
    """Let somebody in as the account whom an identity provider knows by a name."""
    with caller.write(Action.ACCOUNT_MANAGE) as tx:
        access.check_staff_provider(caller.register.arrivals.every_provider, question.provider)
        access.link(tx, handle, question.provider, question.subject)
        found = access.identities(tx, handle)
    return told(_identities(found), status=201)


@desk.post("/accounts/{handle}/identities/unlink", Action.ACCOUNT_MANAGE, status=204)
def unlink_identity(handle: Handle, question: IdentityQuestion, caller: Calling) -> Response:
    """Let them in no more; the account's sessions by that provider end."""
    with caller.write(Action.ACCOUNT_MANAGE) as tx:
        access.unlink(tx, handle, question.provider, question.subject)
    return done()


def _identities(found: list[access.Identity]) -> IdentitiesAnswer:
    return IdentitiesAnswer(
        identities=[
            IdentityAnswer(
                provider=one.provider,
                subject=one.subject,
                linked_at=one.linked_at,
                linked_by=one.linked_by,
                used_at=one.used_at,
            )
            for one in found
        ]
    )


def _organisation(one: access.Organisation) -> OrganisationAnswer:
    return OrganisationAnswer(
        id=one.id,
        code=one.code,
        name=one.name,
        ytunnus=one.ytunnus,
        language=one.language,
        ended_at=one.ended_at,
    )


def _account(account: access.Account, codes: Codes) -> AccountAnswer:
    return AccountAnswer(
        handle=account.handle,
        name=account.name,
        roles=account.roles,
        organisations=[codes[number] for number in account.organisations],
        every_organisation=account.every_organisation,
        created_at=account.created_at,
        expires_on=account.expires_on,
        disabled_at=account.disabled_at,
    )
