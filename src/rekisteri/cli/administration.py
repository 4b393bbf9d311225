"""admin: client organisations and accounts, set up by the operator of this machine."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from rekisteri import access
from rekisteri.access import Action
from rekisteri.catalogue import ROLES, Role
from rekisteri.cli import telling
from rekisteri.cli.frame import Acting, Frame, aside, asked, say, screen, told_json, worded
from rekisteri.cli.granting import granting
from rekisteri.cli.reviewing import reviewing
from rekisteri.cli.systems import systems
from rekisteri.ground.errors import Rejected

admin = typer.Typer(no_args_is_help=True, help="Client organisations and accounts, by the operator of this machine.")
organisation = typer.Typer(no_args_is_help=True, help="Client organisations.")
account = typer.Typer(no_args_is_help=True, help="Accounts: who may do what for whom.")
admin.add_typer(organisation, name="organisation")
admin.add_typer(account, name="account")
admin.add_typer(granting, name="grant")
admin.add_typer(reviewing, name="review")
admin.add_typer(systems, name="system")

Handle = Annotated[str, typer.Argument(help="Sign-in name.")]


@organisation.command("add")
def add_organisation(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Short code, such as kuusilahti.")],
    name: Annotated[str, typer.Option(help="Full name.")],
    ytunnus: Annotated[str, typer.Option(help="Business ID.")],
    language: Annotated[str, typer.Option(help="fi, sv or en.")] = "fi",
) -> None:
    """Add a client organisation."""
    frame: Frame = context.obj
    with frame.operating() as acting, acting.write(Action.ORGANISATION_MANAGE) as tx:
        made = access.add_organisation(tx, code=code, name=name, ytunnus=ytunnus, language=language)
    _organisations(acting, [made])


@organisation.command("list")
def list_organisations(context: typer.Context) -> None:
    """Every client organisation."""
    frame: Frame = context.obj
    with frame.operating() as acting, acting.read(Action.ORGANISATION_READ) as tx:
        found = access.organisations(tx)
    _organisations(acting, found)


@account.command("add")
def add_account(
    context: typer.Context,
    handle: Handle,
    role: Annotated[list[Role], typer.Option(help="A role; may be given many times.")],
    name: Annotated[str, typer.Option(help="The person's or system's name.")],
    organisation: Annotated[
        list[str] | None, typer.Option(help="A client organisation's code; may be given many times.")
    ] = None,
    every_organisation: Annotated[
        bool, typer.Option("--every-organisation", help="Staff of the service centre: all of them.")
    ] = False,
    without_password: Annotated[
        bool, typer.Option("--without-password", help="It comes in by an identity provider alone: see `link`.")
    ] = False,
) -> None:
    """Add an account. Its password is asked for; left empty, one is invented and shown once."""
    frame: Frame = context.obj
    given = "" if without_password else _password(frame.spoken)
    password = None if without_password else given or access.invent_password()
    with frame.operating() as acting, acting.write(Action.ACCOUNT_MANAGE) as tx:
        made = access.add_account(
            tx,
            acting.register.hasher,
            handle=handle,
            name=name,
            password=password,
            roles=role,
            organisation_codes=organisation or (),
            every_organisation=every_organisation,
            given=not given,
        )
    invented = None if given else password
    if acting.json:
        told_json(telling.plain(made, {}) | {"password": invented})
    else:
        screen().print(f"{made.handle}: {', '.join(made.roles)}", markup=False)
        if invented:
            say(f"Password, shown this once: {invented}", acting.language)


@account.command("list")
def list_accounts(context: typer.Context) -> None:
    """Every account."""
    frame: Frame = context.obj
    with frame.operating() as acting:
        with acting.read(Action.ACCOUNT_MANAGE) as tx:
            found = access.accounts(tx)
        codes = acting.organisation_codes()
    _accounts(acting, found, codes)


@account.command("disable")
def disable(context: typer.Context, handle: Handle) -> None:
    """Close an account and every session of it, at once."""
    frame: Frame = context.obj
    with frame.operating() as acting:
        with acting.write(Action.ACCOUNT_MANAGE) as tx:
            closed = access.disable_account(tx, handle)
        codes = acting.organisation_codes()
    _accounts(acting, [closed], codes)


@account.command("roles")
def roles(
    context: typer.Context,
    handle: Handle,
    role: Annotated[list[Role], typer.Argument(help="The roles it is to have, instead of those it has.")],
) -> None:
    """Give an account other roles, from its next act on."""
    frame: Frame = context.obj
    if not role:
        raise Rejected("Name at least one role.")
    with frame.operating() as acting:
        with acting.write(Action.ACCOUNT_MANAGE) as tx:
            changed = access.change_roles(tx, handle, role)
        codes = acting.organisation_codes()
    _accounts(acting, [changed], codes)


@account.command("password")
def reset_password(context: typer.Context, handle: Handle) -> None:
    """Give an account another password; left empty, one is invented and shown once. Its sessions end."""
    frame: Frame = context.obj
    given = _password(frame.spoken)
    password = given or access.invent_password()
    with frame.operating() as acting, acting.write(Action.ACCOUNT_MANAGE) as tx:
        access.reset_password(tx, acting.register.hasher, handle, password)
    invented = None if given else password
    if acting.json:
        told_json({"account": handle, "password": invented})
    else:
        say(f"{handle}: the password is changed.", acting.language)
        if invented:
            say(f"Password, shown this once: {invented}", acting.language)


@account.command("factor")
def factor(
    context: typer.Context,
    handle: Handle,
    remove: Annotated[bool, typer.Option("--remove", help="Take it away: a lost device. Sessions end.")] = False,
) -> None:
    """Enrol the second factor of an account: a QR code for its holder's device, then the device's first code."""
    frame: Frame = context.obj
    with frame.operating() as acting:
        vault = acting.register.vault
        if remove:
            with acting.write(Action.ACCOUNT_MANAGE) as tx:
                access.remove_factor(tx, handle)
            codes: list[str] = []
        else:
            with acting.write(Action.ACCOUNT_MANAGE) as tx:
                enrolment = access.enrol_for(tx, vault, handle)
            aside().print(enrolment.blocks(), markup=False, highlight=False)
            secret = worded("Secret, for a device without a camera:", acting.language)
            aside().print(f"{secret} {enrolment.secret}", markup=False, highlight=False)
            code = asked(worded("Code the device shows", frame.spoken))
            with acting.write(Action.ACCOUNT_MANAGE) as tx:
                codes = access.confirm_for(tx, vault, handle, code)
    if acting.json:
        told_json({"account": handle, "recovery_codes": codes})
    elif remove:
        say(f"{handle}: the second factor is taken away.", acting.language)
    else:
        say("Recovery codes, shown this once; each serves once:", acting.language)
        screen().print("", *codes, sep="\n  ", highlight=False)


@account.command("link")
def link(
    context: typer.Context,
    handle: Handle,
    provider: Annotated[str, typer.Argument(help="Name of an identity provider for the staff, in oidc.toml.")],
    subject: Annotated[str, typer.Argument(help="By which name the provider knows the person.")],
    remove: Annotated[bool, typer.Option("--remove", help="Let them in no more; sessions by it end.")] = False,
) -> None:
    """Let somebody in as an account whom an identity provider proves to be of a name."""
    frame: Frame = context.obj
    with frame.operating() as acting:
        if not remove:
            access.check_staff_provider(acting.register.arrivals.every_provider, provider)
        with acting.write(Action.ACCOUNT_MANAGE) as tx:
            (access.unlink if remove else access.link)(tx, handle, provider, subject)
            found = access.identities(tx, handle)
    if acting.json:
        told_json(telling.plain(found, {}))
    else:
        links = ", ".join(f"{one.provider} {one.subject}" for one in found) or worded("no links", acting.language)
        screen().print(f"{handle}: {links}", markup=False)


def _password(language: str) -> str:
    """A password, or nothing for one to be invented."""
    return (
        asked(worded("Password (empty: invent one)", language), hidden=True)
        if sys.stdin.isatty()
        else sys.stdin.readline().strip()
    )


def _organisations(acting: Acting, found: list[access.Organisation]) -> None:
    if acting.json:
        told_json(telling.plain(found, {}))
        return
    table = telling.headed("code", "name", "business_id", language=acting.language)
    for one in found:
        table.add_row(one.code, one.name, one.ytunnus)
    screen().print(table if found else worded("No client organisations.", acting.language))


def _accounts(acting: Acting, found: list[access.Account], codes: telling.Codes) -> None:
    if acting.json:
        told_json(telling.plain(found, {}))
        return
    table = telling.headed("account", "name", "roles", "organisations", "state", language=acting.language)
    for one in found:
        scope = (
            telling.heading("every", acting.language)
            if one.every_organisation
            else ", ".join(codes[number] for number in one.organisations)
        )
        state = telling.heading("closed" if one.disabled_at else "open", acting.language)
        table.add_row(
            one.handle,
            one.name,
            ", ".join(ROLES[role].in_(acting.language) for role in one.roles),
            scope,
            f"{state} {telling.day(one.disabled_at)}".strip(),
        )
    screen().print(table if found else worded("No accounts.", acting.language))
