"""Makes the page and its parts from templates."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web

from responders.counting import MAX_WEIGHT, weighted_length
from sandbox.mail import Mail
from sandbox.page.cast import cast, newcomer
from sandbox.page.talking import partners, talk
from sandbox.page.visiting import Visit
from sandbox.page.weather import sky
from sandbox.page.wording import IDEAS, colour, initials, pieces
from sandbox.post_office import LONGEST_ANSWER
from sandbox.state import SANDBOX
from sandbox.threads import Branch, threads

Context = dict[str, object]  #: What a template is given, by name.

_ROOT = Path(__file__).parent.parent
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def set_up(app: web.Application) -> None:
    """Give the application its templates and static files."""
    loader = jinja2.FileSystemLoader(_ROOT / "templates")
    filters: dict[str, Callable[..., Any]] = {"initials": initials, "colour": colour, "pieces": pieces}
    aiohttp_jinja2.setup(app, loader=loader, filters=filters, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    app.router.add_static("/static", _ROOT / "static")


def page(request: web.Request, visit: Visit, *, status: int = 200) -> web.Response:
    """Show the whole page."""
    world = request.app[SANDBOX].world
    found = threads(world, limit=visit.shown + 1)
    context = {
        "branches": found[: visit.shown],
        "more": len(found) > visit.shown,
        "cast": cast(world, visit.me),
        "newcomer": newcomer(world),
        "weight": weighted_length(visit.draft.text),
        "limit": MAX_WEIGHT,
        "ideas": IDEAS,
    }
    return _html(request, "page.html", visit, context | _panels(request, visit), status=status)


def panel(request: web.Request, visit: Visit, name: str) -> web.Response:
    """Show one panel alone."""
    return _html(request, f"_{name}.html", visit, _panels(request, visit))


def one_thread(request: web.Request, visit: Visit, branch: Branch) -> web.Response:
    """Show one thread alone."""
    return _html(request, "_thread.html", visit, {"branch": branch})


def mailbox(
    request: web.Request, visit: Visit, opened: Mail | None, *, typed: str = "", problem: str = "", status: int = 200
) -> web.Response:
    """Show the mailbox of the help desk with one mail *opened*, and after a *problem* what was *typed*."""
    context: Context = {
        "mails": request.app[SANDBOX].post_office.mails(),
        "opened": opened,
        "typed": typed,
        "problem": problem,
        "longest": LONGEST_ANSWER,
    }
    return _html(request, "mail.html", visit, context, status=status)


def _panels(request: web.Request, visit: Visit) -> Context:
    sandbox = request.app[SANDBOX]
    return {
        "talk": talk(sandbox.world, visit),
        "partners": partners(sandbox.world) if visit.is_brand else (),
        "sky": sky(sandbox),
    }


def _html(request: web.Request, template: str, visit: Visit, context: Context, *, status: int = 200) -> web.Response:
    world, mails = request.app[SANDBOX].world, request.app[SANDBOX].post_office.mails()
    unanswered = sum(not mail.answers for mail in mails)
    known = {"world": world, "brand": world.brand, "visit": visit, "me": visit.me, "unanswered": unanswered}
    markup = aiohttp_jinja2.render_string(template, request, known | context)
    return web.Response(text=markup, status=status, content_type="text/html", headers=_HEADERS)
