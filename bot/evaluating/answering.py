"""Measures when a corpus is answered alone, and how often wrongly.

The calibration questions alone calibrate and certify. Each of them is judged by a confidence that was fitted without
its part of them (cross-fitting), and the certificate is made from these; the confidence that answers is fitted to all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bot.deciding.certificate import Audit, Certificate, Target, certify
from bot.evaluating import metrics
from knowledge.calibration import calibration_error
from knowledge.fitting import fit, hold_out, precedents_of, put, signs_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bot.vocabulary import Understanding
    from knowledge.confidence import Confidence
    from knowledge.fitting import Judged, Trial
    from knowledge.precedents import Precedents
    from knowledge.shelf import Shelf

PARTS = 10
"""Parts of the calibration questions; each is judged by what was fitted to the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """How much would have been answered alone, and how much of that wrongly."""

    queries: int
    answered: int
    coverage: float  #: Share answered, 0 to 1.
    wrong: int
    wrong_rate: float  #: Share of the answered that was wrong, 0 to 1.
    threshold: float | None  #: None where nothing could be certified.
    certified: bool
    upper_bound: float  #: Of the wrong rate at the threshold.
    missing: int  #: Further calibration questions needed at least.
    oracle_coverage: float  #: The largest coverage within the target, had the threshold been chosen on the queries.
    aurc: float  #: Wrong rate averaged over all coverages.
    auroc: float | None  #: None where all or none were right.
    calibration_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """The first nominee for each query: how sure the bot is, and whether it was right."""

    confidence: NDArray[np.float64]  #: Shape (queries,).
    right: NDArray[np.bool_]  #: Shape (queries,).


def evaluate_answering(
    shelf: Shelf,
    asked: Mapping[tuple[str, str], Understanding],
    calibration: Sequence[Judged],
    queries: Sequence[Judged],
    target: Target,
) -> tuple[Answering, Predicted]:
    """Calibrate and certify on *calibration* alone, and answer *queries* from the threshold that is certified.

    *asked* holds the understanding of each way to ask of the shelf by (language, text).
    """
    held_out, real = list(hold_out(shelf, asked)), list(put(shelf, calibration, precedents=True))
    precedents = precedents_of(calibration)
    judged = cross_fitted(held_out, real, precedents)
    audits = [Audit(confidence=float(c), right=bool(r)) for c, r in zip(judged.confidence, judged.right, strict=True)]
    certificate = certify(audits, target)
    predicted = predict(fit(held_out, real, precedents), list(put(shelf, queries)))
    return _report(predicted, certificate), predicted


def cross_fitted(held_out: Sequence[Trial], real: Sequence[Trial], precedents: Precedents) -> Predicted:
    """Judge each part of the real trials by what was fitted to the other parts, in the order of the trials."""
    parts = np.random.default_rng(7).permutation(len(real)) % PARTS
    confidence, right = np.zeros(len(real)), np.zeros(len(real), dtype=bool)
    for part in range(min(PARTS, len(real))):
        own = np.flatnonzero(parts == part).tolist()
        others = [trial for trial, of in zip(real, parts, strict=True) if of != part]
        silent = replace(precedents, silent=frozenset(trial.own for n in own if (trial := real[n]).own is not None))
        judged = predict(fit(held_out, others, silent), [real[n] for n in own])
        confidence[own], right[own] = judged.confidence, judged.right
    return Predicted(confidence=confidence, right=right)


def predict(fitted: Confidence, trials: Sequence[Trial]) -> Predicted:
    """Say how sure the bot is of its first nominee in each trial, 0 where it has none, and whether that is right."""
    found = np.array([len(trial.nominees.articles) > 0 for trial in trials], dtype=bool)
    confidence, right = np.zeros(len(trials)), np.zeros(len(trials), dtype=bool)
    signs, right[found] = signs_of(fitted, trials)
    confidence[found] = fitted.calibrator.probability(signs)
    return Predicted(confidence=confidence, right=right)


def _report(predicted: Predicted, certificate: Certificate) -> Answering:
    confidence, right, target = predicted.confidence, predicted.right, certificate.target
    alone = (
        confidence >= certificate.threshold if certificate.threshold is not None else np.zeros(len(right), dtype=bool)
    )
    answered, wrong = int(alone.sum()), int((alone & ~right).sum())
    separation = metrics.separation(confidence, right)
    return Answering(
        queries=len(right),
        answered=answered,
        coverage=round(answered / max(len(right), 1), 4),
        wrong=wrong,
        wrong_rate=round(wrong / max(answered, 1), 4),
        threshold=certificate.threshold,
        certified=certificate.valid,
        upper_bound=round(certificate.upper_bound, 4),
        missing=certificate.missing,
        oracle_coverage=round(metrics.largest_coverage(confidence, right, target.max_wrong), 4),
        aurc=round(metrics.area_under_risk(confidence, right), 4),
        auroc=None if separation is None else round(separation, 4),
        calibration_error=round(calibration_error(confidence, right), 4),
    )
