"""The action side of Rasa's HTTP contract: a Rasa server has our custom actions run here, as `endpoints.yml` says.

https://legacy-docs-oss.rasa.com/docs/rasa/custom-actions and rasa_sdk/endpoint.py. To import this module takes a
second, since it brings `rasa_sdk`.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
import yaml
from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from bot import telemetry
from bot.actions.action_answer import ActionAnswer
from bot.actions.action_check_case import ActionCheckCase
from bot.actions.action_escalate_offline import ActionEscalateOffline
from bot.actions.action_hand_off import ActionHandOff
from bot.actions.action_misunderstood import ActionMisunderstood
from bot.actions.action_opt_out import ActionOptOut
from bot.actions.action_record_feedback import ActionRecordFeedback
from bot.actions.validate_contact_form import ValidateContactForm
from bot.doors import read_object
from bot.errors import DataError, HeedError
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.personal import Privacy
    from bot.ports import Adviser

PATH = "/webhook"

DOMAIN = ROOT / "domain.yml"
ACTIONS = ROOT / "bot/actions"

LARGEST_BODY = 8_388_608
"""Bytes; Rasa sends the whole course of a conversation with each call."""

ANSWER_SECONDS = 10.0
"""A customer is waiting behind the Rasa server."""

DEFAULT_ACTIONS = frozenset(
    {
        "action_listen",
        "action_restart",
        "action_session_start",
        "action_default_fallback",
        "action_deactivate_loop",
        "action_revert_fallback_events",
        "action_default_ask_affirmation",
        "action_default_ask_rephrase",
        "action_two_stage_fallback",
        "action_unlikely_intent",
        "action_back",
        "action_extract_slots",
        "action_send_text",
    }
)
"""Actions that Rasa brings: https://legacy-docs-oss.rasa.com/docs/rasa/default-actions."""

_CUSTOM = ("action_", "validate_")

log = structlog.get_logger(__name__)


class _Kind(NamedTuple):
    outcome: str  #: As the metric counts it.
    status: int


_CLOSED = _Kind("refused", 403)
_STRANGER = _Kind("refused", 401)
_MALFORMED = _Kind("malformed", 400)
_UNKNOWN = _Kind("unknown", 404)
_REJECTED = _Kind("rejected", 400)
_UNABLE = _Kind("failed", 503)


class _Refused(Exception):
    """A call that runs no action; the message is a sentence for whoever runs the Rasa server."""

    def __init__(self, kind: _Kind, message: str, action: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.action = action


def make_executor(adviser: Adviser, *, keep_days: int, privacy: Privacy) -> ActionExecutor:
    """Give what runs our actions; *keep_days* is what customers are told before they consent."""
    executor = ActionExecutor()
    for action in (
        ActionAnswer(adviser),
        ActionCheckCase(adviser),
        ActionEscalateOffline(),
        ActionHandOff(),
        ActionMisunderstood(),
        ActionOptOut(),
        ActionRecordFeedback(),
        ValidateContactForm(keep_days, privacy),
    ):
        executor.register_action(action)
    return executor


def add_actions(
    app: web.Application, executor: ActionExecutor, *, token: str, patience: float = ANSWER_SECONDS
) -> None:
    """Add `POST /webhook` to *app*. Only the right *token* in the query runs an action, and none where it is empty.

    A call takes *patience* seconds at most.
    """
    app.add_routes([web.post(PATH, _Window(executor, token, patience).run)])


def check_names(domain_file: Path = DOMAIN, folder: Path = ACTIONS) -> None:
    """Check that the custom actions of the domain and the files of *folder* have the same names.

    Raises DataError for one that lacks the other, and for a domain that cannot be read.
    """
    named, files = _named_in(domain_file), _files_in(folder)
    if missing := sorted(named - files):
        raise DataError(
            f"it names {', '.join(missing)}, and there is no such action.",
            file=str(domain_file),
            remedy=f"Add {missing[0]}.py to {folder}, or take the name out.",
        )
    if extra := sorted(files - named):
        raise DataError(
            f"it does not name {', '.join(extra)}, so Rasa would never call it.",
            file=str(domain_file),
            remedy=f"Add the name under 'actions', or take {extra[0]}.py out of {folder}.",
        )


def _named_in(domain_file: Path) -> set[str]:
    try:
        domain = yaml.safe_load(domain_file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise DataError("it cannot be read.", file=str(domain_file), remedy="Restore Rasa's domain.") from error
    actions = domain.get("actions") if isinstance(domain, dict) else None
    if not isinstance(actions, list):
        raise DataError("no list under 'actions'.", file=str(domain_file), remedy="Restore Rasa's domain.")
    names = {next(iter(entry), "") if isinstance(entry, dict) else str(entry) for entry in actions}
    return {name for name in names if name.startswith(_CUSTOM)} - DEFAULT_ACTIONS


def _files_in(folder: Path) -> set[str]:
    return {file.stem for prefix in _CUSTOM for file in folder.glob(f"{prefix}*.py")}


class _Window:
    """Where Rasa servers call."""

    def __init__(self, executor: ActionExecutor, token: str, patience: float) -> None:
        self._executor = executor
        self._token = token
        self._patience = patience

    async def run(self, request: web.Request) -> web.Response:
        """Answer one call, and count what became of it."""
        outcome = "failed"
        try:
            answer = web.json_response(await self._answer(request))
            outcome = "run"
        except _Refused as refusal:
            outcome = refusal.kind.outcome
            answer = _explained(refusal)
        finally:
            telemetry.ACTIONS.labels(outcome).inc()
        return answer

    async def _answer(self, request: web.Request) -> dict[str, Any]:
        if not self._token:
            raise _Refused(_CLOSED, "This address is closed; set dialogue.actions_token to open it to a Rasa server.")
        if not hmac.compare_digest(_shown(request), self._token.encode()):
            raise _Refused(_STRANGER, "The token is missing or wrong; give dialogue.actions_token in the query.")
        action = ""
        try:
            async with asyncio.timeout(self._patience):
                call = await _body(request)
                action = call["next_action"]
                return await self._run(call)
        except ActionNotFoundException as error:
            raise _Refused(_UNKNOWN, error.message, error.action_name) from error
        except ActionExecutionRejection as error:
            raise _Refused(_REJECTED, error.message, error.action_name) from error
        except (HeedError, TimeoutError) as error:
            problem = str(error) or "Heed could not do it in time."
            log.warning("action not run", action=action, problem=problem)
            raise _Refused(_UNABLE, problem, action) from error

    async def _run(self, call: Mapping[str, Any]) -> dict[str, Any]:
        result = await self._executor.run({"domain": {}, **call})
        return dict(result.model_dump()) if result else {"events": [], "responses": []}


async def _body(request: web.Request) -> Mapping[str, Any]:
    try:
        call = await read_object(
            request, largest=LARGEST_BODY, such_as='{"next_action": "action_answer", "tracker": …}'
        )
    except ValueError as error:
        raise _Refused(_MALFORMED, str(error)) from error
    if not isinstance(call.get("next_action"), str) or not call["next_action"]:
        raise _Refused(_MALFORMED, "The body names no action under 'next_action'.")
    if not _is_tracker(call.get("tracker")):
        raise _Refused(_MALFORMED, "The body has no tracker as Rasa writes one.", call["next_action"])
    return call


def _is_tracker(tracker: object) -> bool:
    """Say whether *tracker* has the parts that an action reads."""
    if not isinstance(tracker, dict):
        return False
    kinds = {"sender_id": str, "slots": dict, "latest_message": dict, "events": list}
    return all(isinstance(tracker.get(part), kind) for part, kind in kinds.items()) and all(
        isinstance(event, dict) for event in tracker["events"]
    )


def _shown(request: web.Request) -> bytes:
    return request.query.get("token", "").encode(errors="surrogatepass")


def _explained(refusal: _Refused) -> web.Response:
    """Say it as rasa_sdk's own server does."""
    return web.json_response({"error": str(refusal), "action_name": refusal.action}, status=refusal.kind.status)
