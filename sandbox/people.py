"""The part of the control API that plays what passes between accounts: messages, blocks and protection."""

from aiohttp import web

from sandbox.feed import message_json
from sandbox.orders import BadOrder, read_object, read_switch, read_texts
from sandbox.state import SANDBOX


async def send(request: web.Request) -> web.Response:
    """Send a direct message as anybody."""
    author, to, text = read_texts(await read_object(request), ("author", "to", "text"), "A message")
    message = request.app[SANDBOX].world.send(author, to, text)
    return web.json_response(message_json(message), status=201)


async def messages(request: web.Request) -> web.Response:
    """List the messages of an account, newest first."""
    world = request.app[SANDBOX].world
    user = world.accounts.named(request.query.get("of", "").removeprefix("@"))
    if user is None:
        raise BadOrder("Say whose messages: of is a handle that is in use, such as mara_k.")
    return web.json_response({"messages": [message_json(message) for message in world.messages_of(user.id)]})


async def block(request: web.Request) -> web.Response:
    """Let one account shut another out, or in again."""
    body = await read_object(request)
    author, other = read_texts(body, ("author", "blocks"), "A block", also=("on",))
    on = read_switch(body, "on", default=True)
    request.app[SANDBOX].world.block(author, other, on=on)
    return web.json_response({"author": author, "blocks": other, "on": on})


async def protect(request: web.Request) -> web.Response:
    """Hide the posts of an account from everybody else, or show them again."""
    body = await read_object(request)
    (author,) = read_texts(body, ("author",), "A protection", also=("on",))
    on = read_switch(body, "on", default=True)
    request.app[SANDBOX].world.protect(author, on=on)
    return web.json_response({"author": author, "on": on})
