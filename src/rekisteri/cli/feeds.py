"""feeds: who is told of customers and how each stands; tell them; their files, snapshots and secrets."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import orjson
import structlog
import typer
from rich.text import Text as Line

from rekisteri import feeds
from rekisteri.access import Action
from rekisteri.catalogue import PURPOSES, Recipient, Text, Way
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, aside, say, screen, told_json, worded
from rekisteri.feeds import Round
from rekisteri.ground.errors import Rejected
from rekisteri.wiring import Register

recipients = typer.Typer(
    no_args_is_help=True,
    help="Who is told of customers, as recipients.toml declares, and how far each has been told.",
)

WAYS = {
    Way.FEED: Text("kysyy syötettä", "frågar flödet", "asks the feed"),
    Way.WEBHOOK: Text("kutsutaan", "anropas", "is called"),
    Way.FILE: Text("tiedosto", "fil", "file"),
}
_log = structlog.get_logger("rekisteri.feeds")

Name = Annotated[str, typer.Argument(metavar="RECIPIENT", help="Its name, as recipients.toml declares it.")]


@recipients.command("list")
def list_recipients(context: typer.Context) -> None:
    """Every declared recipient: when it last got something, what waits and since when, what has failed."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.FEED_STATE) as tx:
        found = feeds.standings(tx, acting.register.recipients)
    if frame.json:
        told_json([_plain(one) for one in found])
        return
    language = acting.language
    table = telling.headed(
        "recipient",
        "organisation",
        "purpose",
        "way_told",
        "last",
        "queue",
        "oldest",
        "failed",
        "reason",
        language=language,
    )
    for one in found:
        why = one.failure or "" if one.known else "?"
        table.add_row(
            one.recipient.name, one.recipient.organisation, PURPOSES[one.recipient.purpose].in_(language),
            WAYS[one.recipient.way].in_(language), telling.day(one.last_at), str(one.waiting),
            telling.day(one.oldest_at), f"{one.failing} / {one.dead}", Line(why),
        )  # fmt: skip
    nobody = worded("No recipient is declared: nobody is told. docs/how-to/feed-a-system.md tells how.", language)
    screen().print(table if found else nobody)


@recipients.command()
def run(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="One round, and end.")] = False,
    every: Annotated[float, typer.Option(min=0.2, max=3600, help="Seconds between rounds.")] = 5.0,
) -> None:
    """Tell the recipients: gather changes, call webhooks, make the files whose time has come. Until ctrl-C.

    It may be killed at any moment and started again, and several may run: each event takes effect once, in order.
    """
    frame: Frame = context.obj
    size = feeds.CONNECTIONS_A_THREAD * feeds.THREADS_MAX + 2
    with frame.register(pool_size=size) as register:
        if once:
            done = register.runner.round()
            if frame.json:
                told_json(_told(done))
            else:
                screen().print(_words(done), markup=False)
            return
        told = worded(
            f"{len(register.recipients)} recipients are told, every {every:g} s. Ctrl-C ends it.", frame.spoken
        )
        aside().print(told, markup=False)
        follow(register, every, threading.Event())


def follow(register: Register, every: float, stopped: threading.Event) -> None:
    """Round after round until told to stop; what was done, and what failed, is a line in the log."""
    redeclared = False
    while True:
        if register.redeclared() is not redeclared:
            redeclared = not redeclared
            _log.warning(
                "recipients.toml has changed; start again to tell by it"
                if redeclared
                else "recipients.toml is as before"
            )
        try:
            done = register.runner.round()
        except Exception as error:
            # The runner goes on. A library's message may quote a value, so only the kind is told.
            _log.error("feeds not told", kind=type(error).__name__)
        else:
            if not done.idle:
                _log.info("feeds told", **_told(done))
        if stopped.wait(every):
            return


@contextmanager
def following(register: Register, every: float) -> Iterator[None]:
    """Tell the recipients beside whatever is done within."""
    stopped = threading.Event()
    thread = threading.Thread(target=follow, args=(register, every, stopped), name="feeds", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


@recipients.command()
def again(context: typer.Context, recipient: Name) -> None:
    """Send what was given up, and what has failed, again and at once: when its endpoint is mended."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.FEED_AGAIN) as tx:
        count = feeds.again(tx, feeds.named(acting.register.recipients, recipient))
    if frame.json:
        told_json({"events": count})
    else:
        say(f"{count} events are sent again at the next round (`rekisteri feeds run`).", frame.spoken)


@recipients.command("export-file")
def export_file(context: typer.Context, recipient: Name) -> None:
    """Make one more file of all the recipient's customers now, in its declared form and folder."""
    frame: Frame = context.obj
    with frame.register() as register:
        declared = feeds.named(register.recipients, recipient)
        if declared.way is not Way.FILE:
            raise Rejected("This recipient gets no files; its way is declared otherwise.", field="recipient")
        with aside().status(worded("Writing the file…", frame.spoken)):
            made = register.runner.filer.make(declared, whatever_the_time=True)
    assert made is not None
    assert declared.folder is not None
    if frame.json:
        told_json({"file": declared.folder / made.name, "customers": made.customers, "unfit": len(made.unfit)})
        return
    say(f"{declared.folder / made.name}: {made.customers} customers.", frame.spoken)
    for one in made.unfit[:20]:
        screen().print(Line(f"  {one.number}: {one.reason}"))
    if len(made.unfit) > 20:
        say(f"  … and {len(made.unfit) - 20} more: {made.name}.unfit.csv", frame.spoken)


@recipients.command()
def snapshot(
    context: typer.Context,
    recipient: Name,
    out: Annotated[Path, typer.Option(help="File to write, a JSON object a line; an unfinished one is gone on with.")],
) -> None:
    """Write all customers of a recipient, as its system: sign in as the account that is declared for it.

    Told at the end: the cursor of the changes that follow. Broken off, the same command goes on where it was.
    """
    frame: Frame = context.obj
    place = out.with_suffix(out.suffix + ".cursor")
    with frame.acting() as acting, aside().status(worded("Writing the file…", frame.spoken)) as status:
        acting.register.gatherer.gather()
        cursor = _resumed(place, out)
        count, start = 0, ""
        while True:
            with acting.write(Action.FEED_READ) as tx:
                asking = feeds.asker(tx, acting.register.recipients, recipient)
                page = feeds.snapshot(tx, asking, cursor)
            with out.open("ab") as sink:
                sink.writelines(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in page.customers)
            count, cursor, start = count + len(page.customers), page.cursor, page.changes_from
            status.update(f"Writing… {count:,} customers".replace(",", " "))
            if cursor is None:
                break
            place.write_text(f"{cursor} {out.stat().st_size}")
    place.unlink(missing_ok=True)
    if frame.json:
        told_json({"file": out, "customers": count, "changes_from": start})
    else:
        say(f"{out}: {count} customers written; changes follow from cursor {start}.", frame.spoken)


@recipients.command()
def secret(context: typer.Context, recipient: Name) -> None:
    """Show the secret by which a recipient knows the register's calls; give it to the recipient by a safe way.

    Two are in force while the key turns (`rekisteri feeds turn`), the newest first.
    """
    frame: Frame = context.obj
    with frame.operating() as acting:
        declared = feeds.named(acting.register.recipients, recipient)
        with acting.write(Action.FEED_SECRET) as tx:
            tx.note(recipient=declared.name)
        found = acting.register.deliverer.secrets.shown(declared.name)
    if frame.json:
        told_json({"secrets": found})
        return
    for one in found:
        sys.stdout.write(f"{one}\n")


@recipients.command()
def turn(
    context: typer.Context,
    end_old: Annotated[bool, typer.Option("--end-old", help="The old secrets are good no longer.")] = False,
) -> None:
    """Give every recipient a new secret; the old ones are good beside them until --end-old.

    First turn, then give each recipient its new secret, then end the old ones.
    """
    frame: Frame = context.obj
    with frame.operating() as acting:
        with acting.write(Action.FEED_SECRET) as tx:
            tx.note(decision="ended" if end_old else "turned")
        secrets = acting.register.deliverer.secrets
        if end_old:
            secrets.end_old()
        else:
            secrets.turn()
    if frame.json:
        told_json({"turned": not end_old, "ended": end_old})
    else:
        say(
            "The old secrets are ended." if end_old else "New secrets are made; the old ones are good beside them.",
            frame.spoken,
        )


def _resumed(place: Path, out: Path) -> str | None:
    """Where an unfinished snapshot goes on, its file cut to what is sure; none where it begins."""
    cursor, size = place.read_text().split() if place.exists() and out.exists() else (None, "0")
    with out.open("ab") as sink:
        sink.truncate(int(size))
    return cursor


def _plain(one: feeds.Standing) -> dict[str, object]:
    declared: Recipient = one.recipient
    return {
        "recipient": declared.name, "organisation": declared.organisation, "purpose": declared.purpose,
        "country": declared.country, "fields": [item.name for item in declared.items], "way": declared.way,
        "known": one.known, "begun_at": one.begun_at, "last_at": one.last_at, "waiting": one.waiting,
        "oldest_at": one.oldest_at, "failing": one.failing, "dead": one.dead, "failure": one.failure,
    }  # fmt: skip


def _told(done: Round) -> dict[str, object]:
    return {
        "news": done.gathered.news,
        "events": done.gathered.events,
        "sent": {one.recipient: one.sent for one in done.delivered if one.sent},
        "failing": {one.recipient: one.failed for one in done.delivered if one.failed},
        "dead": {one.recipient: one.dead for one in done.delivered if one.dead},
        "files": {one.recipient: one.name for one in done.files},
        "not_done": done.failed,
    }


def _words(done: Round) -> str:
    sent, failed = (sum(getattr(one, name) for one in done.delivered) for name in ("sent", "failed"))
    words = f"{done.gathered.events} events gathered, {sent} sent, {failed} failed, {len(done.files)} files made."
    return "\n".join([words, *(f"{name}: {why}" for name, why in done.failed.items())])
