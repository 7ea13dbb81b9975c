"""`heed index` and `heed train`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import service, training
from bot.cli.output import err, out, progress_bars
from bot.telemetry import set_up_logging
from bot.training.examining import CORRECTIONS

if TYPE_CHECKING:
    from bot.deciding.topics import Certificates
    from bot.settings import Settings
    from bot.training import Brain, Indexed


async def index_articles(settings: Settings) -> int:
    """Index, and say what was done and what was left out; 1 where a file was left out."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    async with service.open_database(settings) as database:
        with progress_bars() as progress:
            encoder = await service.load_encoder(settings, progress)
            indexed = await training.index(settings, database, encoder, progress)
    report_index(indexed)
    return 1 if indexed.problems else 0


async def train_all(settings: Settings, *, force: bool) -> int:
    """Index and train, and show the model cards and the certificate."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    async with service.open_database(settings) as database:
        with progress_bars() as progress:
            encoder = await service.load_encoder(settings, progress)
            indexed = await training.index(settings, database, encoder, progress)
            brain = await training.train(settings, database, encoder, progress=progress, force=force)
            await training.drop_former_vectors(database, encoder)
    report_index(indexed)
    report_brain(brain)
    return 0


def report_index(indexed: Indexed) -> None:
    """Say what an indexing run did."""
    for problem in indexed.problems:
        err.print(f"left out: {problem}", style="yellow", markup=False)
    out.print(
        f"{indexed.articles} articles in {indexed.passages} passages; "
        f"{indexed.changed} changed, {indexed.encoded} encoded."
    )
    if indexed.contradictions:
        out.print(
            f"{indexed.contradictions} pairs contradict each other; ops settle them on the console's Knowledge page."
        )


def report_brain(brain: Brain) -> None:
    """Say what was trained and what is certified."""
    heads, confidence = brain.cards["heads"], brain.cards["confidence"]
    out.print(
        f"Heads from {heads['examples']} examples; held out: intent right {heads['held_out_intent_accuracy']:.1%}, "
        f"AUROC of mood {heads['held_out_mood']['auroc']:.3f}, of danger {heads['held_out_danger']['auroc']:.3f}."
    )
    if heads[CORRECTIONS]["of"]:
        out.print(f"{heads[CORRECTIONS]['held']} of {heads[CORRECTIONS]['of']} corrections of agents hold.")
    out.print(
        f"Confidence from {confidence['held_out']} trials of its own and {confidence['judged']} judged questions; "
        f"held out: right article first "
        f"{confidence['held_out_precision_at_1']:.1%}, "
        f"calibration error {confidence['calibration_error']:.3f}."
    )
    out.print(certificate_line(brain))
    out.print(private_line(brain))


def certificate_line(brain: Brain) -> str:
    """Say in one sentence what the certificate allows."""
    if brain.proof.revoked:
        return "The certificate is revoked; nothing is answered alone. `heed certificate` says why."
    return _certified(brain.proof.certification.public)


def private_line(brain: Brain) -> str:
    """Say in one sentence what is certified of private answers."""
    if brain.proof.revoked:
        return "Private answers: the same."
    return f"Private answers: {_certified(brain.proof.certification.private)}"


def _certified(certificates: Certificates) -> str:
    certificate = certificates.whole
    if certificate.valid:
        return (
            f"Certified: from confidence {certificate.threshold:.2f} at most {certificate.target.max_wrong:.0%} wrong, "
            f"{certificate.target.certainty:.0%} sure "
            f"({certificate.wrong} wrong of {certificate.answers} audited answers, "
            f"upper bound {certificate.upper_bound:.1%})."
        )
    alone = ", ".join(topic.name for topic in certificates.topics if topic.threshold is not None)
    return (
        f"Not certifiable yet for at most {certificate.target.max_wrong:.0%} wrong: "
        f"at least {certificate.missing} more audited answers needed; {alone or 'nothing'} is answered alone."
    )
