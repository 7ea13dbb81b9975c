"""The reference lists what the code has: no less, and no more."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
import typer
from prometheus_client.metrics import MetricWrapperBase
from pydantic import SecretStr

from bot import errors, telemetry
from bot.cli.main import app
from bot.deciding.rules import RULES
from bot.errors import HeedError
from bot.intake.guards import GUARDS
from bot.settings import ROOT, Section, Settings
from bot.vocabulary import Reason, Route
from console.forms import TextRefused
from responders.policy import CHECKS
from sandbox import api, control
from sandbox.events import EventType
from sandbox.faults import Fault, FaultKind
from sandbox.limits import Endpoint
from sandbox.orders import _POST_FIELDS
from sandbox.scenario import Step
from storage.agents import AgentRefused
from storage.cases.settling import AlreadySettled, NotFound, TakenByOther
from storage.tables import metadata

LONG_LIST = 12


def written(default):
    match default:
        case None | SecretStr() | "" | ():
            return "empty"
        case bool():
            return f"`{str(default).lower()}`"
        case Path():
            return f"`{default.relative_to(ROOT)}`"
        case tuple() if len(default) > LONG_LIST or isinstance(default[0], Section):
            return "a long list, see `heed config show`"
        case tuple():
            return ", ".join(f"`{item}`" for item in default).replace("|", r"\|")
        case _:
            return f"`{default}`"


def settings_rows():
    for section, group in Settings.model_fields.items():
        for key, field in type(group.default).model_fields.items():
            yield f"`{section}.{key}`", written(getattr(group.default, key)), field.description


def commands(group=None, words=("heed",)):
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


def own_parameters(command):
    for parameter in command.params:
        if isinstance(parameter, click.Argument) or parameter.param_type_name == "argument":
            yield parameter.name.upper()
        elif parameter.name != "help":
            yield parameter.opts[0]


def tree(kind):
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree(child)


def metrics():
    for metric in vars(telemetry).values():
        if isinstance(metric, MetricWrapperBase):
            family = next(iter(metric.collect()))
            suffix = "_total" if family.type == "counter" else ""
            labels = ", ".join(f"`{name}`" for name in metric._labelnames) or "none"
            yield f"`{family.name}{suffix}`", family.type, labels, family.documentation


def test_the_settings_page_lists_every_setting_with_its_default_and_description(reference):
    listed = [row for row in reference("settings").rows if row[0] != "Setting"]
    assert listed == list(settings_rows())


def test_every_section_of_the_settings_has_its_sentence(reference):
    page = reference("settings")
    for name, group in Settings.model_fields.items():
        assert page.section(f"## {name}").text.strip().startswith(str(type(group.default).__doc__).strip())


def test_the_metrics_page_lists_every_metric_with_its_labels_and_help(reference):
    listed = [row for row in reference("metrics").rows if row[0].startswith("`heed_") and len(row) == 4]
    assert sorted(listed) == sorted(metrics())


def test_the_errors_page_draws_the_whole_tree(reference):
    listed = [row[:3] for row in reference("errors").section("## The tree").rows[1:]]
    expected = [
        (f"`{kind.__name__}`", f"`{kind.__bases__[0].__name__}`", "yes" if kind.retryable else "no")
        for kind in tree(HeedError)
    ]
    assert sorted(listed) == sorted(expected)


def test_errors_outside_the_tree_are_listed_with_their_file(reference):
    listed = {row[0]: row[1] for row in reference("errors").section("## Errors that live beside what raises them").rows}
    for kind in (AgentRefused, NotFound, AlreadySettled, TakenByOther, TextRefused):
        assert listed[f"`{kind.__name__}`"] == f"`{kind.__module__.replace('.', '/')}.py`"


def test_the_commands_page_lists_every_command(reference):
    listed = [name for name in reference("commands").column() if name.startswith("heed ")]
    assert list(dict.fromkeys(listed)) == [name for name, _ in commands()]


def test_the_commands_page_lists_every_option_of_every_command(reference):
    listed = {row[0].strip("`"): row[1] for row in reference("commands").rows if len(row) == 3}
    for name, command in commands():
        given = [part.strip("`") for part in listed[name].split(", ") if part != "none"]
        assert sorted(given) == sorted(own_parameters(command)), name


@pytest.mark.parametrize(("heading", "codes"), [("## Routes", Route), ("## Reasons", Reason)])
def test_every_code_of_a_decision_is_explained(reference, heading, codes):
    assert reference("reasons").section(heading).column() == list(codes)


def test_the_rules_are_listed_in_their_order(reference):
    section = reference("reasons").section("## Rules, in order")
    assert section.column() == [rule.__name__ for rule in RULES]


def test_the_guards_are_listed_in_their_order_with_their_reasons(reference):
    section = reference("reasons").section("## Guards, in order")
    assert section.rows[1:] == [(f"`{guard.__name__}`", f"`{reason}`") for guard, reason in GUARDS]


def test_the_rules_of_the_channel_are_listed_in_their_order(reference):
    section = reference("reasons").section("## The channel's rules")
    assert section.column() == [check.__name__ for check in CHECKS]


def test_a_reason_is_called_unused_exactly_when_no_code_gives_it(reference, root):
    listed = {row[0].strip("`") for row in reference("reasons").rows if "Nothing gives it yet" in row[-1]}
    files = [*(root / "bot").glob("*.py"), *(root / "bot").glob("[a-z]*/*.py"), *(root / "responders").rglob("*.py")]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files if file.name != "vocabulary.py")
    assert listed == {reason for reason in Reason if f"Reason.{reason.name}" not in code}


def test_every_table_of_the_database_is_explained(reference):
    listed = [row[0].strip("`") for row in reference("database").rows[1:]]
    assert listed == [table.name for table in metadata.tables.values()]


def test_the_sandbox_page_lists_every_endpoint_of_x(reference):
    listed = reference("sandbox-api").section("## X's side").column()
    assert listed == [endpoint.value for endpoint in Endpoint]
    assert len(listed) == len(api.routes())


def test_the_sandbox_page_lists_every_endpoint_of_the_control(reference):
    listed = [name for name in reference("sandbox-api").column() if "/sandbox/" in name]
    assert listed == [f"{route.method} {route.path}" for route in control.routes()]


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("### Types of event", EventType),
        ("### Fields of a post", _POST_FIELDS),
        ("### Fields of a fault", Fault.__dataclass_fields__),
        ("### Kinds of fault", FaultKind),
        ("## Scenario files", Step.__dataclass_fields__),
    ],
)
def test_the_sandbox_page_lists_every_field(reference, heading, names):
    assert reference("sandbox-api").section(heading).column() == list(names)
