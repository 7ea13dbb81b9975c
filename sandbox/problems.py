"""The error bodies of X API v2, as X words them, for clients classify by these very words.

Problem types are under https://api.twitter.com/2/problems/ up to OpenAPI 2.166; clients should compare only
the last part. https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

from dataclasses import dataclass
from typing import Any

TYPES = "https://api.twitter.com/2/problems/"

Json = dict[str, Any]

_PLAIN = frozenset({"id", "ids", "usernames", "participant_id"})  #: Parameters of a request; others are of a post.


@dataclass(frozen=True, slots=True)
class Answer:
    """An error answer: its status and its JSON body."""

    status: int
    body: Json


class Problem(Exception):
    """The request gets an error answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body.get("detail", ""))
        self.answer = answer


def _blank(status: int, title: str, detail: str) -> Answer:
    return Answer(status, {"title": title, "detail": detail, "type": "about:blank", "status": status})


UNAUTHORIZED = _blank(401, "Unauthorized", "Unauthorized")
FORBIDDEN = _blank(403, "Forbidden", "Forbidden")  #: Also for a token without the scope that the endpoint needs.
NOT_FOUND = _blank(404, "Not Found", "Not Found")
TOO_MANY_REQUESTS = _blank(429, "Too Many Requests", "Too Many Requests")
DUPLICATE_CONTENT = _blank(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
REPLY_TARGET_DELETED = _blank(
    403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you."
)
REPLY_RESTRICTED = _blank(403, "Forbidden", "The original Tweet author restricted who can reply to this Tweet.")
MESSAGE_NOT_PERMITTED = _blank(403, "Forbidden", "You do not have permission to DM one or more participants.")
#: For self-serve apps since 2026-02-23. https://docs.x.com/changelog
REPLY_NOT_SUMMONED = _blank(
    403,
    "Forbidden",
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the"
    " author of the post you are replying to.",
)
QUOTE_NOT_ALLOWED = _blank(
    403,
    "Forbidden",
    "Quoting this post is not allowed because you have not been mentioned or are not part of the conversation thread of"
    " the post you are quoting.",
)
HIDE_NOT_ALLOWED = _blank(403, "Forbidden", "You are not authorized to hide replies to this conversation.")
DELETE_NOT_ALLOWED = _blank(403, "Forbidden", "You are not authorized to delete this Tweet.")
TEXT_TOO_LONG = _blank(
    400,
    "Bad Request",
    "Your Tweet text is too long. For more information on how Twitter determines text length see"
    " https://github.com/twitter/twitter-text.",
)


def _unsupported(given: str, supported: str) -> Answer:
    """Refuse a kind of authentication; the two blanks after "endpoint." are X's own."""
    detail = (
        f"Authenticating with {given} is forbidden for this endpoint."
        f"  Supported authentication types are [{supported}]."
    )
    return Answer(
        403,
        {
            "title": "Unsupported Authentication",
            "detail": detail,
            "type": f"{TYPES}unsupported-authentication",
            "status": 403,
        },
    )


APP_ONLY_FORBIDDEN = _unsupported("OAuth 2.0 Application-Only", "OAuth 1.0a User Context, OAuth 2.0 User Context")
USER_FORBIDDEN = _unsupported("OAuth 1.0a User Context", "OAuth 2.0 Application-Only")


def unavailable(status: int) -> Answer:
    """Describe a fault of the platform."""
    title = {500: "Internal Server Error", 503: "Service Unavailable"}.get(status, "Error")
    return _blank(status, title, title)


def invalid_request(parameter: str, value: str, message: str) -> Problem:
    """Say that a parameter of the query or the body is wrong."""
    return Problem(
        Answer(
            400,
            {
                "errors": [{"parameters": {parameter: [value]}, "message": message}],
                "title": "Invalid Request",
                "detail": "One or more parameters to your request was invalid.",
                "type": f"{TYPES}invalid-request",
            },
        )
    )


def not_found(kind: str, number: str, parameter: str) -> Json:
    """Return the entry of `errors` beside a 200 for something that is not there; *kind* is "tweet" or "user".

    X leaves two blanks before the name of a reference, and one before a parameter of the request.
    """
    blanks = " " if parameter in _PLAIN else "  "
    return {
        "value": number,
        "detail": f"Could not find {kind} with{blanks}{parameter}: [{number}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": number,
        "type": f"{TYPES}resource-not-found",
    }


def not_authorized(kind: str, number: str, parameter: str) -> Json:
    """Return the entry of `errors` beside a 200 for something that is there but may not be seen."""
    blanks, section = (" ", "data") if parameter in _PLAIN else ("  ", "includes")
    return {
        "value": number,
        "detail": f"Sorry, you are not authorized to see the {kind.title()} with{blanks}{parameter}: [{number}].",
        "title": "Authorization Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": number,
        "section": section,
        "type": f"{TYPES}not-authorized-for-resource",
    }
