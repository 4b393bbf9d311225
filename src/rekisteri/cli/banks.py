"""bank: what banks send of payers' orders, what waits for a person, and the notices sent to the banks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.text import Text as Line

from rekisteri import access
from rekisteri.access import Action
from rekisteri.cli import telling
from rekisteri.cli.bank_words import counted, said, state
from rekisteri.cli.frame import Acting, Frame, as_id, asked, screen, told_json
from rekisteri.cli.imports import watching
from rekisteri.ground.errors import Rejected
from rekisteri.sources import banks

bank = typer.Typer(no_args_is_help=True, help="Banks: payers' orders of e-invoices and direct payment.")
work = typer.Typer(no_args_is_help=True, help="Banks' messages that wait for a person's decision.")
notice = typer.Typer(no_args_is_help=True, help="Sender notices to the banks: draft, issue, look at, end.")
bank.add_typer(work, name="work")
bank.add_typer(notice, name="notice")

Id = Annotated[str, typer.Argument(metavar="ID", help="As the list shows it.")]
Why = Annotated[str, typer.Option("--reason", prompt=True, help="Why; kept with the decision.")]
COUNTS = ("messages", "repeated", "matched", "held", "waiting", "overtaken", "answers", "orders")


@bank.command("import")
def import_file(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="Files of a bank.")],
    channel: Annotated[str, typer.Option(help="By which way they came.")] = "upload",
) -> None:
    """Take banks' files: receiver infos and acknowledgements, each file whole or not at all.

    A message that is not certain waits in `bank work list`; a file that does not hold is quarantined.
    """
    frame: Frame = context.obj
    reports = []
    with frame.acting() as acting:
        for file in files:
            with watching(file.name, None) as progress, acting.write(Action.BANK_IMPORT) as tx:
                delivery = banks.Delivery(file, file.name, channel)
                reports.append(banks.take(tx, acting.register.vault, delivery, progress))
    if frame.json:
        told_json([_report(report, acting.language) for report in reports])
        return
    for report in reports:
        tell_report(screen(), report, acting.language)


def tell_report(console: Console, report: banks.FileReport, language: str) -> None:
    """A file's report as tables."""
    console.print(Line(f"{report.file_name}: {state(report.state, language)}  {report.file_id}", style="bold"))
    if report.hold is not None:
        told = banks.EXPLANATIONS[report.hold]
        where = f" ({telling.heading('byte', language)} {report.position})" if report.position is not None else ""
        console.print(Line(f"{told.what.in_(language)}{where}. {told.mend.in_(language)}.", style="yellow"))
        return
    table = telling.headed(*COUNTS, language=language)
    table.add_row(*(str(getattr(report, name)) for name in COUNTS))
    console.print(table)
    if report.redeclared:
        console.print(Line(counted("redeclared", report.redeclared, language), style="yellow"))
    if report.holds:
        table = telling.headed("count", "reason", "mend", language=language)
        for hold, count in report.holds.most_common():
            told = banks.EXPLANATIONS[hold]
            table.add_row(str(count), told.what.in_(language), told.mend.in_(language))
        console.print(table)


def _report(report: banks.FileReport, language: str) -> dict[str, Any]:
    return {
        "id": report.file_id,
        "file_name": report.file_name,
        "state": report.state,
        "hold": report.hold,
        "what": None if report.hold is None else banks.EXPLANATIONS[report.hold].what.in_(language),
        "position": report.position,
        **{name: getattr(report, name) for name in COUNTS},
        "redeclared": report.redeclared,
        "holds": [{"hold": hold, "count": count} for hold, count in report.holds.most_common()],
    }


@bank.command("files")
def list_files(
    context: typer.Context,
    in_state: Annotated[
        str | None, typer.Option("--state", help="taken, quarantined, released, rejected, repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
) -> None:
    """Files that came from banks, the newest first."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.BANK_READ) as tx:
        found = banks.bank_files(tx, state=in_state, limit=limit)
    if acting.json:
        told_json(telling.plain(found, {}))
        return
    table = telling.headed("when", "file", "state", "messages", "held", "reason", language=acting.language)
    table.add_column("id", no_wrap=True, style="dim")
    for one in found:
        why = "" if one.hold is None else banks.EXPLANATIONS[one.hold].what.in_(acting.language)
        table.add_row(
            telling.day(one.received_at), Line(one.file_name), state(one.state, acting.language), str(one.message_count), str(one.held_count),
            why, str(one.id),
        )  # fmt: skip
    screen().print(table if found else said("no_file", acting.language))


@bank.command("release-file")
def release_file(context: typer.Context, file: Id, reason: Why) -> None:
    """Read a quarantined file again as it came; a mended file is imported, and the old one rejected."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.WORK_DECIDE) as tx:
        report = banks.release_file(tx, acting.register.vault, as_id(file), reason=reason)
    if acting.json:
        told_json(_report(report, acting.language))
    else:
        tell_report(screen(), report, acting.language)


@bank.command("reject-file")
def reject_file(context: typer.Context, file: Id, reason: Why) -> None:
    """Set a quarantined file aside for good; it is kept its time."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.WORK_DECIDE) as tx:
        banks.reject_file(tx, as_id(file), reason=reason)
    done(acting, said("rejected", acting.language), {"id": file, "state": "rejected"})


@bank.command("answers")
def answers(context: typer.Context, limit: Annotated[int, typer.Option(min=1, max=200)] = 50) -> None:
    """What banks have answered to notices and proposals, the newest first."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.BANK_READ) as tx:
        found = banks.bank_answers(tx, limit=limit)
    if acting.json:
        told_json(telling.plain(found, {}))
        return
    table = telling.headed("when", "bank", "message", "code", "what", language=acting.language)
    for one in found:
        told = banks.CODES.get(one.code)
        what = "" if told is None else told.in_(acting.language)
        table.add_row(
            telling.day(one.framed_at), one.bank, one.original_id, one.code, Line(f"{what} {one.answer}".strip())
        )
    screen().print(table if found else said("no_answer", acting.language))


@bank.command("list")
def list_banks(context: typer.Context) -> None:
    """Banks and operators as they are today: their codes and names."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.BANK_NOTICES) as tx:
        found = banks.intermediators(tx)
    if acting.json:
        told_json(telling.plain(found, {}))
        return
    table = telling.headed("code", "name", "what", language=acting.language)
    for one in found:
        table.add_row(one.code, Line(one.name), state(one.kind, acting.language))
    screen().print(table)


@bank.command("set")
def set_bank(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Its code as messages bear it.")],
    name: Annotated[str, typer.Option(help="Its name.")],
    kind: Annotated[str, typer.Option(help="bank or operator.")] = "bank",
    replaced_by: Annotated[str | None, typer.Option(help="Code of who took its customers over.")] = None,
) -> None:
    """Add a bank or operator, or change one from today on; messages held for an unknown code can be released then."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.BANK_ANNOUNCE) as tx:
        banks.set_intermediator(tx, code, name, kind, replaced_by)
    done(acting, said("bank_is", acting.language, code=code, name=name), {"code": code, "name": name, "kind": kind})


@bank.command("ways")
def list_ways(context: typer.Context) -> None:
    """The ways to banks that banks.toml sets up, and until when our certificates are good."""
    frame: Frame = context.obj
    found = banks.ways(frame.settings.home)
    told = [{"way": one.name, "banks": list(one.banks), "certificate_until": one.certificate_until} for one in found]
    if frame.json:
        told_json(told)
        return
    table = telling.headed("way", "bank", "valid_to", language=frame.language or "fi")
    for one in found:
        table.add_row(one.name, ", ".join(one.banks), telling.day(one.certificate_until))
    screen().print(table if found else said("no_way", frame.language or "fi"))


@bank.command("exchange")
def exchange(context: typer.Context) -> None:
    """Take what the banks have sent and send what is ready, by the ways set up in banks.toml of the home folder."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        found = banks.exchange(
            banks.ways(acting.register.settings.home), acting.register.vault, lambda: acting.write(Action.BANK_EXCHANGE)
        )
    if acting.json:
        told_json(
            [
                {"way": one.way, "sent": one.sent, "orders": one.orders,
                 "files": [_report(file, acting.language) for file in one.files],
                 "fault": None if one.fault is None else str(one.fault)}
                for one in found
            ]
        )  # fmt: skip
    else:
        _tell_exchanged(found, acting.language)
    for one in found:
        if one.fault is not None:
            raise one.fault


def _tell_exchanged(found: Iterable[banks.Exchanged], language: str) -> None:
    console = screen()
    for one in found:
        files, sent = counted("files", len(one.files), language), counted("sent", one.sent, language)
        console.print(Line(f"{one.way}: {files}, {sent}", style="bold"))
        for file in one.files:
            tell_report(console, file, language)
        if one.fault is not None:
            console.print(Line(f"{one.way}: {one.fault}", style="yellow"))
    if not found:
        console.print(said("no_way", language), markup=False)


@work.command("list")
def list_work(context: typer.Context, limit: Annotated[int, typer.Option(min=1, max=200)] = 50) -> None:
    """Messages that wait, the oldest first."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.WORK_READ) as tx:
            found = banks.held_list(tx, limit=limit)
        codes = acting.organisation_codes()
    if acting.json:
        told_json(telling.plain(found, codes))
        return
    table = telling.headed("when", "organisation", "reason", "deadline", language=acting.language)
    table.add_column("id", no_wrap=True, style="dim")
    for one in found:
        whose = "" if one.organisation_id is None else codes[one.organisation_id]
        why = banks.EXPLANATIONS[one.hold].what.in_(acting.language)
        table.add_row(telling.day(one.said_at), whose, why, telling.day(one.deadline_on), str(one.id))
    screen().print(table if found else said("nothing_waits", acting.language))


@work.command("show")
def show_work(context: typer.Context, item: Id) -> None:
    """One message: what it says, and which customers it may be about."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.WORK_READ) as tx:
            found = banks.held(tx, acting.register.vault, as_id(item))
        codes = acting.organisation_codes()
    if acting.json:
        told_json(telling.plain(found, codes))
        return
    console, language = screen(), acting.language
    told = banks.EXPLANATIONS[found.line.hold]
    console.print(Line(f"{told.what.in_(language)}. {told.mend.in_(language)}.", style="bold"))
    given = ", ".join(f"{kind} {text}" for kind, text in found.identifiers)
    console.print(Line(f"{found.name}  {given}  {found.address} {found.line.operator}"))
    table = telling.headed("name", "for", "against", language=language)
    table.add_column("id", no_wrap=True, style="dim")
    for one in found.candidates:
        fors = ", ".join(banks.EVIDENCE[code].in_(language) for code in one.fors)
        againsts = ", ".join(banks.AGAINSTS[code].in_(language) for code in one.againsts)
        table.add_row(Line(one.name), fors, againsts, str(one.party_id))
    console.print(table if found.candidates else said("nobody", language))


@work.command("match")
def match(
    context: typer.Context,
    item: Id,
    customer: Annotated[str, typer.Argument(help="The customer's id, from `bank work show` or `search`.")],
    reason: Why,
) -> None:
    """The order is this customer's: it comes in force."""
    _decide(context, item, "matched", reason, as_id(customer))


@work.command("reject")
def reject(context: typer.Context, item: Id, reason: Why) -> None:
    """The message is not acted on."""
    _decide(context, item, "rejected", reason, None)


def _decide(context: typer.Context, item: str, decision: str, reason: str, party_id: UUID | None) -> None:
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.WORK_DECIDE) as tx:
        banks.decide(tx, acting.register.vault, as_id(item), decision, reason=reason, party_id=party_id)
    done(acting, said(decision, acting.language), {"id": item, "decision": decision})


@work.command("release")
def release(context: typer.Context, item: Id, reason: Why) -> None:
    """Try the message again, its cause being mended."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.WORK_DECIDE) as tx:
        left = banks.release(tx, acting.register.vault, as_id(item), reason=reason)
    why = "" if left is None else banks.EXPLANATIONS[left].what.in_(acting.language)
    done(acting, said("held_still" if left else "gone_on", acting.language, why=why), {"id": item, "hold": left})


@notice.command("list")
def list_notices(
    context: typer.Context,
    organisation: Annotated[str | None, typer.Option(help="Code of a client organisation; else of all.")] = None,
) -> None:
    """Notices with the number of orders in force under each."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.BANK_NOTICES) as tx:
            chosen = None if organisation is None else access.organisation(tx, organisation).id
            found = banks.notices(tx, organisation_id=chosen)
        codes = acting.organisation_codes()
    if acting.json:
        told_json(telling.plain(found, codes))
        return
    table = telling.headed("organisation", "payment_reason", "version", "state", "orders", language=acting.language)
    table.add_column("id", no_wrap=True, style="dim")
    for one in found:
        stands = "ended" if one.ended_at else "draft" if one.issued_at is None else "issued"
        table.add_row(
            codes[one.organisation_id], Line(one.payment_reason), str(one.version), state(stands, acting.language),
            str(one.orders), str(one.id),
        )  # fmt: skip
    screen().print(table if found else said("no_notice", acting.language))


@notice.command("show")
def show_notice(context: typer.Context, item: Id) -> None:
    """One notice: its newest version, and how each version stands at each bank."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.BANK_NOTICES) as tx:
        found = banks.versions(tx, as_id(item))
        sent = banks.deliveries(tx, as_id(item))
    if acting.json:
        told_json({"versions": telling.plain(found, {}), "banks": telling.plain(sent, {})})
        return
    console = screen()
    console.print_json(orjson.dumps(found[0].content).decode())
    table = telling.headed("version", "bank", "what", "state", "when", "reason", language=acting.language)
    for one in sent:
        told = banks.CODES.get(one.code or "")
        why = "" if one.code is None else f"{one.code} {told.in_(acting.language) if told else one.answer or ''}"
        what = banks.ACTIONS[one.action].in_(acting.language)
        table.add_row(
            str(one.version), one.bank_name or one.bank, what, state(one.state, acting.language),
            telling.day(one.sent_at), why,
        )  # fmt: skip
    console.print(table)


@notice.command("draft")
def draft_notice(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="JSON, as `bank notice show --json` tells it.")
    ],
    organisation: Annotated[str, typer.Option(help="Code of the client organisation.")],
) -> None:
    """Keep a notice as a draft, checked against the banks' rules; nothing is sent."""
    frame: Frame = context.obj
    try:
        content = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as error:
        raise Rejected(f"The file is no JSON: {error}.", field="file") from None
    if not isinstance(content, dict):
        raise Rejected("That is no sender notice; begin from the example.", field="notice")
    with frame.acting() as acting, acting.write(Action.BANK_ANNOUNCE) as tx:
        notice_id = banks.draft(tx, access.organisation(tx, organisation).id, banks.from_json(content))
    done(acting, said("drafted", acting.language, id=notice_id), {"id": notice_id})


@notice.command("issue")
def issue_notice(context: typer.Context, item: Id) -> None:
    """Make the draft the notice's word: a message to each bank is ready to be sent."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.BANK_ANNOUNCE) as tx:
        ready = banks.issue(tx, as_id(item))
    told = "\n".join(f"{one.bank_name or one.bank}: {banks.ACTIONS[one.action].in_(acting.language)}" for one in ready)
    done(acting, said("ready", acting.language, told=told), telling.plain(ready, {}))


@notice.command("end")
def end_notice(
    context: typer.Context,
    item: Id,
    to: Annotated[list[str], typer.Option("--bank", help="At which bank; again for more.")],
    confirm: Annotated[
        int | None, typer.Option(help="How many orders it ends: the number that was shown. Left out, only shows.")
    ] = None,
) -> None:
    """End a notice at banks: every order there ends with it. First it is shown whose."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        if confirm is None:
            with acting.read(Action.BANK_ANNOUNCE) as tx:
                hit = banks.affected(tx, as_id(item), to)
            if acting.json:
                told_json([asdict(one) for one in hit])
                return
            for one in hit:
                screen().print(f"{one.name}  {one.bank}  {one.party_id}", markup=False, highlight=False)
            orders = counted("orders", len(hit), acting.language)
            screen().print(said("would_end", acting.language, orders=orders, count=len(hit)))
            return
        with acting.write(Action.BANK_ANNOUNCE) as tx:
            ready = banks.end(tx, as_id(item), to, confirmed=confirm)
    endings = counted("endings", len(ready), acting.language)
    done(acting, said("endings", acting.language, endings=endings), telling.plain(ready, {}))


@notice.command("propose")
def propose(
    context: typer.Context,
    item: Id,
    customer: Annotated[str, typer.Argument(help="The customer's id.")],
    to: Annotated[str, typer.Option("--bank", help="The payer's bank.")],
) -> None:
    """Propose to a payer's bank that e-invoices be sent to an address the payer gave; the address is asked for."""
    frame: Frame = context.obj
    address = asked(said("address", frame.language or "fi"))
    with frame.acting() as acting, acting.write(Action.BANK_ANNOUNCE) as tx:
        made = banks.propose(tx, acting.register.vault, as_id(item), as_id(customer), bank=to, address=address)
    done(acting, said("proposed", acting.language), {"id": made})


def done(acting: Acting, told: str, answer: dict[str, Any] | Iterable[Any]) -> None:
    """What was done, in words or as JSON."""
    if acting.json:
        told_json(answer)
    else:
        screen().print(told, markup=False, highlight=False)
