"""The manual says what the program does: every command, option, setting, rule, target; no dead link."""

import doctest
import importlib.util
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
import typer
import yaml
from pydantic import BaseModel

from extractors.confidence import REASON_MOST
from extractors.errors import UnreadableFax
from form_templates import model as templates
from form_templates.conditions import parse_condition
from pipelines.report import SENTENCES
from pipelines.workers import LOST_SENTENCES
from remsfax.cli import app
from remsfax.settings import Settings
from store.tables import Base
from validators.catalog import RULES, rules_markdown
from validators.model import Priority

REPOSITORY = Path(__file__).parents[1]
DOCS = REPOSITORY / "docs"
PAGES = (REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md", *sorted(DOCS.glob("*.md")))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
ROOMS = ("form_templates", "extractors", "validators", "store", "pipelines", "remsfax")
TOP = (*ROOMS, "sample_faxes", "benchmarks", "tests", "docs", ".ci")
MADE_BY_OTHERS = {"docs/figures.md"}
"""Written by benchmarks, once they ran."""


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_reference", DOCS / "reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commands() -> Iterator[tuple[str, Any]]:
    def walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield path, command
        else:
            for name in sorted(inner):
                yield from walk(f"{path} {name}", inner[name])

    yield from walk("remsfax", typer.main.get_command(app))


COMMANDS = dict(commands())


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/commands.md has no section {title}"
    return found[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    told = section(page("commands.md"), name)
    for parameter in COMMANDS[name].params:
        if parameter.name == "help":
            continue
        if parameter.param_type_name == "argument":
            label = parameter.metavar or str(parameter.name)
            assert label.upper() in told.upper(), f"{name} does not tell of {label}"
        else:
            for option in parameter.opts:
                assert f"| `{option}` |" in told, f"{name} does not tell of {option}"


@pytest.mark.parametrize("name", COMMANDS)
def test_no_documented_option_is_made_up(name: str) -> None:
    known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    told = section(page("commands.md"), name)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", told)) <= known | {"--help"}


def test_there_is_no_section_of_a_command_that_is_gone() -> None:
    titles = set(re.findall(r"^#+ (remsfax[ \w-]*)$", page("commands.md"), re.MULTILINE))
    assert titles == set(COMMANDS) | {"remsfax templates"}


def test_the_settings_page_is_the_one_made_from_the_models() -> None:
    assert page("settings.md") == reference().settings_markdown(), "run: python docs/reference.py"


def test_every_setting_is_on_the_settings_page() -> None:
    def names(prefix: str, model: type[BaseModel]) -> Iterator[str]:
        for name, info in model.model_fields.items():
            kind = info.annotation
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from names(f"{prefix}{name}.", kind)
            else:
                assert info.description, f"{prefix}{name} has no description"
                yield prefix + name

    told = page("settings.md")
    expected = list(names("", Settings))
    assert len(expected) > 30
    assert [name for name in expected if f"| `{name}` |" not in told] == []


def test_settings_named_in_the_manual_exist() -> None:
    rooms = "|".join(Settings.model_fields)
    known = set(re.findall(r"^\| `([\w.]+)` \|", page("settings.md"), re.MULTILINE))
    for file in PAGES:
        for name in re.findall(rf"`((?:{rooms})\.[a-z_]+(?:\.[a-z_]+)?)`", file.read_text("utf-8")):
            if Path(name).suffix in {".yaml", ".py", ".json"} or name.startswith("store.corrections"):
                continue
            assert name in known or name.startswith("store.audit."), f"{file.name} names {name}"


def test_every_rule_is_documented() -> None:
    told = page("rules.md")
    assert told == rules_markdown()
    assert all(f"| {rule} |" in told for rule in RULES)


def test_rules_named_in_the_manual_exist() -> None:
    prefixes = sorted({rule.partition("-")[0] for rule in RULES if "-" in rule})
    for file in PAGES:
        for rule in re.findall(rf"\b(?:{'|'.join(prefixes)})-\d+\b", file.read_text("utf-8")):
            assert rule in RULES or re.fullmatch(r"PSF-\d\d", rule), f"{file.name} names rule {rule}"


def test_every_dependency_is_documented() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    told = page("dependencies.md").lower()
    missing = [
        name
        for name in (re.split(r"[^\w.-]", line)[0].lower() for line in wanted)
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", told) is None
    ]
    assert missing == []


def test_every_make_target_is_documented() -> None:
    targets = re.findall(r"^([a-z]+):.*##", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert "test" in targets
    told = page("developers.md")
    assert [target for target in targets if f"`make {target}`" not in told] == []
    named = {found for file in PAGES for found in re.findall(r"\bmake ([a-z]+)`", file.read_text("utf-8"))}
    assert named <= set(targets)


def test_the_readme_names_the_command_that_ci_calls() -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    ci = (REPOSITORY / ".ci" / "run").read_text("utf-8")
    assert "make test" in readme
    assert "make test" in ci


def test_every_key_of_a_template_is_documented() -> None:
    told = page("form-authors.md")
    for kind in (templates.Template, templates.Section, templates.Shape, templates.PrintedText):
        for key in kind.model_fields:
            assert f"`{key}`" in told, f"{kind.__name__}.{key}"
    for key in (*templates.FormField.model_fields, *templates.Option.model_fields):
        assert f"`{key}`" in told, f"field key {key}"
    for value in get_args(templates.Kind):
        assert f"`{value}`" in told, f"kind {value}"
    for value in (*get_args(templates.Style), *get_args(templates.Bar), *get_args(templates.Role)):
        assert f"`{value}`" in told, value


def test_the_conditions_shown_to_authors_can_be_read() -> None:
    examples = re.search(r"^Examples: (.*)$", page("form-authors.md"), re.MULTILINE)
    assert examples is not None
    shown = CODE.findall(examples[1])
    assert len(shown) == 3
    for condition in shown:
        assert parse_condition(condition).fields


def test_every_reason_of_setting_aside_is_told_to_staff() -> None:
    told = page("staff.md")
    codes = {kind.code for kind in UnreadableFax.__subclasses__()} - {"poppler_missing"}
    codes |= set(LOST_SENTENCES) | {"internal", "archive_damaged"}
    assert [code for code in sorted(codes) if f"`{code}`" not in told] == []


def test_every_sentence_of_the_report_is_told_to_staff() -> None:
    told = page("staff.md")
    assert [reason for reason in SENTENCES if f"`{reason}`" not in told] == []


def test_every_priority_is_told_to_staff() -> None:
    rows = re.findall(r"^\| (\d) \|", section(page("staff.md"), "What comes first"), re.MULTILINE)
    assert [int(row) for row in rows] == [int(priority) for priority in Priority]


def test_every_reason_of_a_field_is_documented() -> None:
    told = page("reading.md")
    assert [reason for reason in REASON_MOST if f"`{reason}`" not in told] == []


def test_every_table_of_the_store_is_documented() -> None:
    told = page("store.md")
    assert [name for name in Base.metadata.tables if f"`{name}`" not in told] == []


def test_the_examples_of_identifiers_are_right() -> None:
    result = doctest.testfile(str(DOCS / "identifiers.md"), module_relative=False)
    assert result.attempted >= 8
    assert result.failed == 0


def test_the_worked_check_character_is_computed_as_told() -> None:
    rows = re.findall(
        r"^\| `(\w)` \| (\d+) \| (\d+) \+ (\d+) = (\d+) \| (\d+) \| (\d+) \| (\d+) \|$",
        page("identifiers.md"),
        re.MULTILINE,
    )
    assert "".join(row[0] for row in rows) == "P1234567"
    start = 36
    for character, *numbers in rows:
        value, begin, added, total, rest, doubled, end = map(int, numbers)
        assert (value, begin, added) == (int(character, 36), start, int(character, 36))
        assert total == begin + value
        assert rest == (total % 36 or 36)
        assert (doubled, end) == (2 * rest, 2 * rest % 37)
        start = end
    assert "P-1234567" + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(1 - start) % 36] == "P-1234567N"


def anchors(file: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", FENCE.sub("", file.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_links_lead_somewhere(file: Path) -> None:
    for target in LINK.findall(FENCE.sub("", file.read_text("utf-8"))):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        place = (file.parent / path).resolve() if path else file
        assert place.is_file(), f"{file.name} links to {target}"
        if anchor:
            assert anchor in anchors(place), f"{file.name} links to {target}"


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_files_named_exist(file: Path) -> None:
    text = FENCE.sub("", file.read_text("utf-8"))
    named = {word.strip(".,;:()") for code in CODE.findall(text) for word in code.split()}
    for name in sorted(named):
        if name.split("/")[0] in TOP and "/" in name and name not in MADE_BY_OTHERS:
            assert (REPOSITORY / name).exists(), f"{file.name} names {name}"


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_modules_named_can_be_found(file: Path) -> None:
    for name in re.findall(
        r"python -m ((?:benchmarks|sample_faxes|extractors)[\w.]*)", file.read_text("utf-8")
    ):
        if name == "benchmarks.NAME":
            continue
        place = REPOSITORY / Path(*name.split("."))
        assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file(), name


def test_every_page_is_on_the_map() -> None:
    told = page("index.md")
    pages = {file.name for file in DOCS.glob("*.md")} - {"index.md"}
    assert [name for name in sorted(pages) if f"({name}" not in told] == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_code_shown_can_be_parsed(file: Path) -> None:
    readers = {"toml": tomllib.loads, "json": json.loads, "yaml": yaml.safe_load}
    text = file.read_text("utf-8")
    for language, code in re.findall(r"^```(toml|json|yaml)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        readers[language](code)


def test_no_template_is_called_the_approved_form() -> None:
    for file in PAGES:
        for sentence in re.findall(r"[^.]*\bapproved form[^.]*", file.read_text("utf-8")):
            assert re.search(r"\b(no|none|not|never|specimens?)\b", sentence), file.name
