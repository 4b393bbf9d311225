"""Write the reference pages from the code, so that they cannot say anything else.

    python -m tools.reference            write docs/reference/*.md
    python -m tools.reference --check    only tell which pages are stale

A law of the house (``tests/house/test_docs.py``) holds the pages to what this makes. Needs
neither a database nor the network.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute
from typer.main import get_command

from rekisteri import web
from rekisteri.access import PURPOSES_OF_ROLE, Action
from rekisteri.api.application import DESKS, PREFIX
from rekisteri.api.problems import TITLES
from rekisteri.catalogue import (
    EXPLANATIONS,
    ITEMS,
    PURPOSES,
    RETENTIONS,
    ROLES,
    SOURCES,
    Choice,
    Item,
    Text,
    layout,
)
from rekisteri.cli.commands import tree
from rekisteri.ground.errors import (
    Conflict,
    Missing,
    Refused,
    Rejected,
    RekisteriError,
    Unavailable,
    Unidentified,
    Unproven,
)
from rekisteri.ground.settings import Settings
from rekisteri.sources.organisations import intake, wire_rows, wire_xlsx
from rekisteri.sources.organisations.wire import MEND_COLUMNS
from tools.reference_tables import parts, table, tables

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
NOTE = "<!-- Written from the code by `make docs`; a change made here is lost. -->"


def pages() -> dict[str, str]:
    """Every generated page: file name to text."""
    made = {
        "settings.md": _settings(),
        "items.md": _items(),
        "files.md": _files(),
        "reasons.md": _reasons(),
        "actions.md": _actions(),
        "cli.md": _cli(),
        "api.md": _api(),
        "errors.md": _errors(),
        "pages.md": _pages(),
        "tables.md": tables(),
    }
    return {name: f"{NOTE}\n{text.rstrip()}\n" for name, text in made.items()}


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or tell which are stale; the exit code."""
    stale = [name for name, text in pages().items() if _read(FOLDER / name) != text]
    if "--check" not in arguments:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in pages().items():
            (FOLDER / name).write_text(text, "utf-8")
    for name in stale:
        sys.stdout.write(f"docs/reference/{name}\n")
    return 1 if stale and "--check" in arguments else 0


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


# Laying out


def _code(*texts: object) -> str:
    return ", ".join(f"`{text}`" for text in texts)


def _said(text: Text) -> tuple[str, str, str]:
    return text.fi, text.sv, text.en


def _yes(value: object) -> str:
    return "yes" if value else ""


# Pages


def _settings() -> str:
    rows = []
    for name, field in Settings.model_fields.items():
        default = "not set" if field.default is None else f"`{str(field.default).lower()}`"
        rows.append((f"`REKISTERI_{name.upper()}`", default, _bounds(field.metadata), field.description))
    return parts(
        "# Settings",
        "Read once, from the environment, by `rekisteri.ground.settings` and by nothing else. `--home` of the command "
        "line goes before `REKISTERI_HOME`. In a home made by `rekisteri demo` artificial identity codes are accepted "
        "and ordinary ones refused, whatever is set.",
        table(("variable", "default", "limits", "what it is"), rows),
        "The tests read one more: `REKISTERI_TEST_DATABASE_URL`, a PostgreSQL 18 or newer in whose server the tests "
        "make databases of their own. Without it they use `REKISTERI_DATABASE_URL`, and without that an embedded one.",
    )


def _bounds(metadata: Iterable[Any]) -> str:
    """``5-1440`` of the limits a setting is declared with."""
    least = next((one.ge for one in metadata if hasattr(one, "ge")), None)
    most = next((one.le for one in metadata if hasattr(one, "le")), None)
    return "" if least is None and most is None else f"{least}-{most}"


_CHOICES = {
    Choice.BEST: "the source believed most; among its words the latest",
    Choice.ALL: "every distinct value, the most believed first",
    Choice.OWN: "each client organisation's value stands for itself, and only that organisation sees it",
    Choice.STRICTEST: "on beats off beats silence, and only whoever said on may say off",
}


def _items() -> str:
    return parts(
        "# Items",
        "The catalogue: everything that may be kept of a customer. A value of anything else is dropped before storage, "
        "and the drop is counted. Each item is declared once, in `src/rekisteri/catalogue/items.py`.",
        "Sources stand in the order they are believed. *Covered*: kept from view by a non-disclosure order "
        "(turvakielto). *Sealed*: stored encrypted and shown masked.",
        "## The items",
        table(
            ("item", "fi", "sv", "en", "of", "chosen", "covered", "sealed"),
            (
                (f"`{item.name}`", *_said(item.label), ", ".join(sorted(item.kinds)), item.choice,
                 _yes(item.covered), _sealed(item))
                for item in ITEMS
            ),
        ),
        "How one value is chosen where several sources speak:",
        "\n".join(f"- `{choice}`: {_CHOICES[choice]}" for choice in Choice),
        "## Why, from whom, for what, how long",
        table(
            ("item", "need", "sources, most believed first", "purposes", "kept"),
            (
                (f"`{item.name}`", item.need.en, ", ".join(item.ranks), ", ".join(sorted(item.purposes)), item.retention)
                for item in ITEMS
            ),
        ),
        f"Every item may be read by {_code(*sorted(ITEMS[0].readers))} and by no other role."
        if len({item.readers for item in ITEMS}) == 1
        else table(("item", "readers"), ((f"`{item.name}`", _code(*sorted(item.readers))) for item in ITEMS)),
        "## Words",
        _words("Purposes", PURPOSES),
        _words("Roles", ROLES),
        _words("Sources", SOURCES),
        "### Retention",
        "Declared, shown in the API's catalogue, and not yet carried out by any job.",
        table(
            ("code", "years", "ground (fi)", "ground (en)"),
            ((f"`{name}`", one.years, one.ground.fi, one.ground.en) for name, one in RETENTIONS.items()),
        ),
        _code_lists(),
    )  # fmt: skip


def _sealed(item: Item) -> str:
    if item.secret:
        return "yes"
    sealed = [part.name for part in item.parts if part.secret]
    return f"part `{sealed[0]}`" if sealed else ""


def _words(title: str, words: dict[Any, Text]) -> str:
    return f"### {title}\n\n" + table(
        ("code", "fi", "sv", "en"), ((f"`{code}`", *_said(text)) for code, text in words.items())
    )


def _code_lists() -> str:
    kinds = {part.kind.name: part.kind for _, _, part in layout() if part.kind.codes}
    lists = [
        f"### `{name}`\n\n"
        + table(("code", "fi", "sv", "en"), ((f"`{code}`", *_said(text)) for code, text in kind.codes.items()))
        for name, kind in kinds.items()
    ]
    return parts("## Code lists", "A file may hold the code or its name in any of the three languages.", *lists)


def _files() -> str:
    rows = (
        (f"`{column}`", f"`{item.path(part)}`", part.kind.name, _label(item.label.en, part.label.en),
         "yes" if part.name in item.required_parts else "")
        for column, item, part in layout()
    )  # fmt: skip
    mib = 1 << 20
    return parts(
        "# Files of client organisations",
        "CSV, XLSX or NDJSON. Without a mapping of its own an organisation's file is read by the standard layout below; "
        "the headings may then also be the usual Finnish, Swedish and English ones for the same thing, in any letter "
        "case, with or without accents and blanks. Only a customer number and a name are needed: `sukunimi`, or `nimi` "
        "of an organisation, or one column that holds the whole name.",
        "[Take in an organisation's files](../how-to/take-in-files.md) tells how to write a mapping for other headings.",
        "## Standard layout",
        "*Needed*: without it the item is incomplete and the row is rejected; items themselves may be left out whole.",
        table(("column", "path", "kind", "holds", "needed"), rows),
        "## Limits",
        table(
            ("limit", "value", "what happens beyond it"),
            (
                ("longest line or record", f"{wire_rows.MAX_LINE_BYTES // mib} MiB", "the row is rejected"),
                ("columns", wire_rows.MAX_COLUMNS, "the file is refused"),
                ("kept of a row that can't be read", f"{wire_rows.MAX_RAW_CHARS} characters", "the rest is not kept"),
                ("XLSX unpacked", f"{wire_xlsx.MAX_UNPACKED_BYTES >> 30} GiB", "the file is refused"),
                ("XLSX shared texts", f"{wire_xlsx.MAX_SHARED_BYTES // mib} MiB", "the file is refused"),
                ("XLSX packing ratio", f"{wire_xlsx.MAX_RATIO}:1", "the file is refused"),
                ("endings by one full file",
                 f"{intake.ENDING_FREE} customers or {intake.ENDING_SHARE_MAX:.0%} of those there are, whichever is more; never all",
                 "the file is refused until the endings are allowed"),
            ),
        ),
        "## The file of rows to mend",
        f"CSV in UTF-8, separated by semicolons: {_code(*MEND_COLUMNS)}, then the columns of the file as they came. "
        "Fed back, the four first columns are left out, and the file is always taken as a delta.",
    )  # fmt: skip


def _label(item: str, part: str) -> str:
    return item if item == part else f"{item}: {part}"


def _reasons() -> str:
    return parts(
        "# Reasons",
        "Why a value or a row is not taken, and what to do. The codes stand in reports and in answers of the API; people "
        "see the words in their own language. Declared in `src/rekisteri/catalogue/reasons.py`.",
        "## In English",
        table(("code", "what", "mend"), ((f"`{code}`", one.what.en, one.mend.en) for code, one in EXPLANATIONS.items())),
        "## Suomeksi",
        table(("koodi", "syy", "korjaus"), ((f"`{code}`", one.what.fi, one.mend.fi) for code, one in EXPLANATIONS.items())),
        "## På svenska",
        table(("kod", "orsak", "rättelse"), ((f"`{code}`", one.what.sv, one.mend.sv) for code, one in EXPLANATIONS.items())),
    )  # fmt: skip


def _actions() -> str:
    roles = list(ROLES)
    marks = [
        (f"`{action.policy.name}`", *("●" if role in action.policy.roles else "" for role in roles))
        for action in Action
    ]
    rules = [
        (f"`{one.name}`", ", ".join(sorted(one.purposes)), one.reach, _yes(one.protected), _yes(one.log),
         ", ".join(sorted(one.writes)), ", ".join(sorted(one.opens)))
        for one in (action.policy for action in Action)
    ]  # fmt: skip
    return parts(
        "# Actions and roles",
        "The whole access policy. An action is at once the permission, the name of the audit event and the right an API "
        "route takes. Declared in `src/rekisteri/access/actions.py`; nothing else grants anything.",
        "## Who may",
        table(("action", *(f"`{role}`" for role in roles)), marks),
        "## For what, and how far",
        "*Reach* is what row-level security is set to: `none`, no customer; `own`, the customers of the viewer's client "
        "organisations (for staff bound to no organisation: every one); `all`, every customer, because the act must "
        "meet one who is already there; `self`, one data subject alone. *Protected*: the values a non-disclosure order covers can be opened. *Log*: "
        "the log can be read. *Writes*: the areas whose tables it may change; *opens*: those it may look at besides. "
        "Which tables an area is stands in `src/rekisteri/access/tables.py`.",
        table(("action", "purposes", "reach", "protected", "log", "writes", "opens"), rules),
        "## What each role may name as its purpose",
        "The usual one first: it is used where none is named.",
        table(
            ("role", "fi", "sv", "en", "purposes"),
            ((f"`{role}`", *_said(ROLES[role]), ", ".join(PURPOSES_OF_ROLE[role])) for role in roles),
        ),
        "## Where each is done",
        "The command line does the same acts and names the same actions.",
        table(("action", "API", "pages"), ((f"`{name}`", *_places(name)) for name in (a.policy.name for a in Action))),
    )


def _places(action: str) -> tuple[str, str]:
    routes = [f"`{method} {path}`" for method, path, named, _, _ in _routes() if named == action]
    shown = [f"`{page.method} {page.path}`" for page in web.PAGES if page.action and page.action.policy.name == action]
    return "<br>".join(routes), "<br>".join(shown)


def _routes() -> Iterator[tuple[str, str, str, str, str]]:
    """Method, path, action, topic and summary of every route of the API."""
    for desk in DESKS:
        for route in desk.router.routes:
            assert isinstance(route, APIRoute)
            action = (route.openapi_extra or {})["x-action"]
            for method in sorted(route.methods or ()):
                yield method, route.path, str(action), str(route.tags[0]), route.summary or ""


def _api() -> str:
    rows = [(f"`{method}`", f"`{path}`", f"`{action}`", summary) for method, path, action, _, summary in _routes()]
    return parts(
        "# API",
        f"Served at `{PREFIX}`, beside the pages. A running register describes it whole, with every shape, at "
        f"`{PREFIX}/openapi.json` (OpenAPI 3.1).",
        "- Sign in with `POST /session`; send the token as `Authorization: Bearer TOKEN`.\n"
        "- Acts on customers, work, imports and the log name their purpose in `Rekisteri-Purpose`; the case, if there "
        "is one, in `Rekisteri-Case`. Others go by the caller's usual purpose.\n"
        "- An identity code travels in a body, never in an address.\n"
        "- `Accept-Language` chooses fi (the default), sv or en.\n"
        "- A card bears an `ETag`; a correction sends it back as `If-Match`, and is answered 412 where the card changed.\n"
        "- `POST /customers` takes an `Idempotency-Key`: the same key and entry again make no second customer.\n"
        "- Errors are problems (RFC 9457), all of one shape: [Errors](errors.md).",
        "## Routes",
        table(("method", "path", "action", "what it does"), [*rows, ("`GET`", "`/health`", "none", "Say that the process answers")]),
    )  # fmt: skip


def _errors() -> str:
    family = (Rejected, Refused, Unidentified, Unproven, Missing, Conflict, Unavailable, RekisteriError)
    rows = [(f"`{one.slug}`", one.status, one.exit_code, (one.__doc__ or "").partition("\n")[0]) for one in family]
    return parts(
        "# Errors",
        "One family (`src/rekisteri/ground/errors.py`), told alike by every face: the API by its status, the command "
        "line by its exit code, a page in words. No message bears a personal identity code. What a viewer may not know "
        "of is `missing`, never `refused`. Why a value or a row of a file was not taken is no error but a *reason*: "
        "[Reasons](reasons.md).",
        table(("slug", "HTTP status", "exit code", "unless said more exactly"), rows),
        "## Problems of the API",
        "RFC 9457, `application/problem+json`: `type` is `urn:rekisteri:problem:SLUG`, `title` and `detail` in the caller's "
        "language, `status`, and `instance` with the id of the request; `field`, `faults` and `allowed` where they help. "
        "HTTP has finer words for four cases: `changed` (412, `If-Match` names an older card), `too-large` (413), "
        "`not-allowed` (405) and `malformed` (400).",
        table(("slug", "fi", "sv", "en"), ((f"`{slug}`", *_said(title)) for slug, title in TITLES.items())),
    )


def _pages() -> str:
    rows = (
        (page.method, f"`{page.path}`", f"`{page.action.policy.name}`" if page.action else "none",
         f"`{page.leads_to.policy.name}`" if page.leads_to else "")
        for page in web.PAGES
    )  # fmt: skip
    return parts(
        "# Pages",
        "Every page of the web face and the one action it does. *Leads to*: the act a form is for; who may not do it is "
        "not shown the form. Pages without an action open no door to the register's customers.",
        table(("method", "path", "action", "leads to"), rows),
    )


# The command line


def _cli() -> str:
    root: Any = get_command(tree)
    sections = [
        "# Command line",
        "One command, `rekisteri`. Its help says the same: `rekisteri --help`, `rekisteri import run --help`.",
        ("Identity codes never stand on the command line, where the shell's history and the list of processes would show "
        "them: they are asked for, or read from standard input."),
        "## Options of every command",
        "They may stand anywhere on the line.",
        _options(root.params),
        "## Exit codes",
        table(
            ("code", "meaning"),
            ((0, "done"), (1, "an error of the register itself"), (2, "wrong input or use"), (3, "not permitted"),
             (4, "not there"), (5, "conflict"), (6, "unavailable"), (130, "interrupted")),
        ),
        "## Commands",
    ]  # fmt: skip
    for path, command in _commands(root, ()):
        name = " ".join(("rekisteri", *path))
        arguments = " ".join(_argument(one) for one in command.params if _is_argument(one))
        usage = f"    {name} {arguments} [OPTIONS]".replace("  [", " [")
        sections += [f"### `{' '.join(path)}`", usage, _help(command.help), _options(command.params)]
    return parts(*(section for section in sections if section))


def _commands(group: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, with its words."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name), command


def command_names() -> list[str]:
    """The words of every command: ``import run``."""
    return [" ".join(path) for path, _ in _commands(get_command(tree), ())]


def _is_argument(parameter: Any) -> bool:
    return not parameter.opts[0].startswith("-")


def _argument(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name.upper()).strip("[]")
    name = name.removesuffix("...").rstrip("]")
    many = "..." if parameter.nargs == -1 else ""
    return f"{name}{many}" if parameter.required else f"[{name}]{many}"


def _help(text: str | None) -> str:
    return re.sub(r"(?<!\n)\n(?!\n)", " ", (text or "").strip())


def _options(parameters: Iterable[Any]) -> str:
    rows = []
    for one in parameters:
        if one.name in ("install_completion", "show_completion", "help"):
            continue
        argument = _is_argument(one)
        name = _argument(one) if argument else " / ".join([*one.opts, *one.secondary_opts])
        name += f" {one.metavar}" if one.metavar and not argument else ""
        given = one.default not in (None, False, "") and not callable(one.default)
        rows.append((f"`{name}`", one.help or "", _yes(one.required), f"`{one.default}`" if given else ""))
    return table(("argument or option", "what it is", "needed", "default"), rows) if rows else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
