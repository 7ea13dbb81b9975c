"""Every error answer of X that is known, and what it means to us."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.errors import (
    ChannelBusy,
    ChannelCapped,
    ChannelDown,
    ChannelError,
    ChannelSpent,
    CredentialsRefused,
    DuplicateRefused,
    NotSummoned,
    OutcomeUnknown,
    PostGone,
    PostRefused,
)
from responders.x.refusals import Answer, refusal
from responders.x.verbs import Verb

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
OLD, NEW = "https://api.twitter.com/2/problems/", "https://api.x.com/2/problems/"


def answer(status, body=b"", verb=Verb.MENTIONS, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(verb=verb, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()}, body=raw)


def detail(text):
    return {"title": "Forbidden", "detail": text, "type": "about:blank", "status": 403}


def legacy(code, message="As X words it."):
    return {"errors": [{"code": code, "message": message}]}


NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author"
    " of the post you are replying to."
)
HTML = b"<html><head><title>X / Over capacity</title></head></html>"

ANY_METHOD = [
    (401, {"title": "Unauthorized", "type": "about:blank", "detail": "Unauthorized"}, CredentialsRefused),
    (401, b"", CredentialsRefused),
    (402, {"title": "CreditsDepleted", "type": f"{OLD}credits"}, ChannelSpent),
    (402, b"", ChannelSpent),
    (403, {"title": "SpendCapReached", "type": f"{NEW}credits"}, ChannelCapped),
    (403, {"title": "Unsupported Authentication", "type": f"{OLD}unsupported-authentication"}, CredentialsRefused),
    (403, {"title": "Forbidden", "type": f"{NEW}oauth1-permissions"}, CredentialsRefused),
    (403, {"title": "Client Forbidden", "type": f"{OLD}client-forbidden"}, CredentialsRefused),
    (403, HTML, ChannelError),
    (404, {"title": "Not Found", "type": "about:blank"}, ChannelError),
    (302, HTML, ChannelError),
    (429, {"title": "Too Many Requests", "type": "about:blank"}, ChannelBusy),
    (429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, ChannelBusy),
    (429, {"title": "UsageCapExceeded", "type": f"{OLD}usage-capped"}, ChannelCapped),
    (429, {"title": "UsageCapExceeded", "type": f"{NEW}usage-capped"}, ChannelCapped),
    (429, {"title": "ConnectionException", "type": f"{NEW}streaming-connection"}, ChannelBusy),
    (420, b"", ChannelBusy),
    (403, legacy(32), CredentialsRefused),
    (403, legacy(64), CredentialsRefused),
    (403, legacy(88), ChannelBusy),
    (401, legacy(89), CredentialsRefused),
    (400, legacy(215), CredentialsRefused),
    (403, legacy(326), CredentialsRefused),
    (404, {"type": f"{OLD}resource-not-found", "resource_type": "tweet"}, PostGone),
    (404, {"type": f"{NEW}not-authorized-for-resource", "resource_type": "post"}, PostGone),
    (404, {"type": f"{NEW}resource-not-found", "resource_type": "user"}, ChannelError),
]

POSTED = [
    (403, detail("You are not allowed to create a Tweet with duplicate content."), DuplicateRefused),
    (403, detail("You attempted to reply to a Tweet that is deleted or not visible to you."), PostGone),
    (403, detail(NOT_SUMMONED), NotSummoned),
    (403, detail("The original Tweet author restricted who can reply to this Tweet."), PostRefused),
    (403, detail("This operation is not permitted."), PostRefused),
    (403, detail("You do not have permission to DM one or more participants."), PostRefused),
    (403, legacy(187), DuplicateRefused),
    (403, legacy(385), PostGone),
    (403, legacy(433), PostRefused),
    (403, legacy(186), PostRefused),
    (403, legacy(349), PostRefused),
    (403, {"errors": [{"code": "385"}]}, PostRefused),
    (503, legacy(130), OutcomeUnknown),
    (400, detail("Your Tweet text is too long. For more information see elsewhere."), PostRefused),
    (403, detail("Your Tweet text is too long. For more information see elsewhere."), PostRefused),
    (400, {"errors": [{"message": "$.text: is wrong"}], "type": f"{OLD}invalid-request"}, PostRefused),
    (500, b"", OutcomeUnknown),
    (503, HTML, OutcomeUnknown),
    (408, b"", OutcomeUnknown),
    (201, b"", OutcomeUnknown),
    (200, HTML, OutcomeUnknown),
]

READ = [
    (400, {"errors": [{"message": "'since_id' must be larger"}], "type": f"{OLD}invalid-request"}, ChannelError),
    (503, {"title": "Service Unavailable", "type": "about:blank"}, ChannelDown),
    (503, HTML, ChannelDown),
    (503, {"title": "ConnectionException", "type": f"{OLD}streaming-connection"}, ChannelDown),
    (403, legacy(131), ChannelDown),
    (200, HTML, ChannelDown),
    (200, b"[]", ChannelDown),
    (200, b"null", ChannelDown),
]


@pytest.mark.parametrize("verb", [Verb.MENTIONS, Verb.CREATE_REPLY, Verb.DELETE])
@pytest.mark.parametrize(("status", "body", "kind"), ANY_METHOD)
def test_an_error_means_the_same_for_every_request(verb, status, body, kind):
    assert type(refusal(answer(status, body, verb), NOW)) is kind


@pytest.mark.parametrize("verb", [Verb.CREATE_REPLY, Verb.SEND_MESSAGE])
@pytest.mark.parametrize(("status", "body", "kind"), POSTED)
def test_what_x_says_to_a_reply_tells_refused_from_unknown(verb, status, body, kind):
    assert type(refusal(answer(status, body, verb), NOW)) is kind


@pytest.mark.parametrize("verb", [Verb.DELETE, Verb.REGISTER_WEBHOOK, Verb.SUBSCRIBE])
@pytest.mark.parametrize(("status", "body"), [(503, HTML), (500, b""), (201, b"")])
def test_what_reaches_no_customer_is_never_in_doubt(verb, status, body):
    assert type(refusal(answer(status, body, verb), NOW)) is ChannelDown


@pytest.mark.parametrize(("status", "body", "kind"), READ)
def test_what_x_says_to_a_question_tells_broken_from_refused(status, body, kind):
    assert type(refusal(answer(status, body), NOW)) is kind


def test_a_success_with_a_json_object_is_no_error():
    assert refusal(answer(200, {"meta": {"result_count": 0}}), NOW) is None


@pytest.mark.parametrize(("status", "body", "_"), ANY_METHOD + READ + POSTED)
def test_every_message_names_x_and_ends_with_a_remedy(status, body, _):
    message = str(refusal(answer(status, body), NOW) or "X. Fine.")
    assert message.startswith("X")
    assert message.endswith(".")
    assert message.count(". ") >= 1


def test_the_reset_header_says_how_long_to_wait():
    busy = refusal(answer(429, x_rate_limit_reset=str(int(NOW.timestamp()) + 90)), NOW)
    assert isinstance(busy, ChannelBusy)
    assert busy.retry_after == 90


@pytest.mark.parametrize("reset", [None, "0", "soon", "1763715599"])
def test_a_missing_or_past_reset_says_nothing(reset):
    headers = {} if reset is None else {"x_rate_limit_reset": reset}
    busy = refusal(answer(429, **headers), NOW)
    assert isinstance(busy, ChannelBusy)
    assert busy.retry_after is None


def test_a_daily_limit_that_is_used_up_beats_the_misleading_short_one():
    now = int(NOW.timestamp())
    headers = {
        "x_rate_limit_reset": str(now + 60),
        "x_user_limit_24hour_remaining": "0",
        "x_user_limit_24hour_reset": str(now + 7200),
        "x_app_limit_24hour_remaining": "1",
        "x_app_limit_24hour_reset": str(now + 9000),
    }
    busy = refusal(answer(429, **headers), NOW)
    assert isinstance(busy, ChannelBusy)
    assert busy.retry_after == 7200
