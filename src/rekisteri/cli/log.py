"""The log as evidence: sealing, checkpoints, export, verification. ``rekisteri audit`` holds these beside the search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from rekisteri import audit
from rekisteri.access import Action
from rekisteri.cli.frame import Frame, as_id, aside, screen, told_json
from rekisteri.cli.overseeing import sweep_all
from rekisteri.cli.sealing import Sealing
from rekisteri.ground import clock
from rekisteri.ground.errors import Conflict, Missing


def seal(
    context: typer.Context,
    follow: Annotated[bool, typer.Option("--follow", help="Go on, every so many seconds, until ctrl-C.")] = False,
    every: Annotated[float, typer.Option(min=0.1, max=3600, metavar="SECONDS", help="How often.")] = 10.0,
) -> None:
    """Give every event its place in the log and sign the log. `rekisteri serve` does it by itself.

    Again it changes nothing. A log that was altered since the last time is not signed over (exit code 5).
    """
    frame: Frame = context.obj
    with frame.register() as register:
        if follow:
            aside().print(f"Sealing every {every:g} s; ctrl-C stops.")
            Sealing(register.log, every, partial(sweep_all, register), register.settings.sweep_seconds).follow()
        done = register.log.seal()
    if frame.json:
        told_json({"added": done.added, "size": done.size, "busy": done.busy})
    elif done.busy:
        screen().print("Another process is sealing.")
    else:
        screen().print(f"{done.added} events sealed; the log has {done.size}.")


def checkpoint(context: typer.Context) -> None:
    """Print the latest checkpoint: the log's size and root, signed by the register and by its witnesses."""
    frame: Frame = context.obj
    with frame.operating() as acting, acting.read(Action.AUDIT_PROOF) as tx:
        found = audit.published(tx)
    if found is None:
        raise Missing("The log has not begun; `rekisteri audit seal` begins it.")
    if frame.json:
        told_json({"checkpoint": str(found)})
    else:
        screen().print(str(found), end="", markup=False, highlight=False, soft_wrap=True)


def key(context: typer.Context) -> None:
    """Print the public key the log is signed with: hand it to whoever verifies or witnesses the log."""
    frame: Frame = context.obj
    with frame.register() as register:
        keys = [str(one) for one in register.log.keys]
    if frame.json:
        told_json({"keys": keys})
        return
    for one in keys:
        screen().print(one, markup=False, highlight=False, soft_wrap=True)


Keys = Annotated[list[str], typer.Option("--log-key", metavar="VKEY", help="The log's public key; again for more.")]
Witnesses = Annotated[
    list[str] | None, typer.Option("--witness", metavar="VKEY", help="A witness's public key; again for more.")
]
Quorum = Annotated[
    int | None, typer.Option(min=0, help="How many of the witnesses must have signed; else more than half.")
]


@contextmanager
def progressing(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error for work that is told in steps; none where nobody watches."""
    with Progress(console=aside(), transient=True, disable=not aside().is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to; an earlier export there is continued.")],
) -> None:
    """Write the log as files: tile/…, checkpoint. They tell nothing of anybody; hand them to whoever verifies."""
    frame: Frame = context.obj
    with frame.operating() as acting, progressing("Writing tiles") as progress, acting.read(Action.AUDIT_PROOF) as tx:
        done = audit.export(tx, folder, progress)
        tx.note(leaves=done.size)
    if frame.json:
        told_json({"folder": folder, "size": done.size, "files": done.files})
    else:
        screen().print(f"{done.size} leaves in {folder}, {done.files} files new.", markup=False)


def verify(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(exists=True, help="A folder of the exported log, or a proof of one event.")],
    log_key: Keys,
    witness: Witnesses = None,
    quorum: Quorum = None,
    fresh_hours: Annotated[
        float | None, typer.Option(min=0, help="The witnesses must have signed within so many hours.")
    ] = None,
    known: Annotated[
        list[Path] | None, typer.Option(exists=True, help="A checkpoint kept from before; again for more.")
    ] = None,
    database: Annotated[
        bool, typer.Option("--database", help="Hold the register's own events to the log too; needs the register.")
    ] = False,
) -> None:
    """Verify an exported log, off line, with nothing but public keys. Exit code 5 where anything is wrong.

    Every hash is made anew from the entries; tiles, checkpoints and signatures are held to them. Without --witness a
    history that was written anew by whoever holds the log's key is not seen; --known and --witness see it.
    """
    frame: Frame = context.obj
    trust = audit.Trust.of(
        [audit.VerifierKey.parse(one) for one in log_key],
        [audit.VerifierKey.parse(one) for one in witness or ()],
        quorum,
        None if fresh_hours is None else timedelta(hours=fresh_hours),
        [audit.Note.parse(one.read_text("utf-8")) for one in known or ()],
    )
    if path.is_file():
        event = audit.check_proof(audit.Proof.parse(path.read_text("utf-8")), trust)
        told_json(event)
        return
    verdict = _verdict(frame, path, trust, database)
    if frame.json:
        told_json(asdict(verdict) | {"holds": verdict.holds})
    else:
        _tell(verdict)
    if not verdict.holds:
        raise typer.Exit(Conflict.exit_code)


def prove(
    context: typer.Context,
    event: Annotated[str, typer.Argument(metavar="ID", help="The event's id, from `rekisteri audit search`.")],
    out: Annotated[Path | None, typer.Option(help="Write it to a file instead of the screen.")] = None,
) -> None:
    """Prove one event: a text that shows, without the register, what was logged. It tells whom the event is about."""
    frame: Frame = context.obj
    event_id = as_id(event)
    with frame.acting() as acting, acting.read(Action.AUDIT_SEARCH) as tx:
        proof = str(audit.prove(tx, event_id))
        tx.note(event=event)
    if out is not None:
        out.write_text(proof, "utf-8")
    elif frame.json:
        told_json({"proof": proof})
    else:
        screen().print(proof, end="", markup=False, highlight=False, soft_wrap=True)


def _verdict(frame: Frame, folder: Path, trust: audit.Trust, database: bool) -> audit.Verdict:
    now = clock.now()
    with progressing("Verifying") as progress:
        if not database:
            return audit.verify(folder, trust, now, progress=progress)
        verdict = audit.Verdict()
        with frame.operating() as acting, acting.read(Action.AUDIT_VERIFY) as tx:
            comparison = audit.Comparison(tx, verdict, now)
            audit.verify(folder, trust, now, into=verdict, watch=comparison.watch, progress=progress)
            comparison.finish()
            tx.note(leaves=verdict.size, findings=len(verdict.findings))
        return verdict


def _tell(verdict: audit.Verdict) -> None:
    console = screen()
    for one in verdict.findings:
        console.print(f"{one.fault}: {one.where}: {one.what}", style="bold red", markup=False, highlight=False)
    lines = [f"{verdict.origin}: {verdict.size} leaves, {verdict.checkpoints} checkpoints"]
    if verdict.witnessed_at is not None:
        lines.append(f"witnessed up to {verdict.witnessed}, at {verdict.witnessed_at:%Y-%m-%d %H:%M} UTC")
    if verdict.events or verdict.erased:
        lines.append(
            f"in the database {verdict.events} events as logged, {verdict.erased} erased after their retention, "
            f"{verdict.unsealed} later than this export"
        )
    for line in lines:
        console.print(line, markup=False, highlight=False)
    console.print("The log holds." if verdict.holds else f"The log does not hold: {len(verdict.findings)} findings.")
