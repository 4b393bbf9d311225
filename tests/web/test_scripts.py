"""The house's own scripts: what comes from outside never reaches what every object inherits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rekisteri import web

STATIC = Path(web.__file__).parent / "static"
TEMPLATES = Path(web.__file__).parent / "templates"
SINS = {
    "makes objects of text": r"\bJSON\s*\.\s*parse\b|\.json\s*\(",
    "makes code of text": r"\beval\b|\bnew\s+Function\b|\bFunction\s*\(|\bset(?:Timeout|Interval)\s*\(\s*[\"'`]",
    "pours one object into another": r"\bObject\s*\.\s*(?:assign|defineProperty|defineProperties|setPrototypeOf)\b|\bstructuredClone\b",
    "walks what is inherited": r"\bfor\s*\(\s*(?:const|let|var)\s+\w+\s+in\b",
    "names the prototype": r"__proto__|\bprototype\b|\bconstructor\b",
    "sets or calls what a value names": r"[\w)\]]\s*\[[^\]]+\]\s*(?:=(?!=)|\?\.\(|\()",
    "writes markup": r"\b(?:inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\s*\.\s*write\b",
}


def faults(name: str, text: str) -> Iterator[str]:
    for sin, pattern in SINS.items():
        for found in re.finditer(pattern, text):
            yield f"{name}:{text.count(chr(10), 0, found.start()) + 1} {sin}"


def test_no_script_of_the_house_can_pollute_what_objects_inherit() -> None:
    scripts = [path for path in STATIC.rglob("*.js") if "vendor" not in path.parts]
    assert scripts
    assert [one for path in scripts for one in faults(path.name, path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("sin", "text"),
    [
        ("makes objects of text", "const told = JSON.parse(answer);"),
        ("makes code of text", "setTimeout('go()', 5);"),
        ("pours one object into another", "Object.assign(settings, told);"),
        ("walks what is inherited", "for (const name in told) go(name);"),
        ("names the prototype", 'settings["__proto__"]'),
        ("sets or calls what a value names", "settings[name] = value;"),
        ("sets or calls what a value names", "keys[event.key]?.();"),
        ("writes markup", "place.innerHTML = text;"),
    ],
)
def test_the_law_sees_each_road_there(sin: str, text: str) -> None:
    assert f"sinner.js:1 {sin}" in faults("sinner.js", text)
    assert not list(faults("good.js", "const now = hits.indexOf(one); if (hits[0] == one) keys.get(name)?.();"))


def test_pages_give_the_library_of_scripts_nothing_that_callers_wrote_to_read_as_an_object() -> None:
    """Of htmx's attributes that are read as JSON one is used, and the register alone fills it: with a token it made."""
    text = "\n".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    read_as_json = re.findall(r"hx-(?:vals|vars|headers|request|ext)\b[^>]*", text)
    assert len(read_as_json) == 1
    assert read_as_json[0].startswith("""hx-headers='{"X-CSRF-Token": "{{ desk.form_token }}"}'""")
    assert '"allowEval":false' in text and '"allowScriptTags":false' in text
