"""The forms: what a visitor does as a customer, or as one of the brand's people."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from sandbox.page.rendering import page
from sandbox.page.visiting import Fields, Part, Trouble, visit
from sandbox.refusals import NoSuchPost, NotPossible, Refused
from sandbox.state import SANDBOX, Sandbox
from sandbox.world import NewPost, World

Act = Callable[[Sandbox, Fields], Awaitable[str]]  #: Gives the id of the element that shows what was done.


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the page: where it is sent, what it does, and where its trouble shows."""

    path: str
    act: Act
    part: Part = Part.PAGE

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Act and show the page again; a script that accepts plain text gets 204, or the sentence of a refusal."""
        fields = {name: str(value) for name, value in (await request.post()).items()} | request.match_info
        sandbox = request.app[SANDBOX]
        try:
            place = await self.act(sandbox, fields)
        except Refused as refused:
            return self._refuse(request, fields, refused)
        if _is_script(request):
            return web.Response(status=204)
        raise web.HTTPSeeOther(f"/?{visit(sandbox.world, fields).query}#{place}")

    def _refuse(self, request: web.Request, fields: Fields, refused: Refused) -> web.StreamResponse:
        is_gone = "id" in request.match_info and isinstance(refused, NoSuchPost)
        status = 404 if is_gone else 400
        if _is_script(request):
            return web.Response(status=status, text=str(refused))
        trouble = Trouble(where=self.part, words=str(refused))
        return page(request, visit(request.app[SANDBOX].world, fields, trouble), status=status)


async def publish(sandbox: Sandbox, fields: Fields) -> str:
    """Publish a post, a reply or a quote, or a new version of a post."""
    if edited := fields.get("edit_of"):
        return f"post-{sandbox.world.edit(edited, _text(fields)).first_id}"
    new = NewPost(
        author=fields.get("as", ""),
        text=_text(fields),
        reply_to=fields.get("reply_to") or None,
        quote_of=fields.get("quote_of") or None,
        late="late" in fields,
    )
    return f"post-{sandbox.world.post(new).id}"


async def repost(sandbox: Sandbox, fields: Fields) -> str:
    """Repeat a post unchanged."""
    return f"post-{sandbox.world.post(NewPost(author=fields.get('as', ''), repost_of=fields['id'])).id}"


async def delete(sandbox: Sandbox, fields: Fields) -> str:
    """Delete a post with all its versions."""
    sandbox.world.delete(fields["id"])
    return "timeline"


async def index(sandbox: Sandbox, fields: Fields) -> str:
    """Let a late post be found."""
    sandbox.world.index(fields["id"])
    return f"post-{sandbox.world.get(fields['id']).first_id}"


async def send(sandbox: Sandbox, fields: Fields) -> str:
    """Send a direct message, which nobody can across a block."""
    author, to = fields.get("as", ""), fields.get("with", "")
    _check_open(sandbox.world, author, to)
    sandbox.world.send(author, to, fields.get("message", "").replace("\r\n", "\n"))
    return "messages"


async def block(sandbox: Sandbox, fields: Fields) -> str:
    """Shut the brand out, or in again."""
    sandbox.world.block(fields.get("as", ""), sandbox.world.brand.handle, on="on" in fields)
    return "account"


async def protect(sandbox: Sandbox, fields: Fields) -> str:
    """Hide the own posts from everybody else, or show them again."""
    sandbox.world.protect(fields.get("as", ""), on="on" in fields)
    return "account"


def _is_script(request: web.Request) -> bool:
    return request.headers.get("Accept") == "text/plain"


def _text(fields: Fields) -> str:
    """Return the text with the line ends that X stores; forms send them as two characters."""
    return fields.get("text", "").replace("\r\n", "\n")


def _check_open(world: World, author: str, to: str) -> None:
    sender, recipient = world.accounts.open(author), world.accounts.open(to)
    if world.blocks(sender, recipient):
        raise NotPossible(f"You block @{recipient.handle}; unblock the account to write to it.")
    if world.blocks(recipient, sender):
        raise NotPossible(f"@{recipient.handle} blocks you and takes no messages from you.")
