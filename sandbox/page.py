"""The page: a timeline on which a visitor plays a customer and watches the brand answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web

from responders.counting import MAX_WEIGHT, weighted_length
from sandbox.posts import HANDLE, MENTION, Post, User
from sandbox.refusals import NoSuchPost, Refused
from sandbox.state import SANDBOX
from sandbox.threads import thread, threads
from sandbox.world import NewPost, World

_HERE = Path(__file__).parent
_SHOWN = 50  #: Threads on the page.
_FIRST_CUSTOMERS = ("mara_k", "jon_weber", "sofia_r")  #: To play before anyone has posted.
_COLOURS = 12  #: Avatar colours in the style sheet.
_SPREAD = 9  #: Chosen so that the first customers differ in colour.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
#: Posts to try, each with the words on its button.
_IDEAS = (
    ("a question", "my Book 13 will not wake up when I open the lid. What can I do?"),
    ("the warranty", "how long is the warranty on a Slate 11 battery?"),
    ("an angry one", "third repair, SAME fault, nobody calls back. I want to talk to a person, now!"),
    ("in Spanish", "¿cómo conecto el Dock 2 a dos pantallas?"),
    ("only thanks", "that worked, thank you!"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What stands in the composer."""

    text: str = ""
    reply_to: Post | None = None
    edit_of: Post | None = None
    error: str = ""


def set_up(app: web.Application) -> None:
    """Give the application its templates and static files."""
    loader = jinja2.FileSystemLoader(_HERE / "templates")
    filters: dict[str, Callable[..., Any]] = {"initials": initials, "colour": colour, "pieces": pieces}
    aiohttp_jinja2.setup(app, loader=loader, filters=filters, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    app.router.add_static("/static", _HERE / "static")


def initials(user: User) -> str:
    """One or two letters for the avatar."""
    words = user.name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def colour(user: User) -> int:
    """Return the number of the avatar's colour, always the same for one account."""
    return int(user.id) // _SPREAD % _COLOURS


def pieces(text: str) -> list[tuple[str, bool]]:
    """Cut the text at its mentions; true marks a mention."""
    cuts = [(match.start(), match.end()) for match in MENTION.finditer(text)]
    found, rest = [], 0
    for start, end in cuts:
        found += [(text[rest:start], False), (text[start:end], True)]
        rest = end
    return [piece for piece in (*found, (text[rest:], False)) if piece[0]]


async def _show(request: web.Request) -> web.StreamResponse:
    world = request.app[SANDBOX].world
    reply_to = world.find(request.query.get("reply_to", ""))
    edit_of = world.find(request.query.get("edit_of", ""))
    text = edit_of.body if edit_of else _opening(world, reply_to)
    return _render(request, _actor(request, world), Draft(text=text, reply_to=reply_to, edit_of=edit_of))


async def _show_thread(request: web.Request) -> web.StreamResponse:
    world = request.app[SANDBOX].world
    found = thread(world, request.match_info["id"])
    if found is None:
        raise web.HTTPNotFound(text="This thread is gone.")
    context = {"branch": found, "me": _actor(request, world), "world": world}
    return _html(request, "_thread.html", context)


async def _post(request: web.Request) -> web.StreamResponse:
    """Publish what the form holds; for browsers without JavaScript."""
    world, form = request.app[SANDBOX].world, {name: str(value) for name, value in (await request.post()).items()}
    actor, text = form.get("author", ""), form.get("text", "")
    draft = Draft(text=text, reply_to=world.find(form.get("reply_to", "")), edit_of=world.find(form.get("edit_of", "")))
    try:
        post = _publish(world, actor, draft)
    except Refused as refused:
        return _render(request, actor or world.brand.handle, replace(draft, error=str(refused)), status=400)
    raise web.HTTPSeeOther(f"/?as={post.author.handle}#post-{post.first_id}")


async def _delete(request: web.Request) -> web.StreamResponse:
    world = request.app[SANDBOX].world
    try:
        actor = world.get(request.match_info["id"]).author.handle
        world.delete(request.match_info["id"])
    except NoSuchPost as refused:
        raise web.HTTPNotFound(text=str(refused)) from None
    raise web.HTTPSeeOther(f"/?as={actor}")


def _publish(world: World, actor: str, draft: Draft) -> Post:
    if draft.edit_of:
        return world.edit(draft.edit_of.id, draft.text)
    reply_to = draft.reply_to.id if draft.reply_to else None
    return world.post(NewPost(author=actor, text=draft.text, reply_to=reply_to))


def _render(request: web.Request, actor: str, draft: Draft, *, status: int = 200) -> web.StreamResponse:
    world = request.app[SANDBOX].world
    context = {
        "world": world,
        "me": actor,
        "cast": _cast(world, actor),
        "draft": draft,
        "branches": threads(world, limit=_SHOWN),
        "shown": _SHOWN,
        "weight": weighted_length(draft.text),
        "limit": MAX_WEIGHT,
        "ideas": _IDEAS,
    }
    return _html(request, "page.html", context, status=status)


def _html(request: web.Request, template: str, context: Mapping[str, object], *, status: int = 200) -> web.Response:
    markup = aiohttp_jinja2.render_string(template, request, context)
    return web.Response(text=markup, status=status, content_type="text/html", headers=_HEADERS)


def _actor(request: web.Request, world: World) -> str:
    """Tell which handle the visitor plays, opening its account if it is new."""
    given = request.query.get("as", "").strip().removeprefix("@")
    return world.accounts.open(given).handle if HANDLE.fullmatch(given) else _FIRST_CUSTOMERS[0]


def _cast(world: World, actor: str) -> list[User]:
    """Whom the visitor can play: a few customers, whoever posted lately, and the brand's own people."""
    for handle in _FIRST_CUSTOMERS:
        world.accounts.open(handle)
    customers = [user for user in world.accounts.all() if user.id != world.brand.id]
    chosen = {user.id: user for user in (*customers[:3], *customers[-5:])}
    current = world.accounts.named(actor)
    return list((chosen | ({current.id: current} if current else {}) | {world.brand.id: world.brand}).values())


def _opening(world: World, reply_to: Post | None) -> str:
    return "" if reply_to else f"@{world.brand.handle} "


def routes() -> list[web.RouteDef]:
    """List the page and what its forms need."""
    return [
        web.get("/", _show),
        web.get("/threads/{id}", _show_thread),
        web.post("/posts", _post),
        web.post("/posts/{id}/delete", _delete),
    ]
