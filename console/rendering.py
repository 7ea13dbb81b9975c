"""Turns templates into responses."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from console.keys import SESSION, SETTINGS, TEMPLATES
from console.situation import UNKNOWN, Situation

RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a page says when something went wrong."""

    title: str
    text: str


EXPLANATIONS = {
    400: Explanation(title="That request was not understood", text="Go back and try again."),
    401: Explanation(title="You are logged out", text="Log in to go on."),
    403: Explanation(
        title="That is not allowed",
        text="Your role does not include it, or the form was open for too long. Load the page again and retry.",
    ),
    404: Explanation(
        title="There is no such page", text="The conversation may have been removed, or the address is mistyped."
    ),
    409: Explanation(title="Somebody was faster", text="Load the conversation again to see what changed."),
    429: Explanation(title="Too many tries", text="Wait a moment and try again."),
    500: Explanation(title="Something went wrong", text="It was noted in the log. Try again; nothing was sent twice."),
    503: Explanation(
        title="The database is away",
        text="Nothing is lost: Heed goes on by itself when it is back. This page tries again every few seconds.",
    ),
}


def page(
    request: web.Request, template: str, *, situation: Situation = UNKNOWN, status: int = 200, **context: object
) -> web.Response:
    """Render *template* with what every page knows: who is logged in, what is in trouble, which settings hold."""
    settings = request.app[SETTINGS]
    body = (
        request.app[TEMPLATES]
        .get_template(template)
        .render(
            session=request.get(SESSION),
            situation=situation,
            deciding=settings.deciding,
            replying=settings.replying,
            **context,
        )
    )
    return web.Response(text=body, content_type="text/html", charset="utf-8", status=status)


def problem(request: web.Request, status: int, *, detail: str = "") -> web.Response:
    """Give a page that says what went wrong and what to do."""
    known = EXPLANATIONS.get(status)
    explanation = known or Explanation(title=HTTPStatus(status).phrase, text="Go back and try again.")
    response = page(
        request,
        "problem.html",
        status=status,
        code=status,
        explanation=explanation,
        detail=detail,
        retry=request.path_qs if status == HTTPStatus.SERVICE_UNAVAILABLE and request.method == "GET" else None,
        retry_seconds=RETRY_SECONDS,
    )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
