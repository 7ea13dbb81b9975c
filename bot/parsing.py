"""The NLU side of Rasa's HTTP contract: a Rasa server has its messages understood here, as `endpoints.yml` says.

https://rasa.com/docs/rasa/nlu-only/ and rasa/core/http_interpreter.py of rasa 3.6.
"""

from __future__ import annotations

import asyncio
import hmac
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
from aiohttp import web

from bot import telemetry
from bot.doors import read_object
from bot.errors import HeedError
from bot.nlu.phrases import NO_PHRASES
from bot.vocabulary import Ranked

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Executor

    from bot.nlu.phrases import Phrases
    from bot.nlu.understander import Understander
    from bot.vocabulary import Understanding

PATH = "/model/parse"

FALLBACK = "nlu_fallback"
"""What Rasa calls a message that is none of the intents: https://rasa.com/docs/rasa/fallback-handoff/."""

EXTRACTOR = "Heed"

LANGUAGE = "language"
"""The entity that says in which language a whole text is; not there where that is not sure."""

FOR_SURE = 0.99
"""Probability of what a short phrase means word for word; the rest of the ranking shares what is left."""

GUESS = 0.3
"""Probability below which the best intent is a guess, and none of them the better word for it: Rasa's fallback."""

LONGEST_TEXT = 25_000
"""Characters; no channel carries longer posts."""

LARGEST_BODY = 524_288
"""Bytes; such a text fits with each of its characters escaped."""

ANSWER_SECONDS = 10.0
"""A customer is waiting behind the Rasa server."""

log = structlog.get_logger(__name__)


class _Kind(NamedTuple):
    outcome: str  #: As the metric counts it.
    status: int
    reason: str  #: As Rasa's own server would name it.


_CLOSED = _Kind("refused", 403, "NotEnabled")
_UNKNOWN = _Kind("refused", 401, "NotAuthenticated")
_MALFORMED = _Kind("malformed", 400, "BadRequest")
_UNABLE = _Kind("failed", 503, "Unavailable")


class _Refused(Exception):
    """A request that gets no understanding; the message is a sentence for whoever runs the Rasa server."""

    def __init__(self, kind: _Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def add_parsing(
    app: web.Application,
    reader: Reader,
    *,
    token: str,
    phrases: Phrases = NO_PHRASES,
    patience: float = ANSWER_SECONDS,
) -> None:
    """Add `POST /model/parse` to *app*. Only the right *token* lets a text in, and nothing does where that is empty.

    What *phrases* know is read for sure. A request takes *patience* seconds at most.
    """
    app.add_routes([web.post(PATH, _Window(reader, token, phrases, patience).parse)])


def as_rasa_reads(text: str, understanding: Understanding, phrases: Phrases = NO_PHRASES) -> dict[str, Any]:
    """Give what was understood of *text* as Rasa takes it; `heed` holds what Rasa has no place for, and ignores.

    Being none of the intents is ranked among them, so that it is the intent where nothing is more probable, or where
    the best is a guess; but what *phrases* know word for word comes before all.
    """
    ranking = _ranked(_ranking(understanding, phrases.intent_of(text)))
    return {
        "text": text,
        "intent": ranking[0],
        "intent_ranking": ranking,
        "entities": [
            *(
                {"entity": one.kind, "value": one.text, "start": one.start, "end": one.end, "extractor": EXTRACTOR}
                for one in understanding.entities
            ),
            *_language(text, understanding.language or phrases.language_of(text)),
        ],
        "heed": {
            "mood": understanding.mood,
            "danger": understanding.danger,
            "dangers": _ranked(understanding.dangers),
            "language": understanding.language,
        },
    }


def _ranking(understanding: Understanding, sure: str | None) -> list[Ranked]:
    """Give all intents and being none of them, most probable first; together they are 1."""
    intents = (*understanding.intents, Ranked(label=FALLBACK, probability=understanding.strange))
    ranked = sorted(intents, key=lambda one: one.probability, reverse=True)
    best = ranked[0].probability
    if sure is not None:
        return _with_first(sure, FOR_SURE, ranked)
    return _with_first(FALLBACK, 1 - best, ranked) if best < GUESS else ranked


def _with_first(label: str, probability: float, ranked: list[Ranked]) -> list[Ranked]:
    """Put one intent first with its *probability*; the others share what is left in their proportions."""
    others = [one for one in ranked if one.label != label]
    share = (1 - probability) / (sum(one.probability for one in others) or 1)
    scaled = (Ranked(label=one.label, probability=one.probability * share) for one in others)
    return [Ranked(label=label, probability=probability), *scaled]


def _language(text: str, language: str | None) -> list[dict[str, Any]]:
    if language is None:
        return []
    return [{"entity": LANGUAGE, "value": language, "start": 0, "end": len(text), "extractor": EXTRACTOR}]


def _ranked(labels: Iterable[Ranked]) -> list[dict[str, Any]]:
    return [{"name": one.label, "confidence": one.probability} for one in labels]


class Reader:
    """Reads texts on the bench, the one thread for everything that computes.

    What comes in while that is busy is read together, with one pass of the encoder. *understander* is asked for each
    batch, so that a newly trained brain takes over at once; it may raise a HeedError while there is none.
    """

    def __init__(self, understander: Callable[[], Understander], bench: Executor) -> None:
        self._understander = understander
        self._bench = bench
        self._lock = Lock()
        self._waiting: list[str] = []
        self._reading: Future[list[Understanding]]  # of those that wait

    async def understand(self, text: str) -> Understanding:
        """Give what *text* says."""
        with self._lock:
            if not self._waiting:
                self._reading = asyncio.get_running_loop().run_in_executor(self._bench, self._read_waiting)
            place, reading = len(self._waiting), self._reading
            self._waiting.append(text)
        return (await asyncio.shield(reading))[place]

    def _read_waiting(self) -> list[Understanding]:
        with self._lock:
            texts, self._waiting = self._waiting, []
        return self._understander().understand(texts)


class _Window:
    """Where Rasa servers ask."""

    def __init__(self, reader: Reader, token: str, phrases: Phrases, patience: float) -> None:
        self._reader = reader
        self._token = token
        self._phrases = phrases
        self._patience = patience

    async def parse(self, request: web.Request) -> web.Response:
        """Answer one request, and count what became of it."""
        outcome = "failed"
        try:
            answer = web.json_response(await self._answer(request))
            outcome = "read"
        except _Refused as refusal:
            outcome = refusal.kind.outcome
            answer = _explained(refusal)
        finally:
            telemetry.PARSES.labels(outcome).inc()
        return answer

    async def _answer(self, request: web.Request) -> dict[str, Any]:
        if not self._token:
            raise _Refused(_CLOSED, "This address is closed; set web.parse_token to open it to a Rasa server.")
        try:
            async with asyncio.timeout(self._patience):
                asked = await _body(request)
                if not _is_same(_shown(request, asked), self._token):
                    raise _Refused(
                        _UNKNOWN,
                        "The token is missing or wrong; give web.parse_token as 'token' in the body or the query, or as"
                        " 'Authorization: Bearer'.",
                    )
                text = _text(asked)
                return as_rasa_reads(text, await self._reader.understand(text), self._phrases)
        except (HeedError, TimeoutError) as error:
            log.warning("text not parsed", problem=str(error) or type(error).__name__)
            raise _Refused(_UNABLE, str(error) or "Heed could not read it in time; ask again.") from error


async def _body(request: web.Request) -> Mapping[str, Any]:
    try:
        return await read_object(request, largest=LARGEST_BODY, such_as='{"text": "hello", "token": "…"}')
    except ValueError as error:
        raise _Refused(_MALFORMED, str(error)) from error


def _shown(request: web.Request, asked: Mapping[str, Any]) -> str:
    """Give the token from wherever it is: Rasa's NLU client puts it into the body, others use query or header."""
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    given = (asked.get("token"), request.query.get("token"), bearer.strip() if kind.lower() == "bearer" else "")
    return next((token for token in given if token and isinstance(token, str)), "")


def _is_same(shown: str, token: str) -> bool:
    return hmac.compare_digest(shown.encode(errors="surrogatepass"), token.encode())


def _text(asked: Mapping[str, Any]) -> str:
    text = asked.get("text")
    if not isinstance(text, str):
        raise _Refused(_MALFORMED, "'text' is missing or is not a string.")
    if len(text) > LONGEST_TEXT:
        raise _Refused(_MALFORMED, f"'text' has {len(text):,} characters; at most {LONGEST_TEXT:,} are read.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise _Refused(_MALFORMED, "'text' holds half of a surrogate pair, which is no character.")
    return text


def _explained(refusal: _Refused) -> web.Response:
    kind = refusal.kind
    said = {"status": "failure", "code": kind.status, "reason": kind.reason, "message": str(refusal)}
    return web.json_response(said, status=kind.status)
