"""`heed`: reads the words of the command line and calls the command that they name."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import HeedError
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Coroutine

app = typer.Typer(
    help="Heed answers a brand's customers on social networks, and hands over to people where it is not sure.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
config = typer.Typer(help="Look at the settings.", no_args_is_help=True)
bench = typer.Typer(help="Measure how fast Heed is here.", no_args_is_help=True)
drill = typer.Typer(help="Rehearse on the sandbox.", no_args_is_help=True)
agents = typer.Typer(help="The people who work in the console.", no_args_is_help=True)
for name, group in (("config", config), ("bench", bench), ("drill", drill), ("agents", agents)):
    app.add_typer(group, name=name)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line.")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Settings file; without it HEED_CONFIG, else heed.toml if there is one.")
]
_file: Path | None = None


@app.callback()
def common(config_file: ConfigFile = None) -> None:
    """Take the options that every command has."""
    global _file  # noqa: PLW0603 - typer hands the common options over before the command, and no other way
    _file = config_file


def settings() -> Settings:
    """Load the settings that the common options name."""
    return load_settings(_file)


@app.command()
def run(
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Also start a local X and play its scenario.")] = False,
    once: Annotated[bool, typer.Option("--once", help="With --sandbox: stop after the scenario.")] = False,
) -> None:
    """Run the service: listen, decide, deliver, and serve the console."""
    from bot.cli import demo, serving

    if once and not sandbox:
        raise typer.BadParameter("--once needs --sandbox: only a scenario has an end.")
    _finish(demo.play(settings(), once=once) if sandbox else serving.serve(settings()))


@app.command()
def worker() -> None:
    """Run jobs only; start as many as you like against the same database."""
    from bot.cli import serving

    _finish(serving.work(settings()))


@app.command()
def index() -> None:
    """Bring the stored knowledge base in line with its Markdown files."""
    from bot.cli import preparing

    _finish(preparing.index_articles(settings()))


@app.command()
def train(
    force: Annotated[bool, typer.Option("--force", help="Train again even if nothing changed.")] = False,
) -> None:
    """Index, train the heads, fit the confidence and certify, where anything changed."""
    from bot.cli import preparing

    _finish(preparing.train_all(settings(), force=force))


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="What a customer might post.")],
    as_json: Json = False,
) -> None:
    """Show the decision for one mention, with candidates and reasons; nothing is sent."""
    from bot.cli import asking

    _finish(asking.ask(settings(), text, as_json=as_json))


@config.command()
def check() -> None:
    """Check the settings and say what is wrong, setting by setting."""
    loaded = settings()
    typer.echo(f"The settings are fine: {sum(len(section) for section in loaded.model_dump().values())} of them.")


@config.command()
def show() -> None:
    """Print all settings in force, secrets hidden."""
    from bot.cli import configuring

    typer.echo(configuring.shown(settings()))


@bench.command()
def throughput(
    mentions: Annotated[int, typer.Option(help="Mentions to carry through.", min=64)] = 2000,
    as_json: Json = False,
) -> None:
    """Measure the whole pipeline with its database writes against the bare encoder, in one run."""
    from bot.cli import benching

    _finish(benching.throughput(settings(), mentions, as_json=as_json))


@drill.command()
def feed(
    file: Annotated[Path, typer.Option("--file", help='JSON lines {"id", "text", "author"?, "in_reply_to"?}.')],
    as_json: Json = False,
    show_decisions: Annotated[
        Path | None, typer.Option("--decisions", help="Also write each decision to this file, one JSON object a line.")
    ] = None,
) -> None:
    """Play a file of mentions through the sandbox and wait until each is decided."""
    from bot.cli import drilling

    _finish(drilling.feed(settings(), file, as_json=as_json, decisions_file=show_decisions))


@agents.command()
def add(
    name: Annotated[str, typer.Argument(help="Name to log in with.")],
    initials: Annotated[str, typer.Option(help="Two or three capitals that sign this agent's replies.")],
    role: Annotated[str, typer.Option(help="'agent', or 'ops' who may also pause the bot.")] = "agent",
) -> None:
    """Add a person to the console; asks for the password."""
    from bot.cli import staffing

    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    _finish(staffing.add_agent(settings(), name, initials, role, password))


def _finish(work: Coroutine[object, object, int]) -> None:
    raise typer.Exit(asyncio.run(work))


def main() -> None:
    """Run the command line; errors of ours become one sentence on stderr and exit code 2."""
    try:
        app()
    except HeedError as error:
        sys.stderr.write(f"heed: {error}\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
