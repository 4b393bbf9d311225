"""The docs say what is: generated pages are fresh, and what is written by hand points at what there is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from rekisteri.access import Action
from rekisteri.catalogue import COLUMNS, ITEMS, TECHNICAL, Reason, layout
from rekisteri.cli.commands import tree
from rekisteri.ground.settings import Settings
from tests.house.reading import keep
from tools import reference

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
INDEX = DOCS / "README.md"
FRONT = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")
OUTSIDE = ("http://", "https://", "mailto:")

LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE_LIKE = re.compile(r"(?<![0-9A-Za-z])\d{6}[-+A-Fa-fU-Yu-y](\d{3})[0-9A-Za-z](?![0-9A-Za-z])")
ARTIFICIAL_FROM = 900


def texts() -> dict[Path, str]:
    """Every page of the docs, and the pages that stand in front of the house."""
    paths = [*sorted(DOCS.rglob("*.md")), *(ROOT / name for name in FRONT if (ROOT / name).exists())]
    return {path: path.read_text("utf-8") for path in paths}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(text: str) -> set[str]:
    """The anchors of a page, as forges make them of headings."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(without_code(text)))
    return {heading.replace(" ", "-") for heading in plain}


def without_code(text: str) -> str:
    return FENCED.sub("", text)


def links(path: Path, text: str) -> Iterator[tuple[str, Path, str]]:
    """Every link to this house: as written, the file it leads to, the anchor in it."""
    for target in LINK.findall(without_code(text)):
        if not target.startswith(OUTSIDE):
            place, _, anchor = target.partition("#")
            yield target, (path.parent / place).resolve() if place else path, anchor


def dead_links(pages: dict[Path, str]) -> Iterator[str]:
    for path, text in pages.items():
        for target, place, anchor in links(path, text):
            if not place.exists():
                yield f"{name_of(path)} leads to {target}, which is not there"
            elif anchor and anchor not in anchors(pages.get(place) or place.read_text("utf-8")):
                yield f"{name_of(path)} leads to {target}: there is no such heading"


def unmentioned(names: Iterable[str], pages: dict[Path, str]) -> Iterator[str]:
    every = "\n".join(pages.values())
    return (name for name in names if f"`{name}`" not in every)


def command_lines(text: str) -> Iterator[list[str]]:
    """The words of every ``rekisteri`` command line in the shell examples of a page."""
    for language, block in FENCED.findall(text):
        if language in ("sh", "console"):
            for line in re.sub(r"\\\n\s*", " ", block).splitlines():
                for piece in re.split(r"&&|\|\|?|;", line):
                    found = re.search(r"(?:^|[ /])rekisteri( .+|$)", piece.split(" #")[0].rstrip())
                    if found and not re.match(r"\s*(#|cd |ls |chmod |cp )", piece):
                        yield shlex.split(found[1], posix=True)


def wrong_command(words: list[str], root: Any) -> str | None:
    """What is wrong with a command line: an unknown command or option."""
    options = {name for one in root.params for name in one.opts}
    command = root
    left = iter(words)
    for word in left:
        if word.startswith("--"):
            name = word.partition("=")[0]
            here = {each for one in command.params for each in (*one.opts, *one.secondary_opts)}
            if name not in options | here | {"--help"}:
                return f"no such option {name}"
            flags = {
                each for one in (*root.params, *command.params) if getattr(one, "is_flag", False) for each in one.opts
            }
            if command is root and name not in flags and "=" not in word:
                next(left, None)
        elif hasattr(command, "commands"):
            if word not in command.commands:
                return f"no such command {word}"
            command = command.commands[word]
    return None


def test_generated_pages_are_fresh() -> None:
    stale = (
        f"docs/reference/{name}: run `make docs`"
        for name, text in reference.pages().items()
        if not (DOCS / "reference" / name).exists() or (DOCS / "reference" / name).read_text("utf-8") != text
    )
    keep("The reference says what the code says:", stale)


def test_every_setting_item_reason_action_command_and_column_is_in_the_docs() -> None:
    pages = texts()
    settings = [f"REKISTERI_{name.upper()}" for name in Settings.model_fields]
    items = [item.name for item in ITEMS] + [item.path(part) for _, item, part in layout()]
    columns = [column for column, _, _ in layout()]
    actions = [action.policy.name for action in Action]
    tables = sorted({column.rpartition(".")[0] for column in COLUMNS.keys() | TECHNICAL})
    names = [*settings, *items, *columns, *Reason, *actions, *reference.command_names(), *tables]
    keep("Write it in the docs:", unmentioned(names, pages))


def test_links_lead_somewhere() -> None:
    keep("A link leads to what is there:", dead_links(texts()))


def test_every_page_is_found_from_the_index() -> None:
    pages = texts()
    found, waiting = {INDEX}, [INDEX]
    while waiting:
        path = waiting.pop()
        for _, place, _ in links(path, pages.get(path, "")):
            # A link to a folder leads to every page in it.
            fresh = {page for page in pages if place in (page, page.parent)} - found
            found |= fresh
            waiting += fresh
    lost = (name_of(path) for path in pages if path.is_relative_to(DOCS) and path not in found)
    keep("docs/README.md leads to every page:", lost)


def test_commands_shown_in_the_docs_exist() -> None:
    root: Any = get_command(tree)
    wrong = (
        f"{name_of(path)}: rekisteri {shlex.join(words)}: {fault}"
        for path, text in texts().items()
        for words in command_lines(text)
        if (fault := wrong_command(words, root))
    )
    keep("Show commands that there are:", wrong)


def test_only_artificial_identity_codes_are_shown() -> None:
    shown = (
        f"{name_of(path)} shows an identity code that may be somebody's"
        for path, text in texts().items()
        for number in CODE_LIKE.findall(text)
        if int(number) < ARTIFICIAL_FROM
    )
    keep("Nobody's code stands in the docs:", shown)


def test_the_laws_see_a_dead_link_a_wrong_command_and_a_missing_name() -> None:
    page = {INDEX: "# Here we are\n[a](nowhere.md) [b](#there) [c](#here-we-are) `named`\n```sh\nls [x](y)\n```"}
    assert len(list(dead_links(page))) == 2
    assert list(unmentioned(["named", "unnamed"], page)) == ["unnamed"]
    root: Any = get_command(tree)
    text = "```sh\nrekisteri --home x search aho --limit 5\nrekisteri serch\nA=1 rekisteri import run f --fulll\n```"
    assert [wrong_command(words, root) for words in command_lines(text)] == [
        None,
        "no such command serch",
        "no such option --fulll",
    ]
