"""`heed`: reads the words of the command line and calls the command that they name."""

from __future__ import annotations

import asyncio
import re
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
articles = typer.Typer(help="Look at stored articles, and take single ones out of use.", no_args_is_help=True)
evaluate = typer.Typer(help="Measure on questions of your own.", no_args_is_help=True)
imports = typer.Typer(help="Bring articles from elsewhere into the knowledge base, unreviewed.", no_args_is_help=True)
cases = typer.Typer(help="Cases that leave the network for a help desk.", no_args_is_help=True)
x = typer.Typer(help="The account on X.", no_args_is_help=True)
privacy = typer.Typer(help="What is stored of one customer: for the customer's own requests.", no_args_is_help=True)
for name, group in (
    ("config", config),
    ("bench", bench),
    ("drill", drill),
    ("agents", agents),
    ("import", imports),
    ("articles", articles),
    ("evaluate", evaluate),
    ("cases", cases),
    ("x", x),
    ("privacy", privacy),
):
    app.add_typer(group, name=name)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line.")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Settings file; without it HEED_CONFIG, else heed.toml if there is one.")
]
Language = Annotated[str, typer.Option(help="Code of the language of what does not say its own; else it is detected.")]
Topic = Annotated[str, typer.Option(help="Topic of what names none itself.")]
Origin = Annotated[str, typer.Option(help="Name of the source, which begins each id; else made from where it is.")]
Prune = Annotated[bool, typer.Option("--prune", help="Remove articles of this origin that the source no longer has.")]
Ignore = Annotated[list[str], typer.Option("--ignore", help="A field that may be there and means nothing; repeatable.")]
Handle = Annotated[
    str, typer.Argument(help="The customer's handle; or id: and the channel's own id, where the handle is not known.")
]
Channel = Annotated[str, typer.Option(help="The channel that it is a handle of.")]
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


@app.command()
def certificate(as_json: Json = False) -> None:
    """Show what is certified, by topic and audience, and what is missing."""
    from bot.cli import certifying

    _finish(certifying.show_certificate(settings(), as_json=as_json))


@app.command()
def corrections(
    file: Annotated[
        Path | None, typer.Option("--out", help="Write them to this file, as JSON lines for heed evaluate mood.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the posts whose mood agents corrected, with their last word on each."""
    from bot.cli import correcting

    _finish(correcting.show_corrections(settings(), file, as_json=as_json))


@app.command()
def teams(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Run the lane rules over past mentions.")] = False,
    since: Annotated[
        str | None, typer.Option(help="With --dry-run: how far back, such as 12h, 30d or 2026-11-01; else 30d.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show which team gets what, or what the lane rules would have matched; nothing is sent or changed."""
    from bot.cli import teams as commands

    if since is not None and not dry_run:
        raise typer.BadParameter("--since needs --dry-run: only past mentions have a beginning.")
    if dry_run:
        _finish(commands.try_out(settings(), since or "30d", as_json=as_json))
    _finish(commands.show_teams(settings(), as_json=as_json))


@app.command()
def key() -> None:
    """Make a key for x.token_key, intake.originals_key or email.reply_key."""
    from bot.cli import sealing

    raise typer.Exit(sealing.print_key())


@config.command()
def check() -> None:
    """Check the settings and say what is wrong, setting by setting."""
    from bot.cli.teams import check_lane_rules

    loaded = settings()
    check_lane_rules(loaded)
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


@bench.command()
def understanding(
    mentions: Annotated[int, typer.Option(help="Mentions to read, rounded up to whole batches.", min=1)] = 2000,
    as_json: Json = False,
) -> None:
    """Measure what the heads, language detection and cleaning take beside the encoder's pass, in one run."""
    from bot.cli import dissecting

    _finish(dissecting.understanding(settings(), mentions, as_json=as_json))


@bench.command()
def private(
    turns: Annotated[int, typer.Option(help="Turns to measure one after the other.", min=1)] = 200,
    conversations: Annotated[int, typer.Option(help="Private conversations beside public mentions.", min=1)] = 20,
    pause: Annotated[float, typer.Option(help="Seconds between two messages of one customer.", min=0.1)] = 10.0,
    as_json: Json = False,
) -> None:
    """Measure a turn of a private conversation, and what public mentions notice of many conversations."""
    from bot.cli import turning

    _finish(turning.private(settings(), turns, conversations, pause, as_json=as_json))


@bench.command()
def retrieval(
    passages: Annotated[int, typer.Option(help="Passages to search.", min=10)] = 100_000,
    as_json: Json = False,
) -> None:
    """Measure the search by vectors among so many passages against comparing with each."""
    from bot.cli import retrieving

    _finish(retrieving.retrieval(settings(), passages, as_json=as_json))


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


@drill.command()
def crash(
    mentions: Annotated[int, typer.Option(min=1, help="Mentions that customers write.")] = 2000,
    kills: Annotated[int, typer.Option(min=1, help="Times that a worker is killed.")] = 20,
    workers: Annotated[int, typer.Option(min=1, max=8, help="Workers at the same time.")] = 2,
    seed: Annotated[int, typer.Option(help="Fixes the mentions, the victims and the platform's faults.")] = 1,
    as_json: Json = False,
) -> None:
    """Kill workers at random moments while the platform fails, and count what was lost or said twice."""
    from bot.cli import crashing

    plan = crashing.Plan(mentions=mentions, kills=kills, workers=workers, seed=seed)
    _finish(crashing.crash(settings(), plan, as_json=as_json))


@drill.command()
def outage(
    mentions: Annotated[int, typer.Option(min=1, help="Mentions that customers write.")] = 10_000,
    minutes: Annotated[float, typer.Option(min=0.01, help="Within how many minutes.")] = 10.0,
    seed: Annotated[int, typer.Option(help="Fixes what they write.")] = 1,
    as_json: Json = False,
) -> None:
    """Let thousands of customers write at once under X's own rate limits, and count what was stored."""
    from bot.cli import outage as outages

    _finish(outages.outage(settings(), outages.Flood(mentions=mentions, minutes=minutes, seed=seed), as_json=as_json))


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


@imports.command("markdown")
def import_markdown(
    folder: Annotated[Path, typer.Argument(help="Folder of Markdown files, with front matter or without.")],
    language: Language = "",
    topic: Topic = "",
    origin: Origin = "",
    ignore: Ignore = [],  # noqa: B006 - typer copies it
    prune: Prune = False,
    as_json: Json = False,
) -> None:
    """Import a folder of Markdown files."""
    from bot.cli import importing
    from knowledge.importers.markdown import read_markdown

    wishes = importing.Wishes(language=language, topic=topic, origin=origin, prune=prune, as_json=as_json)
    _finish(importing.import_rows(settings(), read_markdown, folder, wishes, ignored=ignore))


@imports.command("jsonl")
def import_jsonl(
    file: Annotated[Path, typer.Argument(help='JSON lines {"id", "question", "answer", ...}.')],
    language: Language = "",
    topic: Topic = "",
    origin: Origin = "",
    ignore: Ignore = [],  # noqa: B006 - typer copies it
    prune: Prune = False,
    as_json: Json = False,
) -> None:
    """Import a file of JSON lines."""
    from bot.cli import importing
    from knowledge.importers.json_lines import read_json_lines

    wishes = importing.Wishes(language=language, topic=topic, origin=origin, prune=prune, as_json=as_json)
    _finish(importing.import_rows(settings(), read_json_lines, file, wishes, ignored=ignore))


@imports.command("csv")
def import_csv(
    file: Annotated[Path, typer.Argument(help="CSV whose first line names the columns id, question, answer, ...")],
    language: Language = "",
    topic: Topic = "",
    origin: Origin = "",
    ignore: Ignore = [],  # noqa: B006 - typer copies it
    prune: Prune = False,
    as_json: Json = False,
) -> None:
    """Import a table."""
    from bot.cli import importing
    from knowledge.importers.comma_separated import read_comma_separated

    wishes = importing.Wishes(language=language, topic=topic, origin=origin, prune=prune, as_json=as_json)
    _finish(importing.import_rows(settings(), read_comma_separated, file, wishes, ignored=ignore))


@imports.command("stack-exchange")
def import_stack_exchange(
    dump: Annotated[Path, typer.Argument(help="Folder of a dump with Posts.xml and Users.xml, or its Posts.xml.")],
    language: Language = "",
    topic: Topic = "",
    origin: Origin = "",
    min_score: Annotated[int, typer.Option(help="Votes that an answer needs which nobody accepted.")] = 1,
    site: Annotated[str, typer.Option(help="Host of the site, such as superuser.com, for links to the answers.")] = "",
    prune: Prune = False,
    as_json: Json = False,
) -> None:
    """Import a Stack Exchange dump: questions with their accepted or best answer."""
    from bot.cli import importing

    wishes = importing.Wishes(language=language, topic=topic, origin=origin, prune=prune, as_json=as_json)
    _finish(importing.import_dump(settings(), dump, wishes, min_score=min_score, site=site))


@imports.command("discourse")
def import_discourse(
    url: Annotated[str, typer.Argument(help="Address of the forum.")],
    category: Annotated[str, typer.Option(help="Slug and id of one category, such as help/5.")] = "",
    language: Language = "",
    topic: Topic = "",
    origin: Origin = "",
    api_key_file: Annotated[Path | None, typer.Option(help="File of an API key, and on its next line a user.")] = None,
    prune: Prune = False,
    as_json: Json = False,
) -> None:
    """Import the solved topics of a Discourse forum."""
    from bot.cli import importing

    wishes = importing.Wishes(language=language, topic=topic, origin=origin, prune=prune, as_json=as_json)
    _finish(importing.import_forum(settings(), url, wishes, category=category, key_file=api_key_file))


@articles.command("list")
def list_articles(
    quarantined: Annotated[bool, typer.Option("--quarantined", help="Only those in quarantine.")] = False,
    expired: Annotated[bool, typer.Option("--expired", help="Only those that are no longer valid.")] = False,
    unreviewed: Annotated[bool, typer.Option("--unreviewed", help="Only those that nobody reviewed.")] = False,
    as_json: Json = False,
) -> None:
    """List stored articles; of several options all must hold."""
    from bot.cli import articles as commands

    wanted = commands.Wanted(quarantined=quarantined, expired=expired, unreviewed=unreviewed)
    _finish(commands.list_articles(settings(), wanted, as_json=as_json))


@articles.command("show")
def show_article(article_id: Annotated[str, typer.Argument(help="The article's id.")], as_json: Json = False) -> None:
    """Show an article in all its languages."""
    from bot.cli import articles as commands

    _finish(commands.show_article(settings(), article_id, as_json=as_json))


@articles.command()
def quarantine(
    article_id: Annotated[str, typer.Argument(help="The article's id.")],
    reason: Annotated[str, typer.Option(help="Why it must not be used, for whoever finds it later.")],
    language: Annotated[str | None, typer.Option(help="Only in this language; else in all of them.")] = None,
) -> None:
    """Take an article out of use at once, in every process, until it is released."""
    from bot.cli import articles as commands

    _finish(commands.quarantine_article(settings(), article_id, language=language, reason=reason))


@articles.command()
def release(
    article_id: Annotated[str, typer.Argument(help="The article's id.")],
    language: Annotated[str | None, typer.Option(help="Only in this language; else in all of them.")] = None,
) -> None:
    """Let an article that is in quarantine be used again."""
    from bot.cli import articles as commands

    _finish(commands.release_article(settings(), article_id, language=language))


@cases.command("list")
def list_cases(
    state: Annotated[str | None, typer.Option(help="Only those that are queued, open, resolved or dead.")] = None,
    as_json: Json = False,
) -> None:
    """List cases and how far they have come, newest first, without who the customers are."""
    from bot.cli import cases as commands

    _finish(commands.list_cases(settings(), state, as_json=as_json))


@cases.command()
def redeliver(reference: Annotated[str, typer.Argument(help="The case, such as H7K-2QF-9.")]) -> None:
    """Hand a dead case over once more; a running service does it."""
    from bot.cli import cases as commands

    _finish(commands.redeliver(settings(), reference))


Corpus = Annotated[Path, typer.Option(help='JSON lines {"id", "question"?, "answer"?, "text"?, "label"?}.')]
Queries = Annotated[Path, typer.Option(help='JSON lines {"id", "text", "relevant": list of ids}, or "label".')]
Spoken = Annotated[str | None, typer.Option(help="Language, such as de; else it is told from the corpus.")]


@evaluate.command("retrieval")
def evaluate_retrieval(corpus: Corpus, queries: Queries, language: Spoken = None, as_json: Json = False) -> None:
    """Measure how well the right entries of a corpus are found."""
    from bot.cli import evaluating

    wishes = evaluating.Wishes(language=language, as_json=as_json)
    raise typer.Exit(evaluating.retrieval(settings(), corpus, queries, wishes))


@evaluate.command("answering")
def evaluate_answering(
    corpus: Corpus,
    calibration: Annotated[Path, typer.Option(help="Judged questions that alone calibrate and certify.")],
    queries: Queries,
    max_wrong: Annotated[float, typer.Option(help="Largest share of wrong answers.", min=0.001, max=0.499)] = 0.05,
    confidence: Annotated[float, typer.Option(help="How sure to be of that.", min=0.501, max=0.999)] = 0.95,
    language: Spoken = None,
    predictions: Annotated[Path | None, typer.Option(help="Also write each query's confidence to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Measure how much would be answered alone under a certificate, and how much of that wrongly."""
    from bot.cli import evaluating
    from bot.deciding.certificate import Target

    wishes, target = (
        evaluating.Wishes(language=language, as_json=as_json),
        Target(max_wrong=max_wrong, certainty=confidence),
    )
    files = (corpus, calibration, queries)
    raise typer.Exit(evaluating.answering(settings(), files, target, wishes, predictions=predictions))


@evaluate.command("mood")
def evaluate_mood(
    data: Annotated[Path, typer.Option(help='JSON lines {"text", "label": 0 or 1}, 1 = a person must take it.')],
    language: Annotated[
        str | None, typer.Option(help="Language of all texts, such as de; else it is detected for each.")
    ] = None,
    predictions: Annotated[Path | None, typer.Option(help="Also write each text's mood to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Measure how well the mood tells whom a person must take from all others."""
    from bot.cli import judging

    if language is not None and not re.fullmatch("[a-z]{2}", language):
        raise typer.BadParameter(f"'{language}' is no code of two letters, such as en, es or de.")
    wishes = judging.MoodWishes(language=language, predictions=predictions, as_json=as_json)
    _finish(judging.mood(settings(), data, wishes))


@evaluate.command("intents")
def evaluate_intents(
    train: Annotated[Path, typer.Option(help='JSON lines {"text", "label"}, or a Rasa NLU file or folder.')],
    data: Annotated[Path, typer.Option(help='JSON lines {"text", "label"}; labels not trained are out of scope.')],
    as_json: Json = False,
) -> None:
    """Measure how well intents are recognised by heads trained on these examples alone."""
    from bot.cli import judging

    raise typer.Exit(judging.intents(settings(), train, data, as_json=as_json))


@x.command()
def login(
    redirect: Annotated[
        str, typer.Option(help="One of the app's callback addresses; nothing needs to answer there.")
    ] = "http://127.0.0.1:8600/",
) -> None:
    """Let Heed act for the brand's account by OAuth 2.0: shows an address to open, and stores the tokens."""
    from bot.cli import x as commands

    _finish(commands.log_in(settings(), redirect, typer.prompt))


@x.command()
def logout() -> None:
    """End the log-in at X and forget its tokens."""
    from bot.cli import x as commands

    _finish(commands.log_out(settings()))


@x.command("check")
def check_x(as_json: Json = False) -> None:
    """Ask X who we are and whether everything is in place, and say what to do where it is not."""
    from bot.cli import checking

    _finish(checking.check(settings(), as_json=as_json))


@x.command()
def webhook(
    url: Annotated[str, typer.Argument(help="Public https address that leads to the service's /webhooks/x.")],
) -> None:
    """Let X deliver events to an address: registers it and subscribes; doing it again changes nothing."""
    from bot.cli import x as commands

    _finish(commands.set_up_webhook(settings(), url))


@privacy.command("show")
def show_privacy(handle: Handle, channel: Channel = "x", as_json: Json = False) -> None:
    """Say what is stored of a customer: how much of what, the contact and its consent, the cases; not the words."""
    from bot.cli import privacy as commands

    _finish(commands.show(settings(), commands.Asked(who=handle, channel=channel), as_json=as_json))


@privacy.command("export")
def export_privacy(
    handle: Handle,
    channel: Channel = "x",
    file: Annotated[Path | None, typer.Option("--out", help="Write it to this file, which only you can read.")] = None,
    as_json: Json = False,
) -> None:
    """Give all that is stored of a customer, words included, as one JSON object."""
    from bot.cli import privacy as commands

    _finish(commands.export(settings(), commands.Asked(who=handle, channel=channel), file, as_json=as_json))


@privacy.command("correct")
def correct_privacy(
    handle: Handle,
    channel: Channel = "x",
    name: Annotated[str | None, typer.Option(help="The name; empty for none.")] = None,
    email: Annotated[str | None, typer.Option(help="The e-mail address; empty for none.")] = None,
    phone: Annotated[str | None, typer.Option(help="The phone number, such as +4930123456; empty for none.")] = None,
    as_json: Json = False,
) -> None:
    """Correct the contact that a customer agreed to have kept, here and in cases that nobody has resolved."""
    from bot.cli import privacy as commands

    given = {"name": name, "email": email, "phone": phone}
    changed = {part: value for part, value in given.items() if value is not None}
    if not changed:
        raise typer.BadParameter("Say what is to be corrected: --name, --email or --phone.")
    _finish(commands.correct(settings(), commands.Asked(who=handle, channel=channel), changed, as_json=as_json))


@privacy.command("erase")
def erase_privacy(
    handle: Annotated[
        str | None, typer.Argument(help="The customer's handle; or id: and the channel's own id.")
    ] = None,
    channel: Channel = "x",
    post: Annotated[list[str] | None, typer.Option(help="Instead of a customer, the id of a post; repeatable.")] = None,
    as_json: Json = False,
) -> None:
    """Erase a customer, or single posts: words, names, contact and cases; the decisions stay, without the words."""
    from bot.cli import privacy as commands

    if (handle is None) == (not post):
        raise typer.BadParameter("Give a handle, or --post with the id of a post.")
    asked = commands.Asked(who=handle, channel=channel) if handle is not None else None
    _finish(commands.erase(settings(), asked, post or (), channel=channel, as_json=as_json))


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
