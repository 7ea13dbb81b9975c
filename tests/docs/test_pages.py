"""What the pages name exists: links, files, settings, commands, targets, words."""

from __future__ import annotations

import inspect
import re
import tomllib
from dataclasses import is_dataclass
from enum import Enum

import typer

from bot import vocabulary
from bot.cli.main import app
from bot.deciding.certificate import Target, answers_needed
from bot.settings import CONFIG_VARIABLE, Settings, _name

PACKAGES = ("bot", "console", "docs", "knowledge", "responders", "sandbox", "storage", "tests")

_LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FILE = re.compile(rf"(?:{'|'.join(PACKAGES)})/[\w./-]*")
_VARIABLE = re.compile(r"\bHEED_[A-Z][A-Z_]*[A-Z]\b")
_SETTING = re.compile(r"[a-z]+\.[a-z_]+")
_TARGET = re.compile(r"\bmake ([a-z][a-z-]*)$")
_COMMAND = re.compile(r"(?:^|[\s/])heed ((?:[a-z]+(?:-[a-z]+)* ?)+)")
_REQUIREMENT = re.compile(r"^[A-Za-z0-9-]+")

EXAMPLES = {"HEED_SECTION_KEY", "HEED_SECTION_KEY_FILE", "HEED_X_ACESS_TOKEN", CONFIG_VARIABLE}


def anchor(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken(page, link):
    name, _, part = link.partition("#")
    target = (page.path.parent / name).resolve() if name else page.path
    if not target.exists():
        return True
    return bool(part) and part not in map(anchor, _HEADING.findall(target.read_text(encoding="utf-8")))


def test_every_link_between_pages_leads_somewhere(pages):
    links = [(page, link) for page in pages for link in _LINK.findall(page.words) if "://" not in link]
    assert [f"{page.path.name}: {link}" for page, link in links if broken(page, link)] == []


def test_every_page_can_be_reached_from_the_index(pages, root):
    by_path = {page.path: page for page in pages}
    reached, waiting = set(), [root / "docs" / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in reached or path not in by_path:
            continue
        reached.add(path)
        links = _LINK.findall(by_path[path].words)
        waiting += [(path.parent / link.partition("#")[0]).resolve() for link in links if "://" not in link]
    assert {path for path in by_path if path.is_relative_to(root / "docs")} - reached == set()


def test_every_file_that_a_page_names_exists(pages, root):
    named = [(page, code) for page in pages for code in page.code if _FILE.fullmatch(code)]
    assert [f"{page.path.name}: {code}" for page, code in named if not (root / code).exists()] == []


def test_every_environment_variable_that_a_page_names_is_a_setting(pages):
    for name in {name for page in pages for name in _VARIABLE.findall(page.text)} - EXAMPLES:
        _name(name)


def test_every_setting_that_a_page_names_exists(pages):
    named = {code for page in pages for code in page.code if _SETTING.fullmatch(code)}
    sections = {code: code.split(".") for code in named if code.split(".")[0] in Settings.model_fields}
    files = {code for code in sections if code.endswith((".py", ".md", ".toml", ".yml"))}
    missing = [code for code, (section, key) in sections.items() if key not in _keys(section) and code not in files]
    assert missing == []


def test_every_command_that_a_page_names_exists(pages):
    root = typer.main.get_command(app)
    said = {(page.path.name, words) for page in pages for code in page.code for words in _COMMAND.findall(code)}
    assert [f"{name}: heed {words}" for name, words in sorted(said) if not _is_command(root, words.split())] == []


def test_every_make_target_that_a_page_names_exists(pages, root):
    rules = (root / "Makefile").read_text(encoding="utf-8")
    for included in re.findall(r"^-?include (\S+)", rules, re.MULTILINE):
        rules += (root / included).read_text(encoding="utf-8")
    made = set(re.findall(r"^([a-z][a-z-]*):", rules, re.MULTILINE))
    lines = [line.strip() for page in pages for code in page.code for line in code.splitlines()]
    assert {found[1] for line in lines if (found := _TARGET.search(line))} - made == set()


def test_the_list_of_decisions_names_every_page_with_its_title(root):
    folder = root / "docs" / "adr"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    for file in sorted(folder.glob("[0-9]*.md")):
        number, title = file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(" ", 1)
        assert f"| [{number}]({file.name}) | {title} |" in listed
        assert file.name.startswith(f"{number}-")


def test_every_decision_has_the_same_parts(root):
    for file in (root / "docs" / "adr").glob("[0-9]*.md"):
        headings = _HEADING.findall(file.read_text(encoding="utf-8"))
        assert headings[1:] == ["Context", "Decision", "Consequences", "Considered"], file.name


def test_every_direct_dependency_has_a_reason(root, pages):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    given = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    page = next(page for page in pages if page.path.name == "0013-few-dependencies.md")
    assert page.column() == [_REQUIREMENT.findall(line)[0] for line in given]


def test_every_word_of_the_vocabulary_is_in_the_glossary(pages):
    glossary = next(page for page in pages if page.path.name == "glossary.md")
    kinds = [
        name
        for name, kind in vars(vocabulary).items()
        if inspect.isclass(kind)
        and kind.__module__ == vocabulary.__name__
        and (is_dataclass(kind) or issubclass(kind, Enum))
    ]
    assert [name for name in kinds if f"`{name}`" not in glossary.text] == []


def test_the_glossary_is_in_order(pages):
    glossary = next(page for page in pages if page.path.name == "glossary.md")
    words = re.findall(r"^\*\*(.+?)\*\*", glossary.text, re.MULTILINE)
    assert words == sorted(words)


def test_the_certificate_page_says_how_many_answers_are_needed(pages):
    page = next(page for page in pages if page.path.name == "the-certificate.md")
    rows = [row for row in page.rows if row[0].endswith("%")]
    for share, *counts in rows:
        target = Target(max_wrong=int(share.rstrip("%")) / 100, certainty=0.95)
        assert [int(count) for count in counts] == [answers_needed(wrong, target) for wrong in range(4)]


def _keys(section):
    return type(Settings.model_fields[section].default).model_fields


def _is_command(command, words):
    for word in words:
        if not hasattr(command, "commands"):
            return True
        command = command.commands.get(word)
        if command is None:
            return False
    return not hasattr(command, "commands")
